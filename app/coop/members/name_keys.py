"""Names as they are searched: however spelled, from any of their words.

Each name has a key a word: the word, then the others in their order. `Awa Ndiaye` has `aoa ndiaie` and `ndiaie aoa`, so that
what begins like either is read off one index. Folding keeps beginnings: what is typed half is the beginning of a key.
"""

import re

from app.letters import plain

MOST_LETTERS, MOST_WORDS = 80, 8
_SOUNDS = str.maketrans({"U": "O", "W": "O", "Y": "I", "Q": "K", "C": "K", "X": "K", "Z": "S", "H": ""})
"""Letters that are written for one another: Fatou and Fatu, Awa and Aoua, Khady and Xadi, Thierno and Tierno."""
_APOSTROPHES = re.compile(r"['’‘`´]")
_DOUBLED = re.compile(r"([A-Z])\1+")


def fold(name: str) -> list[str]:
    """Return a name's words as they are compared: `N'Diaye-Diallo` is `ndiaie`, `dialo`."""
    sounds = plain(_APOSTROPHES.sub("", name)).translate(_SOUNDS)
    words = re.findall(r"[A-Z0-9]+", _DOUBLED.sub(r"\1", sounds))
    return [word.lower() for word in words[:MOST_WORDS]]


def keys_of(name: str) -> list[str]:
    """Return the keys of a name; a name without letters or figures has none."""
    words = fold(name)
    turned = (" ".join([word, *words[:at], *words[at + 1 :]])[:MOST_LETTERS] for at, word in enumerate(words))
    return list(dict.fromkeys(turned))
