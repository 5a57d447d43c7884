"""Who earned what of the price that a lot's goods were sold for: shares that sum to it, to the franc. Defined in docs/chain.md."""

from collections import defaultdict

import msgspec

from app.coop.chain.family import Family


class Earnings(msgspec.Struct, frozen=True):
    """XOF of the goods sold so far: to the producers, for what was bought, for work on runs, and the rest to the co-operative.

    `rest` is below zero when goods were sold under their cost. `sold` is the part of the lot that is sold, `producers` how many
    brought what it was made of.
    """

    price: int
    to_producers: int
    materials: int
    work: int
    rest: int
    sold: float
    producers: int

    def percents(self) -> tuple[int, int, int, int]:
        """Return the four shares in per cent of the price; they sum to 100, or to 0 where nothing was sold."""
        if not self.price:
            return 0, 0, 0, 0
        rounded = [round(100 * part / self.price) for part in (self.to_producers, self.materials, self.work)]
        return rounded[0], rounded[1], rounded[2], 100 - sum(rounded)


def earned(family: Family) -> Earnings:
    """Return how the price of what was sold of a lot, or of what it became, was shared."""
    cost = costs(family)
    within, of_it = _onward(family)
    price = producers = materials = work = sold = 0.0
    for lot, sales in family.sales.items():
        if lot not in within:
            continue
        link = family.links[lot]
        part = min(1.0, float(sum(one.units for one in sales)) / float(link.made_units))
        price += of_it[lot] * sum(one.amount for one in sales)
        producers += cost[family.target.id][0] * within[lot] * part
        materials += cost[lot][1] * of_it[lot] * part
        work += cost[lot][2] * of_it[lot] * part
        sold += within[lot] * part
    # The co-operative has what remains of the price, so that the four sum to it to the franc.
    whole, *parts = round(price), round(producers), round(materials), round(work)
    members = {one.member for lot in backward(family) for one in family.deliveries.get(lot, ())}
    return Earnings(whole, parts[0], parts[1], parts[2], whole - sum(parts), sold, len(members))


def backward(family: Family) -> dict[int, float]:
    """Return the lots that the target was made of, itself among them, each with the part of it that the target holds."""
    held: dict[int, float] = defaultdict(float)
    held[family.target.id] = 1.0
    for link in reversed(family.links.values()):  # made later: an input is always older than what it becomes
        if held.get(link.id):
            share = family.share_out(link)
            for one in family.taken.get(link.event, ()):
                held[one.lot] += held[link.id] * share * one.part
    return {lot: part for lot, part in held.items() if part}


def kilos(family: Family) -> dict[int, int]:
    """Return what each member brought of a lot, in grams (or thousandths of a unit): whole ones that sum to what all brought."""
    exact: dict[int, float] = defaultdict(float)
    for lot, part in backward(family).items():
        massive = family.links[lot].made_grams is not None
        for one in family.deliveries.get(lot, ()):
            exact[one.member] += one.weight * part * (1 if massive else 1000)
    whole = {member: int(weight) for member, weight in exact.items()}
    rest = round(sum(exact.values())) - sum(whole.values())
    # The greatest remainders first. The id decides between equal ones, so that each reading says the same.
    for member in sorted(exact, key=lambda one: (whole[one] - exact[one], one))[:rest]:
        whole[member] += 1
    return whole


def costs(family: Family) -> dict[int, tuple[float, float, float]]:
    """Return what each lot as made has cost: to producers, for what was bought, for work."""
    # Links are in the order of their ids, and inputs are older than what they became: their cost is known by then.
    found: dict[int, tuple[float, float, float]] = {}
    for link in family.links.values():
        if link.kind == "bought":
            found[link.id] = (0.0, float(link.cost), 0.0)
            continue
        own = float(sum(one.gross for one in family.deliveries.get(link.id, ())))
        inputs = [(one.part, found[one.lot]) for one in family.taken.get(link.event, ()) if one.lot in found]
        share = 1.0 if link.kind == "delivery" else family.share_out(link)
        summed = [share * sum(part * cost[at] for part, cost in inputs) for at in range(3)]
        found[link.id] = (own + summed[0], summed[1], summed[2] + share * link.cost)
    return found


def _onward(family: Family) -> tuple[dict[int, float], dict[int, float]]:
    """Return for the target and all made of it: the part of the target that went in, and the part that the target is of it."""
    within, of_it = {family.target.id: 1.0}, {family.target.id: 1.0}
    for link in family.links.values():
        taken = family.taken.get(link.event, ())
        if link.id == family.target.id or not any(one.lot in within for one in taken):
            continue
        whole = sum(one.weight for one in taken)
        within[link.id] = family.share_out(link) * sum(one.part * within.get(one.lot, 0.0) for one in taken)
        of_it[link.id] = sum(one.weight * of_it.get(one.lot, 0.0) for one in taken) / whole if whole else 0.0
    return within, of_it
