"""Read telephone numbers as spreadsheets leave them."""

from typing import Literal

import msgspec

from app.sheets.readings import BOOK, Book, Raw, Reading


class Telephone(msgspec.Struct, frozen=True):
    """A number: E.164, and what it is: `mobile` (Senegal's: identifies somebody), `landline` (Senegal's: gets no SMS), `foreign`
    (kept, identifies nobody).
    """

    number: str
    kind: Literal["mobile", "landline", "foreign"]


def telephone(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read a number: Telephone. Two in a cell and a leading 0 are asked about, `7,71E+08` and short ones refused."""
    raise NotImplementedError
