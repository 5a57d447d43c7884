"""Production, as others must know it."""

from app.coop.production import passing_on
from app.coop.subject import Subject, Sweep

subject = Subject(name="production", sweeps=(Sweep("lines", 600, passing_on.sweep),))
