"""Approvals, as others must know them."""

from app.coop.approvals import sweeping
from app.coop.subject import Subject, Sweep

subject = Subject(name="approvals", sweeps=(Sweep("approvals", 5, sweeping.sweep),))
