"""An officer's day: one after the other in one call, each choice that is theirs, and back to where one stood."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.coop.correspondence import call_backs
from app.coop.ledger.queries import balances_of
from app.coop.ledger.services import account_of, post
from app.coop.members.models import Member
from app.coop.offices.models import Role
from app.coop.verify import verify
from tests import sample_cooperative, sample_declarations, sample_deliveries

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PIN = "2468"


@pytest.fixture
def line(line, database):
    sample_declarations.treasurer(database)
    return line


def entered(talk, *entries):
    """Type, and return the last screen with the number of entries, codes not counted."""
    said = ""
    for entry in entries:
        said = talk.type(entry)
    return said, sum(entry != PIN for entry in entries)


def test_ten_contributions_in_one_call_take_four_entries_each(line, database):
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8", "3", "4", "1"])
    talk.type(PIN)
    for number in range(1, 11):
        said, entries = entered(talk, "001", "1", str(100 * number), "1", PIN)
        brought = f"Épargne {100 * number} F".replace("000", " 000")
        assert re.match(rf"{brought} de C00001: encaissé, numéro \d+\.\nQui verse \?", said), said
        assert entries <= 4
    with database.read() as reader:
        assert verify(reader).wrong == ()
        assert balances_of(reader, 1).savings == 12_500 + sum(100 * number for number in range(1, 11))
    assert talk.type("0").startswith("Caisse\n1 Encaisser")


def test_ten_call_backs_in_one_call(line, database):
    with database.transaction() as session:
        for number in range(10):
            phone = f"+22177123450{number}"
            call_backs.ask(session, phone, "Aide", person_id=None, cooperative_id=1, now=datetime.now(UTC))
    talk = line()
    talk.dial(["8", "6"])
    talk.type(PIN), talk.type("1")
    for _ in range(10):
        said, entries = entered(talk, "1", "1", "1", "1")
        assert said.startswith("Noté. C'est réglé.")
        assert entries <= 4
    assert "Personne n'attend" in said


def test_back_from_a_call_that_was_taken_is_the_list_also_after_another_act(line, database):
    with database.transaction() as session:
        for number in range(3):
            call_backs.ask(session, f"+22177123450{number}", "Aide", person_id=None, cooperative_id=1, now=datetime.now(UTC))
    talk = line()
    talk.dial(["8", "6"])
    entered(talk, PIN, "1")
    for _ in range(2):
        assert entered(talk, "1", "1")[0].startswith("Appelez ")
        assert talk.type("0").startswith("Qui rappeler ?")
        assert entered(talk, "1", "1", "1")[0].startswith("Noté. C'est réglé.")
    assert talk.type("0").startswith("Rappels: 1 ")


def test_back_from_what_was_declared_for_a_member_is_the_question_whose_it_is_also_the_second_time(line):
    talk = line()
    talk.dial(["8", "7"])
    talk.type(PIN)
    for quantity in ("3", "4"):
        assert entered(talk, "001", "1", "1", quantity, "1")[0].startswith("Déclaré")
        assert talk.type("0").startswith("Pour un membre: ")
    assert talk.type("0").startswith("Bureau: ")


def test_back_from_who_was_paid_at_the_desk_is_the_question_who_is_next(line, database):
    sample_deliveries.credited(database, sample_declarations.women(database, 2), datetime.now(UTC))
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8", "3", "2"])
    talk.type(PIN)
    for card in ("201", "202"):
        assert "remettre 9 800 F ?" in entered(talk, card, PIN)[0]
        assert "Réf ou" in talk.type("0")
        assert entered(talk, card, "1")[0].startswith("Remis: 9 800 F")
    assert entered(talk, "0", "0")[0].startswith("Payer")


@pytest.mark.parametrize(
    ("role", "bureau", "paying"),
    [
        ("secretary", (*"12345678", "11", "12", "13"), "5"),
        ("treasurer", (*"2348", "11", "13"), "12345678"),
        ("president", (*"12345678", "11", "12", "13"), "12345678"),
        ("delegate", (*"1678", "11", "12"), ""),
        ("administrator", (*"2345678", "11", "12", "13"), "5"),
    ],
)
def test_the_bureau_shows_what_the_office_may_do(line, database, role, bureau, paying):
    federation = role == "administrator"
    phone = sample_declarations.ADMINISTRATOR if federation else sample_declarations.TREASURER
    if not federation:
        with database.transaction() as session:
            session.execute(update(Role).where(Role.person_id == 104).values(role=role))

    def numbers(*way):
        talk = line(phone)
        said = talk.dial([*way])
        pages = [said]
        while "9 Suite" in said:
            said = talk.type("9")
            pages.append(said)
        return {row.split(" ")[0] for page in pages for row in page.split("\n") if row[:1].isdigit()} - {"0", "9"}

    assert numbers("8") == {*bureau, "14"}
    if paying:
        assert numbers("8", "3") == set(paying)


def test_a_choice_that_is_not_shown_says_that_it_is_anothers_and_leads_back(line):
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8"])
    talk.type("1")
    assert "pas de votre charge" in talk.type(PIN)
    assert talk.type("0").startswith("Bureau: ")


def test_the_last_weighing_is_said_to_be_taken_back_or_refused(line, database):
    first, second = sample_declarations.declared(database, [1, 2], datetime.now(UTC))
    talk = line()
    talk.dial(["8", "1"])
    entered(talk, PIN, f"{first} 12,5", "1")
    assert f"2 notées, réf {second} refusée: mélangé." in entered(talk, f"{second} 12,5", "4", "3")[0]
    assert entered(talk, "2", PIN)[0].startswith(f"Annulé: réf {second}.\n1 notée, réf {first}")


def test_back_from_the_total_is_the_list_of_weighings(line, database):
    [reference] = sample_declarations.declared(database, [1], datetime.now(UTC))
    talk = line()
    talk.dial(["8", "1"])
    for entry in (PIN, f"{reference} 12,5", "1"):
        talk.type(entry)
    for choice in ("1", "2"):
        talk.type(choice)
        assert "1 notée, réf" in talk.type("0")


def test_money_is_taken_of_whose_telephone_number_is_typed_and_named(line):
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8", "3", "4", "1"])
    talk.type(PIN)
    assert "Awa 1: quel versement" in talk.type(sample_cooperative.AWA[4:])
    talk.type("0")
    assert talk.type(sample_cooperative.SHARED[4:]).startswith("Carte ou téléphone inconnu ici.")
    assert talk.type("12").startswith("Au moins 3 chiffres, svp.")


def test_an_amount_is_held_against_the_limit_before_the_code(line):
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8", "3", "4", "2"])
    for entry in (PIN, "001"):
        talk.type(entry)
    assert talk.type("12501").startswith("Épargne libre: 12 500 F.")
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8", "3", "4", "1"])
    for entry in (PIN, "001", "3"):
        talk.type(entry)
    assert talk.type("1").startswith("Il reste à rendre: 0 F.")


def test_what_an_excluded_member_owes_comes_in_and_nothing_else(line, database):
    with database.transaction() as session:
        owes, box = account_of(session, 1, 1, "advance"), account_of(session, 1, None, "cash")
        post(
            session,
            operation="advance",
            kind="advance",
            cooperative_id=1,
            member_id=1,
            lines=[(owes, 5_000), (box, -5_000)],
            now=sample_cooperative.LONG_AGO,
        )
        session.execute(update(Member).where(Member.id == 1).values(state="blocked"))
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8", "3", "4", "1"])
    talk.type(PIN)
    shown = talk.type("001")
    assert [row for row in shown.split("\n") if row[0] in "123456"] == ["3 Remb. avance", "4 Loyer crédit-bail"]
    assert "encaissé" in entered(talk, "3", "5000", "1", PIN)[0]
    assert "Compte pas actif ici." in entered(talk, "001", "1", "500", "1", PIN)[0]
    with database.read() as reader:
        assert balances_of(reader, 1).advance == 0
