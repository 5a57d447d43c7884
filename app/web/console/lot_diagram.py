"""A lot's way, drawn: a box a lot, in the row behind what it is made of, and an arrow from what was taken to what was made."""

from collections import defaultdict

import msgspec

from app import units
from app.coop.chain.earnings import Earnings
from app.coop.chain.family import Family, Link
from app.coop.chain.recall import forward
from app.coop.chain.story import event_words

WIDE, HIGH, BESIDE, BELOW, EDGE = 200, 74, 20, 46, 8
"""A box, and the room around it, in the drawing's own units."""
LONGEST = 27
"""Letters that a line of a box holds."""
MOST = 60
"""More lots than this are a table alone."""
NAMES = {
    "delivery": "Livraison",
    "bought": "Achat",
    "run": "Transformation",
    "split": "Partage",
    "merge": "Réunion",
    "move": "Déplacement",
}


class LotBox(msgspec.Struct, frozen=True):
    """A lot in the drawing: its place, its lines, whether the drawing is about it."""

    lot: int
    x: int
    y: int
    lines: tuple[str, ...]
    target: bool
    round: bool


class LotArrow(msgspec.Struct, frozen=True):
    """From the bottom of one box to the top of another."""

    x: int
    y: int
    to_x: int
    to_y: int


class DiagramRow(msgspec.Struct, frozen=True):
    """A lot in the table behind the drawing: `of` are the codes of what it is made of."""

    link: Link
    said: str
    of: tuple[str, ...]
    sold: str


class LotDiagram(msgspec.Struct, frozen=True):
    """A drawing with both its titles and its table; no boxes when there are more than MOST."""

    headline: str
    subtitle: str
    width: int
    height: int
    boxes: list[LotBox]
    arrows: list[LotArrow]
    rows: list[DiagramRow]


def draw(family: Family, found: Earnings) -> LotDiagram:
    """Draw a lot's family."""
    links = family.links.values()
    rows = [DiagramRow(link, event_words(family, link), _made_of(family, link), _sold(family, link)) for link in links]
    boxes = _boxes(family) if len(links) <= MOST else []
    at = {box.lot: box for box in boxes}
    pairs = {(part.lot, link.id) for link in links for part in family.taken.get(link.event, ())}
    arrows = [
        LotArrow(at[a].x + WIDE // 2, at[a].y + HIGH, at[b].x + WIDE // 2, at[b].y) for a, b in sorted(pairs) if a in at and b in at
    ]
    width = max((box.x + WIDE + EDGE for box in boxes), default=0)
    height = max((box.y + HIGH + EDGE for box in boxes), default=0)
    subtitle = "Une case, un lot ; la flèche va de ce qui est pris à ce qui en est fait. Cadre épais : ce lot."
    return LotDiagram(_headline(family, found), subtitle, width, height, boxes, arrows, rows)


def _headline(family: Family, found: Earnings) -> str:
    kinds = [link.kind for link in {link.event: link for link in family.links.values()}.values()]
    parts = [
        units.count(kinds.count(kind), name)
        for kind, name in (("delivery", "livraison"), ("bought", "achat"), ("run", "transformation"))
        if kind in kinds
    ]
    onward = len(forward(family)) - 1
    after = f" ; {onward} lots en sont faits" if onward > 1 else " ; un lot en est fait" if onward else ""
    target = family.target
    size = units.count_of(target.made_units, target.unit, target.product)
    return f"{size} : {', '.join(parts) or 'sans origine notée'} ; vendu à {round(100 * found.sold)} %{after}"


def _boxes(family: Family) -> list[LotBox]:
    """Place each lot in the row below the lowest of what it is made of, side by side in the order in which they were made."""
    row: dict[int, int] = {}
    beside: dict[int, int] = defaultdict(int)
    boxes = []
    for link in family.links.values():  # an input is always older than what it becomes
        row[link.id] = max((row[part.lot] + 1 for part in family.taken.get(link.event, ()) if part.lot in row), default=0)
        column = beside[row[link.id]]
        beside[row[link.id]] += 1
        x, y = EDGE + column * (WIDE + BESIDE), EDGE + row[link.id] * (HIGH + BELOW)
        boxes.append(LotBox(link.id, x, y, _lines(family, link), link.id == family.target.id, link.kind == "run"))
    return boxes


def _lines(family: Family, link: Link) -> tuple[str, ...]:
    sold = _sold(family, link)
    left = f"reste {units.quantity(link.left)}" + (f", vendu {sold}" if sold else "")
    size = units.count_of(link.made_units, link.unit, link.product)
    return tuple(_cut(line) for line in (f"{NAMES.get(link.kind, link.kind)} {link.at:%d/%m/%Y}", size, link.code, left))


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _sold(family: Family, link: Link) -> str:
    sales = family.sales.get(link.id, ())
    return units.quantity(sum(one.units for one in sales)) if sales else ""


def _made_of(family: Family, link: Link) -> tuple[str, ...]:
    return tuple(family.links[part.lot].code for part in family.taken.get(link.event, ()) if part.lot in family.links)
