"""An officer's hops are dropped, repeated and reordered, and sessions lost: each line is credited once, or still open."""

from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.coop.ledger.models import JournalEntry
from app.coop.production.models import Weighing
from app.coop.verify import verify
from app.sms.models import Message
from app.ussd.memory_store import MemoryStore
from tests import sample_cooperative, sample_declarations
from tests.ussd.conftest import Handset, engine_on

FATES = st.sampled_from(("sent",) * 6 + ("repeated", "late", "dropped", "forgotten", "redialled"))


@settings(max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(FATES, min_size=30, max_size=30))
def test_every_line_is_credited_once_or_still_open(another, clock, fates):
    database, store = another(), MemoryStore()
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    refs = sample_declarations.declared(database, sample_declarations.women(database, 3), clock())
    engine = engine_on(database, store, clock)
    phone, past = Handset(engine, sample_declarations.SECRETARY), []
    wanted = [entry for reference in refs for entry in (reference, "12,5", "1")] + ["1", "1", "2468"]
    phone.dial("8", "1")
    said = phone.type("2468")
    for fate, entry in zip(fates, wanted * 3, strict=False):
        if fate == "dropped":
            continue
        if fate == "forgotten":
            store.sessions.clear()
        if fate == "redialled" or not said.more:
            phone.dial("8", "1")
            said = phone.type("2468")
        past.append(phone.call([*phone.parts]))
        said = phone.type(entry)
        if fate == "repeated":
            assert phone.again().text == said.text
        if fate == "late":
            engine.answer(past[len(past) // 2])
    with database.read() as reader:
        assert verify(reader).wrong == ()
        rows = reader.execute(select(Weighing.state, Weighing.entry_id, Weighing.gross).where(Weighing.state != "undone")).all()
        assert len(rows) <= 3
        assert all((row.state == "credited") == (row.entry_id is not None) for row in rows)
        credited = [row for row in rows if row.state == "credited"]
        deliveries = select(func.count()).select_from(JournalEntry).where(JournalEntry.operation.like("weighing:%"))
        assert reader.scalar(deliveries) == len(credited)
        told = select(func.count()).select_from(Message).where(Message.cause.like("weighing:%"))
        assert reader.scalar(told) == len(credited)
        one_kilo = Decimal(1000)  # her weight was dropped, so the 1 meant for the grade was taken as the kilos, and shown to her
        assert {row.gross for row in credited} <= {Decimal(12500), one_kilo}
    database.dispose()
