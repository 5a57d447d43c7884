"""Approvals with all that they can lead to: whoever decides or sweeps them comes by here, so that every kind is registered."""

from app.coop import approvals
from app.coop.approvals import sweeping
from app.coop.ledger import corrections, merging, payouts, settling, till
from app.coop.members import leaving, proving
from app.coop.payments import batches
from app.coop.prices import proposing

LEADS_TO = (batches, corrections, leaving, merging, payouts, proposing, proving, settling, till)
"""The modules that say what happens to their kinds."""

__all__ = ["LEADS_TO", "approvals", "sweeping"]
