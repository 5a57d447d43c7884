"""Why a file isn't read or written: one sentence in French for the person who brought it."""

from collections.abc import Sequence


class SheetRefused(ValueError):
    """The file can't be read or written as a whole; its argument is the sentence in French. Nothing of it was taken."""


class ColumnsUnknown(SheetRefused):
    """There is a table, and nobody knows which of its columns is one that is needed.

    `names` are those that it has, `field` is which is needed, `guess` the one that it may be, if any.
    """

    def __init__(self, says: str, names: Sequence[str], field: str, guess: str = "") -> None:
        super().__init__(says)
        self.names, self.field, self.guess = tuple(dict.fromkeys(name for name in names if name)), field, guess
