"""How many entries an act takes: each answer typed, a dial string's own included; PINs and the dialling itself aren't counted.

In a talk an act's steps stand between one that names it, `act`, and `done`. `make guide` writes the counts into docs/entries.md,
whose last column is the most that an act may take.
"""

import re
from pathlib import Path

PAGE = Path("docs/entries.md")
ROW = re.compile(r"^\| (?P<act>[^|]+) \| (?P<taken>\d+) \| (?P<talk>[\w-]+) \| (?P<most>\d+) \|$", re.MULTILINE)


def count(steps: list[dict], act: str) -> int:
    """Count what is typed for an act by the telephone that begins it."""
    begin = next(index for index, step in enumerate(steps) if step.get("act") == act) + 1
    end = next(index for index, step in enumerate(steps) if index > begin and "done" in step)
    mine = [step for step in steps[begin:end] if step.get("as") == steps[begin].get("as")]
    return sum(len(step.get("dial", [])) + ("types" in step) for step in mine)


def counted_anew(page: str, talk: str, counted: dict[str, int]) -> str:
    """Return the page with the rows of one talk as it has counted them."""

    def row(found: re.Match[str]) -> str:
        taken = counted[found["act"]] if found["talk"] == talk else found["taken"]
        return f"| {found['act']} | {taken} | {found['talk']} | {found['most']} |"

    return ROW.sub(row, page)


def rows(page: str) -> dict[str, tuple[int, int]]:
    """Return what each act takes, and the most that it may."""
    return {row["act"]: (int(row["taken"]), int(row["most"])) for row in ROW.finditer(page)}
