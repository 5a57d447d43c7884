"""The USSD engine. Its rule is in README.md."""
