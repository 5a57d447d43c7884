"""Digits as people type them."""


def is_number(typed: str, most: int = 10, *, least: int = 1) -> bool:
    """Tell whether it is only ASCII digits, from `least` to `most` of them."""
    return least <= len(typed) <= most and typed.isascii() and typed.isdigit()
