"""What goes out into files and comes into another service with the same co-operatives and products is the same there."""

import json
import shutil
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.coop import foundation
from app.coop.imports.exports import EXPORTS
from app.coop.imports.kinds import KINDS
from app.coop.imports.models import MemberProfile
from app.coop.ledger.services import OWED, account_of, open_accounts, post
from app.coop.members.models import Member, Number, Person
from app.coop.openings import entries, services
from app.coop.openings.models import Opening, PastDelivery
from app.coop.prices.models import PriceRow
from app.coop.production.models import Declaration, Weighing
from app.coop.scope import FEDERATION
from app.coop.verify import verify
from app.db.database import Database
from app.sheets import read_table, write_table
from app.sheets.readings import clean
from app.sheets.textfiles import _TWICE
from tests.conftest import PATIENT_MS, SERVICE
from tests.imported_rows import NOW, take

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Two services an example: making a failure small takes minutes."""
LONG_AGO = NOW - timedelta(days=400)
DAYS = st.dates(date(2025, 12, 1), date(2026, 11, 25))
SEEN = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zs", "Zl", "Zp"))
TEXT = st.text(SEEN, min_size=1, max_size=20).map(clean).filter(lambda words: words and not _TWICE.search(words))
NAMES = st.sampled_from(
    ["Ndèye Coumba Guèye", "Œuvre Ste Anne", "N'DOUR Awa", "SENE Ndiaga", "-Awa", "Awa 2", "TOTAL", "E5", "1er Mor", "A" * 40]
)
WORDS = st.one_of(st.none(), TEXT, st.sampled_from(["=1+1", "+221", "007", "1/2", "'x", "TOTAL", "Santhie 2", "12E4"]))
CODES = st.one_of(st.none(), st.sampled_from(["2 765 1958 00123".replace(" ", ""), "02765196200456", "2E5", "A-12", "007"]))
AMOUNTS = st.one_of(st.none(), st.just(0), st.integers(1, 999_999_999))


@st.composite
def members(draw):
    day = draw(st.one_of(st.none(), st.dates(date(1940, 1, 1), date(2010, 1, 1))))
    return {
        "name": draw(NAMES),
        "phones": draw(st.lists(st.sampled_from(["+221771110001", "+221771110002", "+221701110003"]), max_size=2, unique=True)),
        "place": draw(st.booleans()),
        "state": draw(st.sampled_from(["pending", "active", "blocked", "departed"])),
        "joined": draw(DAYS),
        "language": draw(st.sampled_from(["fr", "wo", "srr"])),
        "profile": {
            "sex": draw(st.sampled_from([None, "F", "M"])),
            "born_on": day,
            "born_in": None if day else draw(st.one_of(st.none(), st.integers(1940, 2010))),
            "address": draw(WORDS),
            "identity": draw(CODES),
            "contact": draw(st.sampled_from([None, "+221339570000", "+33612345678"])),
            "shares_subscribed": draw(AMOUNTS),
            "shares_paid": draw(AMOUNTS),
            "unsaid": draw(st.sampled_from([None, "sex", "sex,address"])),
        },
        "balances": draw(
            st.fixed_dictionaries({kind: st.one_of(st.just(0), st.integers(1, 999_999)) for kind in services.ACCOUNTS})
        ),
        "weighed": draw(st.lists(st.tuples(DAYS, st.integers(1, 99_000), st.sampled_from([None, "A", "C"])), max_size=2)),
        "past": draw(st.lists(st.tuples(DAYS, st.integers(1, 99), st.booleans()), max_size=2)),
    }


PRICES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([None, "A", "B"]), st.integers(1, 999_999), st.integers(0, 86_400 * 300)),
    max_size=5,
    unique_by=(lambda one: one[3], lambda one: (one[0], one[1], one[2])),
)


@contextmanager
def service(template):
    """Give a service with two co-operatives and their products."""
    with TemporaryDirectory() as folder:
        shutil.copyfile(template, f"{folder}/books.db")
        database = Database(f"sqlite:///{folder}/books.db", statement_ms=PATIENT_MS, service=SERVICE)
        try:
            yield database
        finally:
            database.dispose()


@pytest.fixture
def founded(sqlite_template, tmp_path):
    """Give the file of a service with two co-operatives and their products."""
    file = tmp_path / "founded.db"
    shutil.copyfile(sqlite_template, file)
    database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS, service=SERVICE)
    with database.transaction() as session:
        for code in ("CPS1", "CPS2"):
            foundation.found(session, code, code, commune="Mbour", filiere="PECHE", form="AER", now=LONG_AGO)
            for name, unit, divisible in (("Thiof", "kg", True), ("Yeet", "caisse", False)):
                foundation.take_product(session, code, name, unit=unit, divisible=divisible, filiere="PECHE", aliases=())
    with database.read() as reader:
        reader.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file


def fill(database, people, prices):
    """Write what was drawn as a service holds it after years, whatever way it came in."""
    taken = {}
    with database.transaction() as session:
        session.add(Person(id=1, name="Clerk", language="fr", pin_pepper=1))
        for number, one in enumerate(people, 2):
            place = 1 + number % 2
            session.add(Person(id=number, name=one["name"], language=one["language"], pin_pepper=1))
            session.flush()
            left = one["joined"] + timedelta(days=1) if one["state"] == "departed" else None
            state = "active" if left else one["state"]
            member = Member(id=number, person_id=number, cooperative_id=place, card=f"C{number * 37:07d}", state=state)
            member.joined_on = one["joined"]
            session.add(member)
            session.flush()
            for phone in one["phones"]:
                held = taken.setdefault(phone, [])
                seat = None if not held and not one["place"] else max([seat or 1 for seat in held], default=0) + 1
                held.append(seat)
                session.add(Number(phone=phone, person_id=number, place=seat, registered_at=LONG_AGO))
            if any(value is not None for value in one["profile"].values()):
                session.add(MemberProfile(member_id=number, **one["profile"]))
            mine = open_accounts(session, place, number)
            mine["leasing"] = account_of(session, place, number, "leasing")
            if not left:
                _post(session, place, number, mine, one["balances"])
            for at, (day, grams, grade) in enumerate(one["weighed"]):
                _weigh(session, place, number, at, day, Decimal(grams) / 1000, grade)
            for at, (day, count, told) in enumerate(one["past"]):
                said = {"cooperative_id": place, "member_id": number, "product_id": 2, "day": day, "quantity": Decimal(count)}
                row = PastDelivery(**said, unit="caisse", mark=f"{number}:{at}", reference=f"{number:05d}{at}" if told else None)
                session.add(row)
            member.state, member.left_on = one["state"], left
        for federation, grade, amount, seconds in sorted(prices, key=lambda one: one[3]):
            at = LONG_AGO + timedelta(seconds=seconds)
            place = None if federation else 1
            session.add(PriceRow(product_id=1, cooperative_id=place, grade=grade, unit="kg", amount=amount, from_at=at))


def _post(session, place, member, accounts, balances):
    lines = [(accounts[kind], amount if kind in OWED else -amount) for kind, amount in balances.items() if amount]
    rest = -sum(amount for _, amount in lines)
    if lines:
        lines += [(account_of(session, place, None, "opening"), rest)] if rest else []
        post(session, operation=f"op {member}", kind="opening", cooperative_id=place, member_id=member, lines=lines, now=LONG_AGO)


def _weigh(session, place, member, at, day, weight, grade):
    when = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    said = {"cooperative_id": place, "member_id": member, "product_id": 1, "channel": "ussd", "operation": f"{member}:{at}"}
    declared = Declaration(season=day.year, reference=f"{member:03d}{at:03d}", quantity=weight, unit="kg", declared_at=when, **said)
    declared.state = "weighed"
    session.add(declared)
    session.flush()
    weighed = Weighing(officer_id=1, declaration_id=declared.id, weight=weight, grade=grade, weighed_at=when, noted_at=when, **said)
    weighed.state, weighed.price, weighed.gross, weighed.share, weighed.repaid = "credited", 1_000, 900, 9, 0
    session.add(weighed)


def out(database, kind, form):
    with database.read() as reader, BytesIO() as body:
        write_table(body, *EXPORTS[kind](reader, FEDERATION, NOW), form=form)
        return body.getvalue()


def brought(database, folder, kind, body, form):
    """Import a file; return the forecast. Officers approve what waits for them."""
    file = Path(folder) / f"{kind}.{form}"
    file.write_bytes(body)
    table = read_table(file, KINDS[kind].columns(NOW.date()))
    _, found = take(database, kind, list(table.rows), scope=FEDERATION)
    with database.transaction() as session:
        for opening in session.query(Opening).where(Opening.state == "waiting"):
            opening.state = "approved"
    for _ in range(6):
        with database.transaction() as session:
            entries.post(session, NOW)
    return found


@settings(
    max_examples=12,
    phases=NO_SHRINKING,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(people=st.lists(members(), min_size=1, max_size=6), prices=PRICES, form=st.sampled_from(["csv", "xlsx"]))
def test_what_goes_out_comes_in_the_same(founded, people, prices, form):
    with service(founded) as here, service(founded) as there, TemporaryDirectory() as folder:
        fill(here, people, prices)
        for kind in KINDS:
            wanted = json.loads(out(here, kind, "json"))
            body = out(here, kind, form)
            if not wanted:
                continue  # a file without a line is refused as such
            found = brought(there, folder, kind, body, form)
            assert not found.blocked, found.problems
            assert json.loads(out(there, kind, "json")) == wanted
            again = brought(there, folder, kind, body, form)
            assert not again.planned, again.problems
        with there.read() as reader:
            assert verify(reader).wrong == ()
