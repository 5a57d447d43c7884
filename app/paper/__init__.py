"""What is printed: PDF pages, drawn from plain structs."""
