"""Whatever officers and members do with payments, in any order and twice: no franc is paid that isn't owed, and the books agree."""

import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.coop.contests import answers
from app.coop.contests import services as contests
from app.coop.contests.models import Contest
from app.coop.handover import services as handover
from app.coop.ledger import services
from app.coop.ledger.models import JournalEntry
from app.coop.ledger.queries import balances_of
from app.coop.payments import batches
from app.coop.payments.due import Wanted, due
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment, PaymentBatch
from app.coop.production.models import Weighing
from app.coop.production.weighing_lookup import NotThere
from app.coop.verify import verify
from app.db.database import Database
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.conftest import PATIENT_MS

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
WANTED = (Wanted(), Wanted(day=NOW.date()), Wanted(product_id=1), Wanted(product_id=3))
OFFICERS = (sample_deliveries.PAYER, sample_deliveries.PRESIDENT)
REFUSALS = (
    batches.BatchChanged,
    batches.BatchNotOpen,
    handover.HandoverNotOpen,
    handover.SameOfficer,
    handover.OtherSignature,
    contests.TooLate,
    answers.ContestNotOpen,
    services.Overdrawn,
    services.AlreadyReversed,
    handover.NotForYourself,
    NotThere,
)
ACTS = ("batch", "hand", "hand", "confirm", "confirm", "sign", "sign", "contest", "answer", "close", "reverse")


def _one_of(session, column, number):
    ids = session.scalars(select(column).order_by(column)).all()
    return ids[number % len(ids)] if ids else 0


def perform(session, act, number, turn, now):
    """Do an act on whichever row the number means."""
    office = by(OFFICERS[number % 2], f"act:{turn}", now)
    payment = session.get(Payment, _one_of(session, Payment.id, number))
    match act:
        case "batch":
            wanted = WANTED[number % 4]
            found = due(session, 1, wanted, "cash", now)
            shown = {"count": len(found), "francs": sum(one.amount for one in found)}
            batches.make(session, office, wanted, "cash", **shown)
        case "hand" if payment:
            handover.hand_over(session, office, PAYMENT, payment.id)
        case "confirm" if payment:
            handover.confirm(session, own(payment.member_id, "confirm", now), PAYMENT, payment.id)
        case "sign" if payment:
            handover.sign(session, office, PAYMENT, payment.id, str(number % 2))
        case "contest" if payment:
            contests.open_contest(session, own(payment.member_id, "contest", now), "payment", payment.id)
        case "answer":
            contest = _one_of(session, Contest.id, number)
            answers.answer(session, by(sample_declarations.CLERK, f"act:{turn}", now), contest, upheld=bool(number % 3), note="vu")
        case "close":
            batches.close(session, office, _one_of(session, PaymentBatch.id, number))
        case "reverse":
            services.reverse(session, _one_of(session, Weighing.entry_id, number), operation=f"act:{turn}", now=now)


def test_no_franc_is_paid_that_is_not_owed(sqlite_template, tmp_path_factory):
    template = tmp_path_factory.mktemp("payments") / "template.db"
    shutil.copyfile(sqlite_template, template)
    database = Database(f"sqlite:///{template}", statement_ms=PATIENT_MS)
    sample_declarations.staffed(database)
    women = sample_declarations.women(database, 3)
    sample_deliveries.credited(database, women, NOW)
    sample_deliveries.credited(database, women[:2], NOW, product=3)
    database.dispose()

    @settings(max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 11)), min_size=12, max_size=30))
    def any_acts(acts):
        file = template.with_name("acts.db")
        shutil.copyfile(template, file)
        database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS)
        for turn, (act, number) in enumerate([("batch", 0), *acts, *acts[:5]]):
            with suppress(*REFUSALS), database.transaction() as session:
                perform(session, act, number, turn, NOW + timedelta(minutes=turn))
        with database.read() as reader:
            assert verify(reader).wrong == ()
            undone = select(JournalEntry.reverses_id).where(JournalEntry.reverses_id.is_not(None))
            net = func.coalesce(func.sum(Weighing.gross - Weighing.share - Weighing.repaid), 0)
            for member in women:
                owed = reader.scalar(select(net).where(Weighing.member_id == member, Weighing.entry_id.not_in(undone)))
                left = select(func.coalesce(func.sum(Payment.amount), 0)).where(
                    Payment.member_id == member, Payment.state.in_(("handed_over", "paid", "contested"))
                )
                assert reader.scalar(left) + balances_of(reader, member).payable == owed
        database.dispose()

    any_acts()
