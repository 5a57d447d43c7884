"""The chain, as others must know it."""

from app.coop.chain import clock
from app.coop.subject import Subject, Sweep

subject = Subject(name="chain", sweeps=(Sweep("producers told", 3600, clock.sweep),))
