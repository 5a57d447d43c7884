"""Why a file isn't read or written: one sentence in French for the person who brought it."""


class SheetRefused(ValueError):
    """The file can't be read or written as a whole; its argument is the sentence in French. Nothing of it was taken."""
