"""Lines around a command that are none of it: a message that it answers, and the name and the telephone of who signs."""

import re

_HEAD = re.compile(
    r"\s*(?:le\s.*\d.*a\s+[eé]crit\s*:|on\s.*\d.*wrote\s*:|-{2,}\s*(?:message|original)|(?:de|from)\s*:\s*\S)", re.IGNORECASE
)
_COPIED = re.compile(r"\s*(?:jappoo\s*:|prix du \d|boutique t[eé]moin\s*:|fiche \d+ .*\(\d/\d\))", re.IGNORECASE)
"""So begin SMS of ours."""
_NAME = r"[^\W\d_a-zà-ÿ][a-zà-ÿ'’-]+"
_NAME_BEHIND = re.compile(rf"[.,;]\s*(?={_NAME}(?:\s+[^\W\d_a-zà-ÿ][\w'’-]*){{1,3}}(?:,[^,\d\n]*)?\s*\Z)")
"""A mark before a name of two words or more with capitals: `PROD thiof 25, Awa Diop`."""
_SENDER = re.compile(
    r"\bCPS ?\d{1,4}\b|(?<!\d)(?:(?:\+|00)?221[\s.-]?)?(?:7[05678]|33)[\s.-]?\d{3}(?:[\s.-]?\d{2}){2}(?!\d)", re.IGNORECASE
)


def unquoted(text: str) -> str:
    """Return a text without the lines of another message that were left in it, and without the copy of ours behind it."""
    own: list[str] = []
    for line in text.splitlines():
        if own and (_HEAD.match(line) or _COPIED.match(line)):
            break
        if line.strip() and not line.lstrip().startswith(">") and not _HEAD.match(line):
            own.append(line)
    return "\n".join(own) or text


def lines_of(text: str) -> list[str]:
    """Return the lines of a text; a name behind a comma or a point at its end is one of its own."""
    return _NAME_BEHIND.sub("\n", text).splitlines()


def without_sender(line: str) -> str:
    """Return a line without the telephone numbers in it, and without a co-operative's code."""
    return _SENDER.sub(" ", line)
