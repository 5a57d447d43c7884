"""Digits as people type them."""


def ungrouped(typed: str) -> str:
    """Return what was typed without the spaces by which thousands are set apart, those that don't break among them: `12 500`."""
    return "".join(typed.split())


def is_number(typed: str, most: int = 10, *, least: int = 1) -> bool:
    """Tell whether it is only ASCII digits, from `least` to `most` of them."""
    return least <= len(typed) <= most and typed.isascii() and typed.isdigit()
