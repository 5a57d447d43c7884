"""Contests, as others must know them."""

from app.coop.contests import telling
from app.coop.subject import Subject, Sweep

subject = Subject(name="contests", sweeps=(Sweep("contests", 600, telling.sweep),))
