"""What a network bills: an own count of parts, by 3GPP TS 23.038 and 23.040, so that the service's is held to another's."""

import string

PLAIN, ACCENTED, GREEK = " !\"#¤%&'()*+,-./:;<=>?¡@£$¥§¿_\n\r", "èéùìòÇØøÅåÆæßÉÄÖÑÜäöñüà", "ΔΦΓΛΩΠΨΣΘΞ"
BASIC = frozenset(string.ascii_letters + string.digits + PLAIN + ACCENTED + GREEK)
EXTENDED = frozenset("^{}\\[~]|€\f")


def parts_of(text: str) -> int:
    """Return the parts of a text; a letter of two units is never cut in two."""
    if set(text) <= BASIC | EXTENDED:
        alone, joined, units = 160, 153, [2 if letter in EXTENDED else 1 for letter in text]
    else:
        alone, joined, units = 70, 67, [len(letter.encode("utf-16-le", "surrogatepass")) // 2 for letter in text]
    if sum(units) <= alone:
        return int(bool(units))
    parts, filled = 1, 0
    for unit in units:
        if filled + unit > joined:
            parts, filled = parts + 1, 0
        filled += unit
    return parts
