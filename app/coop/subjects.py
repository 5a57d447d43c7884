"""All subjects. Whoever decides, sweeps, closes, merges, erases or verifies comes by here, so that each is known."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop import approvals
from app.coop.access.subject import subject as access
from app.coop.approvals import kinds
from app.coop.approvals.subject import subject as approvals_subject
from app.coop.audience.subject import subject as audience
from app.coop.boutiques.subject import subject as boutiques
from app.coop.chain.subject import subject as chain
from app.coop.closing.subject import subject as closing
from app.coop.console_requests import kinds as requests
from app.coop.console_requests.subject import subject as console_requests
from app.coop.contests.subject import subject as contests
from app.coop.correspondence.subject import subject as correspondence
from app.coop.enrolment.subject import subject as enrolment
from app.coop.equipment.subject import subject as equipment
from app.coop.foundation.subject import subject as foundation
from app.coop.handover import kinds as handovers
from app.coop.ideas.subject import subject as ideas
from app.coop.imports.subject import subject as imports
from app.coop.jobs.subject import subject as jobs
from app.coop.kpi.subject import subject as kpi
from app.coop.ledger.subject import subject as ledger
from app.coop.lots.subject import subject as lots
from app.coop.members.subject import subject as members
from app.coop.offices.subject import subject as offices
from app.coop.openings.subject import subject as openings
from app.coop.payments.subject import subject as payments
from app.coop.prices.subject import subject as prices
from app.coop.production.subject import subject as production
from app.coop.solidarity.subject import subject as solidarity
from app.coop.subject import Leaver, Rows, Subject, declare
from app.coop.techniques.subject import subject as techniques
from app.coop.till.subject import subject as till
from app.coop.training.subject import subject as training
from app.db.operations import Operation
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Allowance, CodeMisses, Inbound, Message, MessageCause, ReplyDraft, Report

YEAR = "it is gone after a year at the most (app/sms/retention.py)"
NUMBERS = "it is of a number, whoever has it"


def _forget_sender(session: Session, leaver: Leaver) -> None:
    session.execute(update(Broadcast).where(Broadcast.person_id == leaver.person_id).values(sender=""))


messages = Subject(
    name="messages",
    rows=(
        Rows(Message, NUMBERS, YEAR),
        Rows(MessageCause, NUMBERS, YEAR),
        Rows(Inbound, NUMBERS, YEAR),
        Rows(Report, NUMBERS, YEAR),
        Rows(ReplyDraft, NUMBERS, YEAR),
        Rows(CodeMisses, NUMBERS, YEAR),
        Rows(Allowance, NUMBERS, YEAR),
        Rows(Broadcast, "who sent it is written for good", _forget_sender),
        Rows(Operation, "it tells what was done then", "what acts were told is emptied by `closing/erasure.py`, found by its text"),
    ),
)

SUBJECTS = (
    *(approvals_subject, members, offices, access, console_requests, correspondence, enrolment, audience),
    *(ledger, production, payments, till, openings, closing, prices, contests, imports, messages),
    *(ideas, techniques, equipment, lots, boutiques, chain, training, solidarity, jobs, kpi, foundation),
)
SWEEPS = tuple(sweep for subject in SUBJECTS for sweep in subject.sweeps)
# After all subjects are imported, and as this module is: whoever needs one of these lists imports it first.
kinds.register(kind for subject in SUBJECTS for kind in subject.approvals)
requests.register(kind for subject in SUBJECTS for kind in subject.requests)
handovers.register(kind for subject in SUBJECTS for kind in subject.handovers)
declare(SUBJECTS)

__all__ = ["SUBJECTS", "SWEEPS", "approvals"]
