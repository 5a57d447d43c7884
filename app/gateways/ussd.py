"""What a USSD gateway is to us, and the reading that all of them share."""

from typing import Protocol
from urllib.parse import unquote

import msgspec

MOST_FIELDS = 40
NEVER_TYPED = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "\ufffd")
"""Control characters, which no handset sends and no database keeps: read as what can't be read."""


class Unreadable(ValueError):
    """A body that is not what the gateway sends; its argument says why."""


class Ended(msgspec.Struct, frozen=True):
    """An end-of-session notice: no hop, nothing to answer."""

    session: str
    status: str


class Dialled(msgspec.Struct, frozen=True):
    """One hop as a gateway sent it.

    `phone` is E.164 where it could be read. `parts` are all entries since the start; a gateway that sends only the last entry
    gives `turn`, its number (0 is the dialling), and that entry alone in `parts`. `dialled` are the dial string's entries.
    """

    session: str
    phone: str
    parts: tuple[str, ...]
    dialled: tuple[str, ...] = ()
    turn: int | None = None
    network: str = ""


class UssdGateway(Protocol):
    """A dialect of USSD over HTTP."""

    name: str

    def read(self, body: bytes) -> Dialled | Ended:
        """Read a request; raises Unreadable naming what is missing."""
        ...

    def write(self, text: str, more: bool, body: bytes) -> tuple[bytes, str]:
        """Return the answer's body and content type; `body` is the request's, which some dialects repeat from."""
        ...


def read_form(body: bytes) -> dict[str, str]:
    """Return a form's fields, the first of each name; what isn't UTF-8 is replaced. Raises Unreadable on too many fields.

    It reads what parse_qsl reads, a test says, in half the time: a hop's fields are few, and few of them are quoted.
    """
    pairs = body.decode("utf-8", "replace").split("&")
    # Counted before anything is unquoted: a body may be 64 kB of ampersands.
    if len(pairs) > MOST_FIELDS:
        raise Unreadable("not a form")
    fields: dict[str, str] = {}
    for name, _, value in (pair.partition("=") for pair in pairs if pair):
        fields.setdefault(_unquoted(name), _unquoted(value))
    return {name: value if value.isprintable() else value.translate(NEVER_TYPED) for name, value in fields.items()}


def _unquoted(words: str) -> str:
    """Return what was quoted: a number's plus and a code's stars and hash by hand, for they stand in every hop."""
    if "%" not in words:
        return words.replace("+", " ")
    # The blanks first: a `+` is a blank in a form, and a number's own plus comes as `%2B`.
    words = words.replace("+", " ").replace("%2B", "+").replace("%2A", "*").replace("%23", "#")
    return unquote(words, errors="replace") if "%" in words else words


def split_dialled(text: str, base: str) -> tuple[tuple[str, ...], str]:
    """Return the entries that a dial string holds behind the service's own code, and the text that follows it.

    `*384*44135*1#` gives ("1",) and "". Without the first star and with empty pieces it is one too; any other text gives ().
    """
    own, said = base.strip("*# "), text.strip().lstrip("*")
    code, ends, rest = said.partition("#")
    if not own or not (code == own or code.startswith(f"{own}*")):
        return (), text
    if not ends and code == own and not text.strip().startswith("*"):
        return (), text
    return tuple(part for part in code[len(own) + 1 :].split("*") if part), rest.lstrip("*")
