"""Read names, texts, codes, cards and choices of a word."""

from app.sheets.readings import BOOK, Book, Raw, Reader, Reading


def name(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read a name: str, NFC, plain single spaces, at most 80 letters, at least one of them a letter. `idem` is asked about."""
    raise NotImplementedError


def text(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read any text: str, NFC, plain single spaces (lines become one), at most 500 letters."""
    raise NotImplementedError


def code(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read a code or the number of a paper: str without spaces. Powers of ten, and numbers cut at 15 digits, are refused."""
    raise NotImplementedError


def card(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read a card: `C0000012`, also where its letter or its zeros were eaten (`12`, `c12`, 12.0)."""
    raise NotImplementedError


def sex(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read a sex: `F` or `M`. `H` is M; 1 and 2 are asked about."""
    raise NotImplementedError


def yes_no(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read yes or no: bool. A cross is yes."""
    raise NotImplementedError


def choice(words: dict[str, str]) -> Reader:
    """Return a reader of one of some words: the value that `words` gives, by word without case and accents."""
    raise NotImplementedError
