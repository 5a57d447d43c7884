"""Lots, as others must know them."""

from app.coop.lots import checks, runs
from app.coop.lots.models import LotConsent, LotEvent, RunWork
from app.coop.subject import Rows, Subject, Sweep

subject = Subject(
    name="lots",
    sweeps=(Sweep("reversed deliveries", 600, runs.correct),),
    rows=(
        Rows(LotEvent, "who did it is written for good", "it has the person's number, no name"),
        Rows(RunWork, "who noted it is written for good", "it has the person's number, no name"),
        Rows(LotConsent, "it is a word given under that card", "it has the member's number, no name"),
    ),
    checks=(checks.stock, checks.mass, checks.written_off),
)
