"""PINs that anybody would guess, refused when one is chosen.

The twenty commonest are those of N. Berry, "PIN analysis" (DataGenetics, 2012): 27 % of 3.4 million four-digit passwords. His
patterns are refused whole: pairs twice (4747), two doubles (1122), mirrors (1221), steps of two (2468), lines and rims of the
keypad (0852, 1470, 1379). The days of first and last months, and the words on the keypad, follow the list that Bonneau,
Preibusch and Anderson propose to banks ("A birthday present every eleven wallets?", 2012); it was written down from memory and
isn't a copy. Years are refused by `pins.trivial`. Nothing here was counted among members.
"""

from itertools import pairwise

COMMONEST = "1234 1111 0000 1212 7777 1004 2000 4444 2222 6969 9999 3333 5555 6666 1122 1313 8888 4321 2001 1010"
PROPOSED = (
    "0101 0102 0103 0110 0111 0123 0202 0303 0404 0505 0606 0707 0808 0909 1010 1101 1102 1103 1110 1111 1112 1123 1201 1202 1203 "
    "1210 1211 1212 1234 2222 2229 2323 2345 2525 3333 4444 5252 5555 5683 6666 7465 7667 7777 8888 9999 0007 0070"
)
KEYPAD = "0852 2580 1470 0741 7410 0147 3690 0963 9630 0369 1379 3971 1397 7931 3179 9713 7139 9317 1793 3917 7913"
_LISTED = frozenset(f"{COMMONEST} {PROPOSED} {KEYPAD}".split())


def common(pin: str) -> bool:
    """Tell whether a well-formed PIN is one that many people choose."""
    if pin in _LISTED:
        return True
    first, second = pin[:2], pin[2:]
    doubles = first[0] == first[1] and second[0] == second[1]
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return first == second or first == second[::-1] or doubles or steps in ({2}, {-2})
