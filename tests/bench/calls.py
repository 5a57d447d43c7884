"""The calls of a day, as members and officers make them."""

import random
import socket
from collections.abc import Callable, Generator
from itertools import cycle
from typing import NamedTuple

from app.coop.demo.seed import PIN
from tests.bench.client import Hops, Unexpected, Work, hop, new_session
from tests.bench.federation import HOUSE, OFFICERS, WEIGHERS, number_of

Steps = Generator[tuple[str, bytes], bytes, None]
"""What is typed, with what the answer must hold; sent the answer."""
LINES = 5
"""Weighings in an officer's call."""
OTHERWISE = "not as wanted"


def balance(_: int) -> Steps:
    yield "1", b"code secret"
    yield PIN, b"Parts"


def prices(_: int) -> Steps:
    yield "3", b"Prix"
    yield "1", b" par "


def declaration(_: int) -> Steps:
    yield "2", b"code secret"
    yield PIN, b"Quel produit"
    yield "1", b"combien"
    yield _kilos(9999), b"Confirmer"
    yield "1", b"Enregistr"


def order(_: int) -> Steps:
    yield "4", b"Boutiques"
    yield "4", b"en vente"
    yield "1", b"Commander"
    yield "1", b"combien"
    yield "1", b"Confirmer"
    yield "1", b"Code de retrait"


def training(_: int) -> Steps:
    yield "5", b"Formations"
    yield "1", b"Formations ouvertes"
    yield "1", b"S'inscrire"
    yield "1", b"code secret"
    asked = yield PIN, b""
    if b"naissance" in asked:  # who has applied before has said it
        yield "1990", b"emploi"
        yield "2", b"Confirmer"
    yield "1", b"Un SMS suit"


def scales(house: int) -> Steps:
    yield "8", b"Bureau"
    yield "1", b"code secret"
    asked = yield PIN, b""
    while b"Finir" not in asked:  # a line that was begun in a call that was cut comes first
        asked = yield "1" if b"Qualit" in asked else "12", b""
    for _ in range(LINES):
        yield f"{number_of(house, random.randint(OFFICERS + 1, HOUSE))}", b"Quel produit"  # noqa: S311 - a load, no secret
        yield "1", b"combien"
        yield _kilos(60), b"Qualit"
        yield "1", b"Finir"
    yield "1", b"diter"
    yield "1", b"code secret"
    yield PIN, b"dit"


class Share(NamedTuple):
    """Calls of a kind, of forty."""

    name: str
    steps: Callable[[int], Steps]
    """Takes the co-operative's number."""
    calls: int


MIX = (
    Share("balance", balance, 20),
    Share("prices", prices, 10),
    Share("declaration", declaration, 6),
    Share("order", order, 1),
    Share("training", training, 1),
    Share("scales", scales, 2),
)


def day(work: Work, line: socket.socket) -> Hops:
    """Give the hops of calls that follow one another, each under its kind, or PIN; after one that goes wrong the next begins."""
    del line
    yield b"", b"", ""
    weighers = [(house, place) for house in range(1, work.members // HOUSE + 1) for place in WEIGHERS][work.client :: work.clients]
    deck = [share for share in MIX for _ in range(share.calls)]
    random.Random(work.client).shuffle(deck)  # noqa: S311 - the same in each round: only rounds of the same calls compare
    for share in cycle(deck):
        house, place = random.randint(1, work.members // HOUSE), random.randint(1, HOUSE)  # noqa: S311
        if share.name == "scales":  # two who weigh by one list would hinder each other
            house, place = random.choice(weighers)  # noqa: S311
        try:
            yield from _call(share, number_of(house, place), house, work.path)
        except Unexpected as fault:
            print(fault, flush=True)
            yield hop(new_session(), number_of(house, place), "", work.path), b"Mes soldes", OTHERWISE


def _call(share: Share, member: int, house: int, path: str) -> Hops:
    session, typed, steps = new_session(), list[str](), share.steps(house)
    yield hop(session, member, "", path), b"Mes soldes", share.name
    entry, wanted = next(steps)
    while True:
        typed.append(entry)
        answer = yield hop(session, member, "*".join(typed), path), wanted, "PIN" if entry == PIN else share.name
        try:
            entry, wanted = steps.send(answer)
        except StopIteration:
            return


def _kilos(most: int) -> str:
    return f"{random.randint(1, most)},{random.randint(1, 9)}"  # noqa: S311 - a load, no secret
