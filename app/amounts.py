"""Amounts as people here read them, with plain spaces: Babel's would be U+202F, outside GSM-7."""


def number(count: int) -> str:
    """Write a number: `12 500`."""
    return f"{count:,}".replace(",", " ")


def francs(amount: int) -> str:
    """Write XOF: `12 500 F`."""
    return f"{number(amount)} F"
