"""Who leaves is repaid, who is excluded or dead is decided on by several; no balance vanishes on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.coop.closing import settlements
from app.coop.closing.models import Departure
from app.coop.ledger.models import Account
from app.coop.ledger.queries import balances_of
from app.coop.ledger.services import account_of, post
from app.coop.members.models import Member, Person
from app.coop.offices.models import Role
from app.coop.till import expiry
from app.coop.till.models import Payout
from app.coop.verify import verify
from tests import sample_cooperative, sample_declarations
from tests.menus.test_people import approve, bureau, dial, texts_to


def member(database, number=1):
    with database.read() as reader:
        return reader.execute(select(Member.state, Member.leaving_on, Member.left_on).where(Member.id == number)).one()


def balances(database, number=1):
    with database.read() as reader:
        assert verify(reader).wrong == ()
        return balances_of(reader, number)


def amounts_of(found):
    return [found.shares, found.savings, found.payable, found.advance, found.leasing]


def note(line, choice, *entries, card="00001"):
    talk, _ = bureau(line, "5", choice, card, "77", *entries)
    return talk.type("2468")


def settle(line, place="1", phone=sample_declarations.SECRETARY):
    talk, said = bureau(line, "5", "4", place, "1", phone=phone)
    return said, talk.type("2468")


def long_ago(database, days=8, number=1):
    """Have a departure be noted so many days ago."""
    with database.transaction() as session:
        then = datetime.now(UTC) - timedelta(days=days)
        session.execute(update(Departure).where(Departure.member_id == number, Departure.state == "open").values(noted_at=then))


def agreed(line):
    """Have both other officers approve; return what the last one reads."""
    approve(line, sample_declarations.PRESIDENT)
    return approve(line, sample_declarations.TREASURER)


def given(line, card="001"):
    """Hand over what is accepted; return what the treasurer reads."""
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8", "3", "4", "5"])
    said = ""
    for entry in ("2468", card, "1", "1"):
        said = talk.type(entry)
    return said


def signed(line, database, *officers, number="4711"):
    with database.read() as reader:
        reference = reader.scalar(select(Payout.reference).where(Payout.kind == "settlement").order_by(Payout.id.desc()))
    said = ""
    for officer in officers or (sample_declarations.TREASURER, sample_declarations.PRESIDENT):
        talk = line(officer)
        talk.dial(["8", "3", "4", "6"])
        for entry in ("2468", reference, number, "2468"):
            said = talk.type(entry)
    return said


def swept(database, hours=0):
    with database.transaction() as session:
        now = datetime.now(UTC) + timedelta(hours=hours)
        settlements.close_signed(session, now)
        expiry.sweep(session, now=now)


@pytest.fixture
def line(line, database):
    sample_declarations.treasurer(database)
    return line


def test_a_member_gives_notice_changes_her_mind_and_goes(line, database):
    assert "un SMS en fait foi" in dial(line, sample_cooperative.AWA, "7", "2468", "8")
    assert "au plus tard le" in dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    assert "départ demandé" in texts_to(database, sample_cooperative.AWA)[-1]
    assert "départ demandé" in dial(line, sample_cooperative.AWA, "2", "2468"), "who leaves declares nothing more"
    assert "Vous restez membre" in dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    assert member(database) == ("active", None, None)
    dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    said, asked = settle(line)
    assert "Awa 1" in said
    assert "Deux autres décident" in asked
    assert "Départs, à payer avant:" in asked, "the next one in the same call"
    assert "Il manque encore 1" in approve(line)
    assert "Approuvé" in approve(line, sample_declarations.TREASURER)
    assert balances(database).savings == 12_500, "nothing moves before it is handed over"
    assert "Remis: 22 500 F" in given(line)
    assert set(amounts_of(balances(database))) == {0}
    assert member(database).state == "active", "the account is open until the member says that the money has come"
    assert "22 500 F" in dial(line, sample_cooperative.AWA, "1", "2468", "3")
    assert "C'est noté" in dial(line, sample_cooperative.AWA, "1", "2468", "3", "1", "1", "2468")
    assert member(database).state == "departed"
    assert "n'est plus celui d'un membre" in dial(line, sample_cooperative.AWA, "1")
    assert "compte est clos" in texts_to(database, sample_cooperative.AWA)[-1]
    with database.read() as reader:
        states = reader.scalars(select(Departure.state).order_by(Departure.id)).all()
        assert states == ["withdrawn", "closed"]
        assert reader.scalar(select(Person.pin_hash).where(Person.id == 1)) is None


def test_what_is_owed_comes_in_before_the_account_is_closed(line, database):
    sample_declarations.women(database, 1)
    assert "Tout est à rendre" in note(line, "1", card="00201")
    long_ago(database, number=201)
    assert "doit encore 10 000 F" in settle(line)[1]
    assert member(database, 201).left_on is None


@pytest.mark.parametrize("changed", ["money", "mind"])
def test_a_settlement_is_as_it_was_approved_or_not_at_all(line, database, changed):
    dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    settle(line)
    if changed == "mind":
        dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    else:
        with database.transaction() as session:
            lines = [(account_of(session, 1, None, "cash"), 500), (account_of(session, 1, 1, "savings"), -500)]
            kind = {"kind": "savings", "cooperative_id": 1, "member_id": 1, "now": sample_cooperative.LONG_AGO}
            post(session, operation="more", lines=lines, **kind)
    last = agreed(line)
    assert ("Impossible: le solde a changé" in last) if changed == "money" else ("Approuvé" not in last)
    assert balances(database).savings >= 12_500
    assert member(database).state == "active"


def test_one_with_nothing_is_closed_by_one_officer(line, database):
    assert "Départ noté, C00002." in note(line, "1", card="00002")
    assert "Pas avant le" in settle(line)[1]
    long_ago(database, number=2)
    assert "compte est clos" in settle(line)[1]
    assert member(database, 2).state == "departed"


def test_exclusion_takes_a_reason_and_two_officers(line, database):
    with database.transaction() as session:
        session.add(Role(person_id=1, role="delegate", cooperative_id=1, from_on=sample_cooperative.LONG_AGO.date()))
    assert "pour quelle raison" in bureau(line, "5", "2", "00001", "77")[1]
    assert "moins de 2 ans" in note(line, "2", "1")
    assert "Exclure C00001: un 2e responsable doit l'approuver" in note(line, "2", "2")
    assert member(database).state == "active"
    assert "Approuvé" in approve(line)
    assert member(database).state == "blocked"
    assert "exclusion décidée" in texts_to(database, sample_cooperative.AWA)[-1]
    assert "bloqué" in dial(line, sample_cooperative.AWA, "1")
    with database.read() as reader:
        assert reader.execute(select(Departure.kind, Departure.reason, Departure.paper)).one() == (
            "exclusion",
            "règles non suivies",
            "77",
        )
        assert reader.scalar(select(Role.until_on).where(Role.person_id == 1)) is not None
    assert balances(database).shares == 10_000, "what is owed stays owed"
    assert "Pas avant le" in settle(line)[1]
    long_ago(database)
    settle(line)
    assert "Approuvé" in agreed(line)
    assert "Remis: 22 500 F" in given(line)
    assert set(amounts_of(balances(database))) == {0}
    assert "C'est payé: deux responsables" in signed(line, database)
    assert member(database).state == "blocked"
    swept(database, hours=49)
    assert member(database).state == "departed"


def test_a_death_is_two_officers_word_and_can_be_mended(line, database):
    note(line, "3")
    assert "Refusé" in approve(line, verdict="2")
    assert member(database).state == "active"
    note(line, "3")
    approve(line)
    assert member(database).state == "blocked"
    assert "Une erreur ?" in texts_to(database, sample_cooperative.AWA)[-1]
    assert "Déjà fait" in note(line, "3")
    note(line, "5")
    approve(line)
    assert member(database) == ("active", None, None)
    assert "Parts" in dial(line, sample_cooperative.AWA, "1", "2468")


def test_nothing_is_settled_while_money_is_frozen_or_on_its_way(line, database):
    dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(money_frozen_until=sample_cooperative.LONG_AHEAD))
    assert "attendez 24 h" in settle(line)[1]
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(money_frozen_until=None))
    talk = line(sample_cooperative.AWA)
    talk.dial(["1"])
    for entry in ("2468", "2", "500", "1", "2468"):
        said = talk.type(entry)
    with database.read() as reader:
        asked = reader.scalar(select(Payout.state))
    assert asked == "asked", said
    assert "en cours" in settle(line)[1]


def test_a_leaver_is_not_settled_by_herself(line, database):
    with database.transaction() as session:
        session.execute(update(Account).where(Account.member_id == 101).values(balance=0))
    talk, _ = bureau(line, "5", "1", "00101", "77")
    talk.type("2468")
    long_ago(database, number=101)
    assert "c'est vous" in settle(line)[1]
    assert "clos" in settle(line, phone=sample_declarations.PRESIDENT)[1]


def test_a_departure_that_an_officer_noted_by_mistake_is_undone_by_two(line, database):
    note(line, "1", card="00004")
    assert member(database, 4).leaving_on is not None
    assert "2e responsable" in note(line, "5", card="00004")
    assert "Approuvé" in approve(line)
    assert member(database, 4) == ("pending", None, None)


def test_a_members_own_notice_is_undone_by_nobody_else(line, database):
    dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    assert "Déjà fait" in note(line, "5")
    assert member(database).leaving_on is not None
