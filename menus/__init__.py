"""What members see: screens in YAML, and a module of the same name that feeds them and acts for them."""
