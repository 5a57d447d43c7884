"""A queue at the quay: a list that survives every cut, and is credited once."""

import random
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.coop.ledger.queries import balances_of
from app.coop.ledger.services import MOST_HELD, open_accounts, post
from app.coop.offices.models import OfficerAct
from app.coop.prices.models import PriceRow
from app.coop.production import papers
from app.coop.production.models import Declaration, Weighing
from app.coop.verify import verify
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations

BEFORE_CUT, AN_ENTRY = 180, 10


class Scales:
    """An officer with a basic phone: entries cost seconds, and the line drops."""

    def __init__(self, line, lost: float = 0.0) -> None:
        self.line, self.lost = line, lost
        self.random, self.entries, self.seconds, self.said = random.Random(11), 0, BEFORE_CUT, ""  # noqa: S311

    def open(self) -> str:
        self.line.dial(["8", "1"])
        self.said, self.seconds = self.line.type("2468"), 2 * AN_ENTRY
        return self.said

    def type(self, entry: str) -> bool:
        """Send an entry and tell whether its answer came; the network may cut before it or after it."""
        self.entries += 1
        self.seconds += AN_ENTRY
        if self.seconds > BEFORE_CUT:
            self.open()
            return False
        self.said = self.line.type(entry)
        if self.random.random() < self.lost:
            self.open()
            return False
        return True

    def weigh(self, *entries: str) -> None:
        """Weigh one line, going on after a cut where the screen says."""
        while not (entries[0][:6] in self.said and "notée" in self.said):
            at = 0 if "Réf" in self.said else len(entries) - (1 if "Qualité" in self.said else 2)
            self.type(entries[at])


@pytest.mark.parametrize(("lost", "together"), [(0.0, False), (0.06, True)])
def test_forty_weighings_take_at_most_130_entries(line, database, lost, together):
    women = sample_declarations.women(database, 40)
    refs = sample_declarations.declared(database, women, datetime.now(UTC))
    scales = Scales(line(), lost)
    scales.open()
    for reference in refs:
        scales.weigh(*([f"{reference} 12,5"] if together else [reference, "12,5"]), "1")
    while not scales.type("1"):
        pass
    assert "40 pesées: 500 kg. 500 000 F" in scales.said
    scales.line.type("1")
    scales.entries += 1
    assert "Crédité: 40 pesées" in scales.line.type("2468")
    assert scales.entries <= 130
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Weighing).where(Weighing.state == "credited")) == 40
        for member in women:
            found = balances_of(reader, member)
            assert (found.payable, found.advance) == (12_500 - 250 - 2_450, 10_000 - 2_450)
        assert verify(reader).wrong == ()
        receipts = reader.scalars(select(Message.text).where(Message.cause.like("weighing:%"))).all()
        assert len(receipts) == 40
        assert not any(" F" in text for text in receipts)
        typed = set(reader.execute(select(OfficerAct.person_id, OfficerAct.channel)))
    assert typed == {(101, "ussd")}


def test_a_list_stays_where_it_stood_and_only_its_officers(line, database):
    reference = sample_declarations.declared(database, sample_declarations.women(database, 1), datetime.now(UTC))[0]
    first = Scales(line())
    assert "Liste vide" in first.open()
    first.weigh(reference, "12", "2")
    assert f"1 notée, réf {reference}: 12 kg" in Scales(line()).open()
    assert "Liste vide" in Scales(line(sample_declarations.PRESIDENT)).open()
    assert "pas de votre charge" in Scales(line(sample_declarations.ADMINISTRATOR)).open()


def test_a_card_without_a_declaration_a_refusal_and_an_undo(line, database):
    sample_declarations.women(database, 2)
    scales = Scales(line())
    scales.open()
    for entry in ("201", "1", "30", "1"):
        scales.type(entry)
    assert "1 notée" in scales.said
    for entry in ("202", "1", "5", "4"):
        scales.type(entry)
    assert "Refuser" in scales.said
    scales.type("1")
    assert "2 notées" in scales.said
    scales.type("2")
    assert "Annuler réf" in scales.said
    scales.type("2468")
    assert "1 notée" in scales.said
    scales.type("1")
    assert "1 pesée: 30 kg. 30 000 F" in scales.said
    scales.type("1")
    assert "Crédité: 1" in scales.line.type("2468")
    with database.read() as reader:
        states = list(
            reader.execute(
                select(Weighing.state, Declaration.state, Declaration.channel)
                .join_from(Weighing, Declaration)
                .order_by(Weighing.id)
            )
        )
    assert states == [("credited", "weighed", "bureau"), ("undone", "cancelled", "bureau")]


def test_card_slot_and_weight_go_in_one_entry(line, database):
    sample_declarations.women(database, 2)
    scales = Scales(line())
    scales.open()
    scales.type("201 1 30,5")
    assert "30,5 kg de Thiof. Qualité" in scales.said
    scales.type("1")
    scales.type("202 2")
    assert "Femme 202. Yeet: combien de caisses" in scales.said
    scales.type("3")
    scales.type("1")
    assert "2 notées" in scales.said
    for wrong, said in (
        ("202 7", "inconnue"),
        ("202 2 1,5", "Poids pas compris"),
        ("202 1 1.200", "1,2 ou 1200 ?"),
        ("202 x", "inconnue"),
    ):
        scales.type(wrong)
        assert said in scales.said
    assert "2 notées" in scales.open()


def test_a_paper_is_entered_once_and_at_the_price_of_its_day(line, database):
    refs = sample_declarations.declared(database, sample_declarations.women(database, 2), datetime.now(UTC))
    today = datetime.now(UTC).strftime("%d%m")
    scales = Scales(line())
    scales.open()
    for entry in ("3", "4711", today, refs[0], "12", "1"):
        scales.type(entry)
    assert "1 notée" in scales.said
    for entry in ("3", "4711", today, refs[1], "12", "1"):
        scales.type(entry)
    assert "déjà saisi" in scales.said
    assert "1 notée" in scales.open()
    for entry in ("3", "4712", "0101"):
        scales.type(entry)
    assert "60 derniers" in scales.said


@pytest.mark.parametrize(
    ("weight", "warns"), [("12,5", False), ("7", False), ("6,2", True), ("18", False), ("18,75", True), ("125", True)]
)
def test_a_weight_far_from_the_declaration_is_pointed_out(line, database, weight, warns):
    reference = sample_declarations.declared(database, sample_declarations.women(database, 1), datetime.now(UTC))[0]
    scales = Scales(line())
    scales.open()
    scales.type(reference)
    assert "Femme 201" in scales.said
    scales.type(weight)
    assert ("Déclaré 12,5 !" in scales.said) is warns


@pytest.mark.parametrize("entry", ["000000", "999", "abc", "", "2", "1", "12"])
def test_what_is_not_there_is_refused(line, database, entry):
    sample_declarations.women(database, 1)
    scales = Scales(line())
    scales.open()
    scales.type(entry)
    assert re.search("inconnue|vide|chiffre", scales.said)


def test_a_wrong_pin_credits_nothing_and_the_right_one_twice_credits_once(line, database):
    reference = sample_declarations.declared(database, sample_declarations.women(database, 1), datetime.now(UTC))[0]
    scales = Scales(line())
    scales.open()
    scales.weigh(reference, "12,5", "1")
    scales.type("1")
    scales.type("1")
    assert "Code faux" in scales.line.type("1122")
    done = scales.line.type("2468")
    assert scales.line.again() == done
    with database.read() as reader:
        assert balances_of(reader, 201).payable == 9_800
        assert reader.scalar(select(func.count()).select_from(Message).where(Message.cause.like("weighing:%"))) == 1


def test_half_a_line_waits_for_the_next_call_and_a_reference_begins_another(line, database):
    refs = sample_declarations.declared(database, sample_declarations.women(database, 2), datetime.now(UTC))
    scales = Scales(line())
    scales.open()
    scales.type(refs[0])
    assert "Femme 201" in scales.open()
    scales.type(refs[1])
    assert "Femme 202" in scales.said
    scales.type("12")
    assert "12 kg de Thiof. Qualité" in scales.open()
    scales.type("0")
    scales.type("1")
    assert "Liste vide" in scales.said
    scales.weigh(refs[1], "12", "1")
    assert "1 notée" in scales.open()


def test_a_line_worth_too_much_is_not_noted(line, database):
    [reference] = sample_declarations.declared(database, sample_declarations.women(database, 1), datetime.now(UTC))
    _set_price(database, 999_999)
    scales = Scales(line())
    scales.open()
    scales.line.type(f"{reference} 101")
    assert "plus de 99 999 999 F d'un coup" in scales.line.type("1")
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Weighing)) == 0
    assert "Liste vide" in scales.line.type("1")


def test_a_line_that_has_become_too_dear_stays_and_is_said(line, database):
    refs = sample_declarations.declared(database, sample_declarations.women(database, 2), datetime.now(UTC))
    scales = Scales(line())
    scales.open()
    for reference, weight in zip(refs, ("101", "12,5"), strict=True):
        scales.weigh(reference, weight, "1")
    _set_price(database, 999_999)
    total = scales.line.type("1")
    assert "1 pesée: 12,5 kg. 12 499 988 F. 1 de plus de 99 999 999 F: à annuler." in total
    scales.line.type("1")
    assert "Crédité: 1 pesée" in scales.line.type("2468")
    with database.read() as reader:
        lines = reader.execute(select(Weighing.weight, Weighing.state).order_by(Weighing.id)).all()
    assert lines == [
        (101, "noted"),
        (12.5, "credited"),
    ]


def test_who_would_be_owed_too_much_is_paid_first(line, database):
    [woman] = sample_declarations.women(database, 1)
    with database.transaction() as session:
        accounts = open_accounts(session, 1, woman) | open_accounts(session, 1, None)
        lines = [(accounts["purchases"], MOST_HELD), (accounts["payable"], -MOST_HELD)]
        post(
            session,
            operation="much",
            kind="opening",
            cooperative_id=1,
            member_id=woman,
            lines=lines,
            now=sample_cooperative.LONG_AGO,
        )
    scales = Scales(line())
    scales.open()
    scales.weigh(*sample_declarations.declared(database, [woman], datetime.now(UTC)), "12", "1")
    scales.line.type("1")
    scales.line.type("1")
    assert "payez d'abord. Rien n'est crédité" in scales.line.type("2468")
    with database.read() as reader:
        assert balances_of(reader, woman).payable == MOST_HELD
        assert reader.scalar(select(Weighing.state)) == "noted"


def _set_price(database, amount):
    with database.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, unit="kg", amount=amount, from_at=sample_cooperative.LONG_AGO))


def test_a_printed_paper_is_the_reference_and_a_slip_in_it_is_refused(line, database):
    sample_declarations.women(database, 1)
    with database.transaction() as session:
        [number] = papers.print_numbers(session, 1, 1)
    scales = Scales(line())
    scales.open()
    for entry in ("3", f"{(int(number[0]) + 1) % 10}{number[1:]}"):
        scales.type(entry)
    assert "Pas imprimé ici" in scales.said
    for entry in (number, datetime.now(UTC).strftime("%d%m"), "201 1 30,5", "1"):
        scales.type(entry)
    assert f"1 notée, réf {number}" in scales.said
