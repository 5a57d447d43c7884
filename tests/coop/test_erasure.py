"""What names a member who left goes when the books allow it; the books stay whole."""

import json
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import String, delete, select, update

from app.cli import main
from app.coop.access import numbers
from app.coop.access.models import NumberChange, SignIn
from app.coop.approvals.models import Approval
from app.coop.closing.erasure import NotYet, erase_member
from app.coop.correspondence.models import CallBack
from app.coop.enrolment.models import Application
from app.coop.ledger.models import Account, JournalEntry
from app.coop.members.models import CardAlias, Member, Number, Person
from app.coop.members.names import NOBODY
from app.coop.models import Base
from app.coop.verify import verify
from app.db.operations import Operation
from menus.publication import compiled
from tests import sample_cooperative, sample_declarations
from tests.releases import rows
from tests.sample_cooperative import LONG_AGO
from tests.without_triggers import unguarded

LEFT = date(2026, 8, 30)


@pytest.fixture
def village_left(database):
    """Give the village with member 1 and 2 departed and settled: only member 1 has entries in the books."""
    sample_cooperative.build(database)
    with unguarded(database) as session:
        session.execute(update(Member).where(Member.id.in_((1, 2))).values(state="departed", left_on=LEFT))
        session.add(NumberChange(person_id=1, phone=sample_cooperative.AWA, act="added", at=LONG_AGO))
        told = {"whom": {"person_id": 1}, "number": {"phone": sample_cooperative.AWA}}
        session.add(Operation(key="x", act="change_sim", arguments=told, outcome={}, person_id=101, at=LONG_AGO))
    return database


def signed_in(database, person):
    with database.transaction() as session:
        how = {"browser": "", "known": False, "digest": "", "asked_at": LONG_AGO, "expires_at": LONG_AGO}
        session.add(SignIn(phone=sample_cooperative.AWA, person_id=person, **how))


def settle(database):
    with unguarded(database) as session:
        session.execute(update(Account).where(Account.member_id == 1).values(balance=0))


def erase(database, card, now=LONG_AGO + timedelta(days=3661)):
    with database.transaction() as session:
        return erase_member(session, card, now=now)


def approval(session, words, kind, subject, subject_id, member):
    asked = {"asked_by": 3, "asked_at": LONG_AGO, "expires_at": LONG_AGO, "needed": 1, "roles": "president", "operation": words}
    of = {"kind": kind, "subject": subject, "subject_id": subject_id, "details": {}}
    session.add(Approval(words=words, member_id=member, state="refused", **asked, **of))


def test_what_officers_read_of_a_member_goes_and_what_they_read_of_others_stays(village_left):
    settle(village_left)
    with village_left.transaction() as session:
        approval(session, "Crédit-bail Pirogue de Awa", "leasing", "payout", 1, 1)
        approval(session, "Réunir C00004 et C00001", "merge", "member", 1, 4)
        approval(session, "Réunir C00004 et C00011", "merge", "member", 11, 4)
    erase(village_left, "C00001")
    with village_left.read() as reader:
        assert reader.scalars(select(Approval.words).order_by(Approval.id)).all() == ["", "", "Réunir C00004 et C00011"]


@pytest.mark.parametrize("card", ["C00001", "C00002"])
def test_who_had_two_cards_is_erased_under_both_by_either(village_left, card):
    settle(village_left)
    with village_left.transaction() as session:
        session.add(CardAlias(card="C00002", member_id=1))
    erase(village_left, card)
    with village_left.read() as reader:
        assert reader.scalars(select(Person.name).where(Person.id.in_((1, 2)))).all() == [NOBODY] * 2
        assert reader.scalars(select(Number.id).where(Number.person_id.in_((1, 2)))).all() == []


def test_who_had_two_cards_and_is_a_member_by_one_is_erased_by_neither(village_left):
    settle(village_left)
    with unguarded(village_left) as session:
        session.add(CardAlias(card="C00002", member_id=1))
        session.execute(update(Member).where(Member.id == 1).values(state="active", left_on=None))
    with pytest.raises(NotYet, match="hasn't left"):
        erase(village_left, "C00002")


def test_name_and_numbers_go_and_the_entries_stay(village_left):
    settle(village_left)
    signed_in(village_left, 1)
    signed_in(village_left, None)
    done = erase(village_left, "C00001")
    assert (done.numbers, done.acts) == (1, 1)
    with village_left.read() as reader:
        assert reader.scalar(select(Person.name).where(Person.id == 1)) == NOBODY
        assert reader.scalars(select(Number.phone).where(Number.person_id == 1)).all() == []
        assert set(reader.scalars(select(NumberChange.phone).where(NumberChange.person_id == 1))) == {None}
        assert reader.scalar(select(Operation.arguments)) == {}
        assert reader.scalars(select(SignIn.phone)).all() == [""]
        assert len(reader.scalars(select(JournalEntry.id).where(JournalEntry.member_id == 1)).all()) == 2


@pytest.mark.parametrize(
    "told",
    [
        {"call_back": {"phone": "770000012"}},
        {"letter": {"phone": "770000012", "start": "c'est Awa"}},
        {"peer_card": {"person_id": 1, "card": "C00001"}},
        {"merging": {"person_id": 1, "card": "C00001"}},
    ],
)
def test_what_officers_and_peers_typed_of_a_number_that_is_free_again_goes_too(village_left, told):
    settle(village_left)
    with village_left.transaction() as session:
        numbers.free_departed(session, now=LONG_AGO + timedelta(days=120))
        session.add(Operation(key="y", act="any", arguments=told, outcome={}, person_id=101, at=LONG_AGO))
    assert erase(village_left, "C00001").acts == 2
    with village_left.read() as reader:
        assert set(map(str, reader.scalars(select(Operation.arguments)))) == {"{}"}


MARK = "Zqximarka"
ASKED = sorted({(screen.ask, screen.keep) for screen in compiled().screens.values() if screen.form == "question" and screen.keep})
KEEPS_NUMBERS = {"consents", "sms_messages", "sms_inbox"}
"""Tables that keep a telephone number on purpose, and SMS for their year; no name."""


def holding(database, *marks):
    """The tables where any of these words stands in any column."""
    with database.read() as reader:
        return {
            table.name
            for table in Base.metadata.sorted_tables
            for row in reader.execute(select(table))
            if any(mark.lower() in json.dumps(list(map(str, row)), ensure_ascii=False).lower() for mark in marks)
        }


def test_what_is_typed_at_any_question_stands_nowhere_once_its_member_is_erased(database):
    """By the member themselves, or of them by an officer: by name, card, number or id, whatever the screen calls it."""
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    name, phone = f"Awa {MARK}", "769999999"
    theirs = [MARK, {"start": MARK}]
    others = [name, "C00002", f"+221{phone}", f"c'est {name.upper()} du {phone}", {"id": 9, "card": "C00002"}]
    others += [{"member_id": 2, "state": "active"}, {"person_id": 2}]
    with database.transaction() as session:
        session.execute(update(Person).where(Person.id == 2).values(name=name))
        session.execute(update(Member).where(Member.id == 2).values(state="departed", left_on=LEFT))
        session.execute(update(Number).where(Number.person_id == 2).values(place=None, phone=f"+221{phone}"))
        session.add(CallBack(phone=f"+221{phone}", person_id=2, cooperative_id=1, topic="Aide", at=LONG_AGO))
        session.add(Application(name=name, phone=f"+221{phone}", member_id=2, cooperative_id=1, state="approved", at=LONG_AGO))
        outcome = {"screen": "x", "values": {"said": MARK}}
        for (ask, keep), (person, typed) in product(ASKED, ((2, theirs), (101, others))):
            for place, value in enumerate(typed):
                told, key = {keep: value, "beside": MARK}, f"{ask}:{keep}:{person}:{place}"
                session.add(Operation(key=key, act=ask, arguments=told, outcome=outcome, person_id=person, at=LONG_AGO))
    assert {"operations", "people", "call_backs", "applications"} <= holding(database, MARK, phone)
    erase(database, "C00002")
    assert holding(database, MARK) == set()
    assert holding(database, phone) <= KEEPS_NUMBERS


TELEPHONES = [
    (table, column)
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, String) and (column.type.length or 0) >= len("+221770000000")
    if column.name.endswith(("phone", "number", "sender", "recipient", "spender"))
]
"""Columns that hold a telephone number, by their names: the schema says which, so that a new one is tried by itself."""
FOR_A_YEAR = {"sms_messages", "sms_inbox", "sms_reports", "sms_causes", "reply_drafts", "sms_code_misses", "sms_allowances"}
"""Tables of SMS, emptied by their age; `consents` are the proof of what was agreed to."""


def test_no_table_keeps_a_telephone_of_who_was_erased_whoever_wrote_it(database):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    phone, who = "+221769999999", {"people": 2, "members": 2, "person_id": 2, "member_id": 2}
    with unguarded(database) as session:
        session.execute(update(Member).where(Member.id == 2).values(state="departed", left_on=LEFT))
        rows.fill(session.connection())
        for table, column in TELEPHONES:
            row = session.execute(select(*table.primary_key.columns).order_by(*table.primary_key.columns).limit(1)).one()
            theirs = {key.name: who[name] for key in table.columns for name in who if name in _says_of(key)}
            key = [one == value for one, value in zip(table.primary_key.columns, row, strict=True)]
            session.execute(table.update().where(*key).values({column.name: phone} | theirs))
    assert holding(database, phone) == {table.name for table, _ in TELEPHONES}
    erase(database, "C00002")
    assert holding(database, phone) == FOR_A_YEAR | {"consents"}


def _says_of(column):
    """A column's name, and the tables that it refers to."""
    return {column.name, *(key.column.table.name for key in column.foreign_keys)}


@pytest.mark.parametrize(
    ("card", "days", "why"),
    [
        ("C00001", 3661, "isn't settled"),
        ("C00003", 3661, "hasn't left"),
        ("C99999", 3661, "no member"),
    ],
)
def test_who_is_still_needed_stays(village_left, card, days, why):
    with pytest.raises(NotYet, match=why):
        erase(village_left, card, LONG_AGO + timedelta(days=days))


@pytest.mark.parametrize(("on", "erased"), [(date(2036, 8, 29), False), (date(2036, 8, 30), True)])
def test_the_books_name_a_member_for_ten_years(village_left, on, erased):
    settle(village_left)
    now = LONG_AGO.replace(year=on.year, month=on.month, day=on.day)
    if erased:
        assert erase(village_left, "C00001", now)
    else:
        with pytest.raises(NotYet, match="10 years after 30/08/2026"):
            erase(village_left, "C00001", now)


def test_whom_no_book_names_goes_at_once(village_left):
    assert erase(village_left, "C00002", LONG_AGO + timedelta(days=5)).numbers == 1


def test_the_command_says_first_and_refuses_in_one_line(sqlite_database, monkeypatch, capsys):
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", sqlite_database.url)
    sample_cooperative.build(sqlite_database)
    with sqlite_database.transaction() as session:
        session.execute(update(Member).where(Member.id == 2).values(state="departed", left_on=LEFT))
    assert main(["member", "erase", "C00002", "--dry-run"]) == 0
    assert "would erase the name, 1 numbers" in capsys.readouterr().out
    assert main(["member", "erase", "C00002"]) == 0
    assert "erased the name" in capsys.readouterr().out
    assert main(["member", "erase", "C00001"]) == 1
    assert "C00001 stays: the member hasn't left" in capsys.readouterr().err


@pytest.mark.parametrize(("days", "freed"), [(89, 0), (90, 1)])
def test_a_departed_members_number_is_free_after_ninety_days(village_left, days, freed):
    with village_left.read() as reader:
        assert all("but member 1 has left" in one for one in verify(reader).wrong)
        assert len(verify(reader).wrong) == 2
    with village_left.transaction() as session:
        session.execute(delete(Number).where(Number.person_id == 2))
        now = LONG_AGO.replace(month=LEFT.month, day=LEFT.day) + timedelta(days=days)
        assert numbers.free_departed(session, now=now) == freed
    with village_left.read() as reader:
        assert (reader.scalar(select(Number.id).where(Number.phone == sample_cooperative.AWA)) is None) is bool(freed)
