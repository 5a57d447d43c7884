"""The guide's screens: each is one that a talk has seen, drawn as a telephone shows it.

A page says which after `<!-- écrans, TALK: name name -->`; the block under it is drawn anew by `make guide`, and a test compares.
A step of the talk names the screen before it by `prints`. The talk's `examples` give each reference that it keeps, or any other
words, what the guide shows in their place.
"""

import re
import textwrap
from itertools import zip_longest
from pathlib import Path

GUIDE = Path("docs/guide")
BLOCK = re.compile(r"<!-- écrans, (?P<talk>[\w-]+): (?P<names>[\w -]+) -->\n```\n(?P<drawn>.*?)```\n", re.DOTALL)
WIDTH = 28
PIN = "● ● ● ●"


def entry_after(steps: list[dict], index: int) -> object:
    """Return what is typed next on the screen that a step prints, None when it is left; a PIN is dots."""
    reader = steps[index - 1].get("as")
    after = next((step for step in steps[index + 1 :] if step.get("as") == reader and step.keys() & {"dial", "types", "pin"}), {})
    return PIN if "pin" in after else after.get("types")


def box(screen: str, entry: str | None) -> list[str]:
    """Draw a screen with frame; what is typed stands under it unless it is one of its choices."""
    lines = [piece for line in screen.splitlines() for piece in textwrap.wrap(line, WIDTH) or [""]]
    if entry and not any(line.startswith(f"{entry} ") for line in screen.splitlines()):
        lines += ["", f"> {entry}"]
    return lines


def draw(boxes: list[list[str]]) -> str:
    """Draw screens two a row, those of a row equally high."""
    rows = []
    for pair in zip(boxes[::2], [*boxes[1::2], None][: len(boxes[::2])], strict=True):
        shown = [one for one in pair if one is not None]
        frame = ["─" * (WIDTH + 2)] * len(shown)
        rows.append("   ".join(f"┌{line}┐" for line in frame))
        rows += ["   ".join(f"│ {line:<{WIDTH}} │" for line in lines) for lines in zip_longest(*shown, fillvalue="")]
        rows.append("   ".join(f"└{line}┘" for line in frame))
    return "\n".join(rows) + "\n"


def drawn_anew(page: str, talk: str, printed: dict[str, list[str]]) -> str:
    """Return a page with the blocks of one talk as that has printed its screens."""

    def block(found: re.Match[str]) -> str:
        if found["talk"] != talk:
            return found[0]
        names = found["names"].split()
        return f"<!-- écrans, {talk}: {' '.join(names)} -->\n```\n{draw([printed[name] for name in names])}```\n"

    return BLOCK.sub(block, page)


def pages() -> dict[Path, str]:
    """Return each page of the guide with its text."""
    return {path: path.read_text("utf-8") for path in sorted(GUIDE.glob("*.md"))}
