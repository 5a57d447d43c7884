"""All subjects. Whoever decides approvals or sweeps comes by here, so that every kind is known."""

from app.coop import approvals
from app.coop.approvals import kinds
from app.coop.approvals.subject import subject as approvals_subject
from app.coop.contests.subject import subject as contests
from app.coop.ledger.subject import subject as ledger
from app.coop.members.subject import subject as members
from app.coop.payments.subject import subject as payments
from app.coop.prices.subject import subject as prices
from app.coop.production.subject import subject as production

SUBJECTS = (approvals_subject, members, ledger, production, payments, prices, contests)
SWEEPS = tuple(sweep for subject in SUBJECTS for sweep in subject.sweeps)
kinds.register(kind for subject in SUBJECTS for kind in subject.approvals)

__all__ = ["SUBJECTS", "SWEEPS", "approvals"]
