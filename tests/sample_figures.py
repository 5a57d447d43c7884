"""Co-operatives with some of everything that figures count in October: the seed's rows, and random ones beside them."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, insert, select, update

from app.coop.demo.seed import Plan, seed
from app.coop.equipment.models import Booking, Equipment
from app.coop.ideas.models import Idea
from app.coop.imports.models import MemberProfile
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.lots.models import LotEvent
from app.coop.members.models import Member
from app.coop.payments.models import Payment, PaymentBatch, PaymentLine
from app.coop.production.models import Declaration, Weighing
from app.coop.products.models import Product
from app.coop.till.models import Payout
from app.coop.training.models import Certificate, PlacementQuestion, Training, TrainingApplication
from app.db.database import Database
from app.sms.models import Message
from tests.sample_cooperative import KEY, PEPPERS
from tests.samples import sample

SEEDED = datetime(2026, 10, 20, 10, 0, tzinfo=UTC)
MEMBERS, DELIVERIES, APPLICANTS = 330, 240, 90
ID = 500_000


@sample
def fill(database: Database, chance: random.Random) -> None:
    """Seed, and add deliveries, payments, aids, profiles, trainings and SMS from August to November."""
    seed(database, Plan(MEMBERS, None, PEPPERS, KEY, SEEDED))
    with database.engine.begin() as to:
        members = [(row.id, row.person_id, row.cooperative_id) for row in to.execute(select(Member.__table__))]
        for member, _, _ in members:
            if chance.random() < 0.8:
                born = chance.choice(({"born_on": a_day(chance, 1950, 2010)}, {"born_in": chance.randint(1950, 2010)}, {}))
                to.execute(insert(MemberProfile).values(member_id=member, sex=chance.choice(("F", "F", "F", "M", None)), **born))
        for member, day in ((11, date(2026, 10, 9)), (12, date(2026, 10, 31)), (150, date(2026, 11, 1))):
            to.execute(update(Member).where(Member.id == member).values(left_on=day))
        _deliver(to, chance, members)
        _help(to, chance, members)
        _train(to, chance, members)
        _write(to, chance)
        _work(to)


def an_instant(chance, since=datetime(2026, 8, 1, tzinfo=UTC)):
    """Give an instant until the end of November; often at the edge of October."""
    edges = [datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)]
    return chance.choice(edges) if chance.random() < 0.2 else since + timedelta(minutes=chance.randint(0, 120 * 1440))


def a_day(chance, first, last):
    return date(chance.randint(first, last), chance.choice((2, 10, 11)), chance.randint(1, 28))


def _entry(to, number, kind, cooperative, member, at, lines, reverses=None):
    values = {"id": ID + number, "operation": f"figures:{number}", "kind": kind, "cooperative_id": cooperative, "member_id": member}
    to.execute(insert(JournalEntry).values(**values, at=at, reverses_id=reverses))
    for name, owner, amount in lines:
        mine = Account.member_id.is_(None) if owner is None else Account.member_id == owner
        found = to.scalar(select(Account.id).where(Account.cooperative_id == cooperative, Account.kind == name, mine))
        if found is None:
            made = insert(Account).values(cooperative_id=cooperative, member_id=owner, kind=name)
            found = to.execute(made).inserted_primary_key[0]
        to.execute(insert(Posting).values(entry_id=ID + number, account_id=found, amount=amount))
    return ID + number


def _deliver(to, chance, members):
    products = to.execute(select(Product.__table__)).all()
    batch = {"way": "cash", "state": "open", "total": 0, "channel": "ussd"}
    for one in {place for _, _, place in members}:
        of = {"cooperative_id": one, "made_by": 1, "made_at": SEEDED, "operation": f"b{one}"}
        to.execute(insert(PaymentBatch).values(id=ID + one, **of, **batch))
    for number in range(DELIVERIES):
        member, _, place = chance.choice(members[:130] if number % 3 else members)
        product, at = chance.choice(products), an_instant(chance)
        weight = Decimal(chance.randint(1, 40_000)) / 1000 if product.divisible else Decimal(chance.randint(1, 9))
        gross = chance.randint(100, 90_000)
        share, repaid = gross * 2 // 100, chance.choice((0, gross // 10))
        lines = [("purchases", None, gross), ("solidarity", None, -share), ("advance", member, -repaid)]
        lines.append(("payable", member, share + repaid - gross))
        entry = _entry(to, 10 * number, "delivery", place, member, at, lines)
        if number % 20 == 0:
            back = [(kind, owner, -amount) for kind, owner, amount in lines]
            _entry(to, 10 * number + 1, "reversal", place, member, at + timedelta(days=chance.randint(0, 20)), back, entry)
        of = {"cooperative_id": place, "member_id": member, "product_id": product.id, "channel": "ussd"}
        declared = {"season": 2026, "reference": f"{number:06d}", "quantity": weight, "unit": product.unit, "declared_at": at}
        to.execute(insert(Declaration).values(id=ID + number, state="weighed", operation=f"fd{number}", **of, **declared))
        state = "credited" if number % 11 else "noted"
        said = {"weight": weight, "weighed_at": at, "noted_at": at, "gross": gross, "share": share, "repaid": repaid}
        weighed = {"officer_id": 1, "declaration_id": ID + number, "state": state, "entry_id": entry, "operation": f"fw{number}"}
        to.execute(insert(Weighing).values(id=ID + number, **of, **said, **weighed))
        if number % 2:
            paid = chance.choice(("paid", "paid", "open", "contested"))
            when = an_instant(chance, at) if paid != "open" else None
            values = {"batch_id": ID + place, "season": 2026, "member_id": member, "state": paid, "paid_at": when, "amount": 1}
            to.execute(insert(Payment).values(id=ID + number, cooperative_id=place, reference=f"{number:06d}", **values))
            to.execute(insert(PaymentLine).values(weighing_id=ID + number, payment_id=ID + number))


def _help(to, chance, members):
    for number in range(60):
        member, _, place = members[number]
        at, amount = an_instant(chance), chance.randint(1000, 50_000)
        entry = _entry(to, 100_000 + number, "aid", place, member, at, [("solidarity", None, amount), ("cash", None, -amount)])
        of = {"kind": "aid", "instalments": 0, "state": "paid", "asked_by": 1, "asked_at": at, "channel": "ussd", "handed_at": at}
        of |= {"member_id": member, "cooperative_id": place, "amount": amount, "handed_entry_id": entry}
        to.execute(insert(Payout).values(reference=f"9{number:05d}", operation=f"fp{number}", **of))
        if number % 15 == 0:  # contested, and the member is right
            back = [("solidarity", None, -amount), ("cash", None, amount)]
            _entry(to, 300_000 + number, "reversal", place, member, at + timedelta(hours=5), back, entry)
        _entry(to, 200_000 + number, "gift", place, None, at, [("cash", None, 500), ("solidarity", None, -500)])


def _train(to, chance, members):
    days = {"starts_on": date(2026, 10, 12), "ends_on": date(2026, 10, 16), "apply_until": date(2026, 10, 10)}
    for training, place, state in ((ID, None, "open"), (ID + 1, 1, "open"), (ID + 2, 2, "cancelled"), (ID + 3, 3, "open")):
        told = {"title": "Couture", "place": "Mbour", "seats": 20, "state": state, "cooperative_id": place}
        to.execute(insert(Training).values(id=training, **told, **days))
    for number in range(APPLICANTS):
        member = chance.choice(members)[0] if number % 4 else None
        values = {
            "training_id": ID + chance.choice((0, 0, 1, 2, 3)),
            "member_id": member,
            "born_in": chance.choice((None, 2000, 1960)),
        }
        at = an_instant(chance)
        of = {"state": "seated", "applied_at": at, "changed_at": at, "channel": "ussd", "operation": f"ft{number}"}
        to.execute(insert(TrainingApplication).values(id=ID + number, **values, **of))
        if number % 3:
            given = {"title": "Couture", "initials": "AB", "given_on": an_instant(chance).date()}
            to.execute(insert(Certificate).values(number=f"{number:09d}", application_id=ID + number, **given))
            for months in (3, 6):
                asked = {"asked_at": an_instant(chance), "works": chance.choice((True, True, False, None)), "code": "123456"}
                to.execute(insert(PlacementQuestion).values(application_id=ID + number, months=months, **asked))


def _write(to, chance):
    first = (to.scalar(select(func.max(Message.id))) or 0) + 1
    for number in range(200):
        at, state = an_instant(chance), chance.choice(("delivered", "failed", "queued", "maybe"))
        of = {"language": "fr", "text": "x", "alphabet": "GSM-7", "rank": 1, "purpose": "notice", "lane": "notice", "attempts": 0}
        of |= {"next_at": at, "expires_at": at, "created_at": at, "changed_at": at, "state": state, "price": 20, "parts": 1}
        charged = {"actual_centimes": chance.choice((None, 1250)), "provider_id": chance.choice((None, "x"))}
        to.execute(
            insert(Message).values(
                id=first + number, cause=f"f{number}", to_number="+221770000001", **of, **charged,
                cooperative_id=chance.choice((None, 1, 2)),
            )
        )  # fmt: skip


def _work(to):
    """Two hours of run by three, a half-day of the dryer, an idea that was declined."""
    at = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    of = {"channel": "cli", "operation": "figures run", "cooperative_id": 2, "at": at, "entered": 0, "gone": 0, "cost": 0}
    to.execute(insert(LotEvent).values(kind="run", minutes=120, workers=3, **of))
    mine = select(Equipment.id, Member.id).join(Member, Member.cooperative_id == Equipment.cooperative_id)
    dryer, member = to.execute(mine.where(Equipment.cooperative_id == 1).limit(1)).one()
    booked = {"equipment_id": dryer, "member_id": member, "on_day": at.date(), "half": "pm", "state": "back", "asked_at": at}
    booked |= {"cooperative_id": 1, "fee": 0, "deposit": 0, "channel": "cli", "operation": "figures dryer", "out_at": at}
    to.execute(insert(Booking).values(**booked))
    declined = {"cooperative_id": 3, "member_id": 201, "words": "Algues", "state": "declined", "proposed_at": SEEDED}
    to.execute(insert(Idea).values(channel="cli", operation="figures idea", decided_at=at, **declined))
