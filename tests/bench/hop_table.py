"""The hops' figures as docs/performance.md has them, with what is wanted of each."""

from collections.abc import Iterator
from typing import Any

WANTED = {"first hop": 1.0, "menu": 1.0} | dict.fromkeys(
    ("price list", "price", "balance", "movements", "product list", "question", "confirmation"), 0.9
)


def table(found: dict[str, Any]) -> Iterator[str]:
    """Give the lines of what was found: the table, round trips, and whether what is wanted is met."""
    heads = ("hop, connections", "hops/s", "to its floor (least, most)", "p50 ms", "p99 ms", "p99 to its floor's")
    yield f"| {' | '.join(heads)} | CPU µs a hop: web | Valkey | PostgreSQL | client |"
    yield "|" + "---|" * 10
    sizes = [row | {"name": f"balance, {int(row['name']):,} members"} for row in found["members"]]
    shapes = [row | {"name": f"menu, {row['name']} workers × threads"} for row in found["servers"]]
    for row in found["rows"] + sizes + shapes:
        ratio = f"{row['ratio']:.2f} ({row['least']:.2f}, {row['most']:.2f})" if "ratio" in row else ""
        worst = f"{row['p99_ratio']:.2f}" if "ratio" in row else ""
        spent = " | ".join(f"{used:.0f}" for used in row["cpu_us"].values())
        times = f"{row['p50_ms']:.2f} | {row['p99_ms']:.1f} | {worst} | {spent}"
        yield f"| {row['name']}, {row['connections']} | {row['hops_s']:.0f} | {ratio} | {times} |"
    trips = found["round_trips"]
    yield ""
    yield f"Redis round trips a hop, on one process: {trips['menu']:g}; with an effect: {trips['effect']:g}."
    for row in found["rows"]:
        if "thin" in row:
            yield f"{row['name']}, {row['connections']}: {row['thin']:.2f} of the floor on the same thin client (wanted: 0.75)"
        if row["name"] in WANTED:
            verdict = "met" if row["ratio"] >= WANTED[row["name"]] else "MISSED"
            yield f"{row['name']}, {row['connections']}: {verdict} (wanted: {WANTED[row['name']]})"
