"""Hops at the till and of members are dropped, repeated, late, forgotten: money is asked for, handed over and taken in once."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.coop.ledger.models import JournalEntry
from app.coop.ledger.queries import balances_of
from app.coop.offices.models import OfficerAct
from app.coop.subjects import approvals
from app.coop.till.models import Payout
from app.coop.verify import verify
from app.sms.models import Message
from app.ussd.memory_store import MemoryStore
from tests import sample_cooperative, sample_declarations
from tests.ussd.conftest import Handset, engine_on

FATES = st.sampled_from(("sent",) * 7 + ("repeated", "late", "dropped", "forgotten", "redialled"))
TALKS = (
    (sample_cooperative.AWA, ("1",), ("2468", "2", "5000", "2468")),
    (sample_declarations.SECRETARY, ("8", "2"), ("2468", "1", "1", "2468")),
    (sample_declarations.PRESIDENT, ("8", "2"), ("2468", "1", "1", "2468")),
    (sample_declarations.TREASURER, ("8", "3", "4", "5"), ("2468", "001", "1", "1")),
    (sample_cooperative.AWA, ("1",), ("2468", "3", "1", "1", "2468")),
    (sample_declarations.TREASURER, ("8", "3", "4", "1"), ("2468", "001", "1", "500", "1", "2468")),
    (sample_declarations.TREASURER, ("8", "3", "4", "7"), ("2468", "001", "1", "2468")),
    (sample_declarations.SECRETARY, ("8", "2"), ("2468", "1", "1", "2468")),
)
"""Savings out, savings in, and a correction: who dials what, and types what then."""
ATTEMPTS = 3


def play(engine, store, talk, fates) -> None:
    """Play one talk, from the beginning again when it was cut, as somebody would who doesn't know what became of it."""
    phone, past = Handset(engine, talk[0]), []
    for _ in range(ATTEMPTS):
        said = phone.dial(*talk[1])
        for entry in talk[2]:
            fate = next(fates, "sent")
            if fate == "forgotten":
                store.sessions.clear()
            if fate == "redialled" or not said.more:
                break
            if fate == "dropped":
                continue
            past.append(phone.call([*phone.parts]))
            said = phone.type(entry)
            if fate == "repeated":
                assert phone.again().text == said.text
            if fate == "late":
                engine.answer(past[len(past) // 2])
        if said.event == "acted":
            return


@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(FATES, min_size=60, max_size=60))
def test_money_moves_once_or_not_at_all(another, clock, fates):
    database, store = sample_declarations.staffed(another()), MemoryStore()
    engine, left = engine_on(database, store, clock), iter(fates)
    for talk in TALKS:
        play(engine, store, talk, left)
    with database.read() as reader:
        assert verify(reader).wrong == ()
        count = lambda table, *only: reader.scalar(select(func.count()).select_from(table).where(*only)) or 0  # noqa: E731
        entries = lambda kind: count(JournalEntry, JournalEntry.kind == kind)  # noqa: E731
        assert count(Payout) <= 1
        handed = count(Payout, Payout.handed_entry_id.is_not(None))
        assert entries("withdrawal") == handed == count(Message, Message.cause.like("payout:%:handed"))
        assert entries("payment") == count(Payout, Payout.paid_entry_id.is_not(None))
        brought = entries("savings") - 1
        assert brought == count(Message, Message.cause.like("till:%")) == count(OfficerAct, OfficerAct.act == "money taken in")
        reversed_ = count(JournalEntry, JournalEntry.kind == "reversal", ~JournalEntry.operation.endswith(":paid"))
        assert reversed_ == count(approvals.Approval, approvals.Approval.kind == "reversal", approvals.Approval.state == "approved")
        if not reversed_:
            assert balances_of(reader, 1).savings == 12_500 - 5_000 * handed + 500 * brought
    database.dispose()
