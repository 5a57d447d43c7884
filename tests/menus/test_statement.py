"""The account explains itself: on the screen, line by line, and in the SMS of who turned that on."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app.commands.inbound import Clerk
from app.coop.contests.models import Contest
from app.coop.ledger.queries import balances_of
from app.coop.ledger.services import account_of, post
from app.coop.members.models import Member
from app.coop.payments.models import Payment
from app.coop.production import weighing_lookup, weighings
from app.coop.production.models import Declaration
from app.gateways.callbacks import IncomingSms
from app.sms.models import Message
from tests import incoming_sms, sample_cooperative, sample_declarations, sample_deliveries
from tests.acts import by
from tests.commands.conftest import TERMS

WOMAN = "+221770000201"


@pytest.fixture
def dial(line, database):
    sample_declarations.treasurer(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 2), datetime.now(UTC))

    def dial(number, *entries):
        talk = line(number)
        said = talk.dial([])
        for entry in entries:
            said = talk.type(entry)
        return said

    return dial


def test_a_delivery_opens_on_its_lines(dial):
    assert "La CPS vous doit 9 800 F\nVous devez 7 550 F" in dial(WOMAN, "1", "2468")
    listed = dial(WOMAN, "1", "2468", "1")
    assert re.findall(r"\d\d/\d\d (.*)", listed) == ["Livraison 9 800 F", "Avance rendue -2 450 F", "Avance prise 10 000 F"]
    opened = dial(WOMAN, "1", "2468", "1", "1").split("\n")
    assert opened[1:-1] == [
        "Thiof 12,5 kg x 1 000 = 12 500",
        "Solidarité -250",
        "Avance -2 450",
        "Pour vous 9 800",
        "La CPS vous doit: +9 800 F",
    ]
    assert "Vous devez: -2 450 F" in dial(WOMAN, "1", "2468", "1", "2")


def test_the_sms_says_what_the_screen_says(dial, database):
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 201).values(amounts_by_sms=True))
    clerk = Clerk(database, sample_cooperative.KEY, "21512", TERMS)
    incoming_sms.hear(clerk, IncomingSms("id", WOMAN, "21512", "SOLDE", None), datetime.now(UTC))
    with database.read() as reader:
        said = reader.scalars(select(Message.text).where(Message.to_number == WOMAN).order_by(Message.id.desc())).first()
    shown = dial(WOMAN, "1", "2468")
    for label in ("a CPS vous doit", "ous devez", "pargne", "arts"):
        francs = re.search(rf"{label} ([\d ]+ F)", shown)[1]
        assert f"{label} {francs}" in said


def test_the_receipt_of_who_allows_amounts_has_the_sum_that_the_screen_has(dial, database):
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 201).values(amounts_by_sms=True))
    [reference] = sample_declarations.declared(database, [201], datetime.now(UTC), quantity="5", product=3)
    said = dial(sample_declarations.SECRETARY, "8", "1", "2468", f"{reference} 5", "1", "1", "1", "2468")
    assert said.startswith("Crédité: 1 pesée")
    with database.read() as reader:
        sms = reader.scalars(select(Message.text).where(Message.to_number == WOMAN).order_by(Message.id.desc())).first()
    assert "15 000 F - solidarité 300 - avance 2 940 = 11 760 F. Une erreur ? *384*44135# puis 7, 6 (48 h)" in sms
    opened = dial(WOMAN, "1", "2468", "1", "1").split("\n")
    assert opened[1:5] == ["Sardinelle 5 caisses x 3 000 = 15 000", "Solidarité -300", "Avance -2 940", "Pour vous 11 760"]


def test_what_was_contested_stays_and_is_taken_back_when_the_money_has_come(dial, database):
    now = datetime.now(UTC)
    sample_deliveries.batch(database, now)
    dial(sample_declarations.TREASURER, "8", "3", "2", "2468", "201", "1")
    assert "Réclamation" in dial(WOMAN, "1", "2468", "3", "1", "2", "1")
    [contest] = _contests(database)
    assert "Mon compte, 11" in dial(WOMAN, "1", "2468", "3")
    assert f"1 {contest.number} Paiement en cours" in dial(WOMAN, "7", "2468", "11")
    seen = dial(WOMAN, "7", "2468", "11", "1")
    assert f"Paiement 9 800 F, réf {contest.reference}: contesté le {now:%d/%m}, réclamation {contest.number}." in seen
    assert "Code faux" in dial(WOMAN, "7", "2468", "11", "1", "1", "1122")
    assert f"Réclamation {contest.number} retirée" in dial(WOMAN, "7", "2468", "11", "1", "1", "2468")
    [contest] = _contests(database)
    assert contest.state == "withdrawn"
    with database.read() as reader:
        assert reader.scalar(select(Payment.state).where(Payment.member_id == 201)) == "paid"
        assert balances_of(reader, 201).payable == 0
    assert f"réclamation {contest.number}: retirée par vous." in dial(WOMAN, "7", "2468", "11", "1")


def test_what_was_weighed_or_refused_can_be_read_again_and_an_account_says_whose_it_is(dial, database):
    now = datetime.now(UTC)
    with database.transaction() as session:
        session.execute(update(Declaration).where(Declaration.member_id == 201).values(quantity=Decimal(25)))
    [reference] = sample_declarations.declared(database, [201], now, product=3, quantity="2")
    with database.transaction() as session:
        what = weighing_lookup.by_reference(session, 1, reference, now.year)
        act = by(sample_declarations.CLERK, "refused", now)
        weighings.note(session, act, what, weight=Decimal(2), grade=None, weighed_at=now, reason="avarié")
    assert "Femme 201, carte C00201, CPS1" in dial(WOMAN, "7", "2468")
    listed = dial(WOMAN, "7", "2468", "1")
    assert "12,5 kg Thiof crédité" in listed
    refused = dial(WOMAN, "7", "2468", "1", "1")
    assert f"Réf {reference}: 2 caisses de Sardinelle" in refused
    assert f"Refusé le {now:%d/%m}: avarié." in refused
    assert "qualité A.\nx 1 000 = 12 500 F" in dial(WOMAN, "7", "2468", "1", "2")
    for quantity in "789":
        assert "Enregistré" in dial(WOMAN, "2", "2468", "1", quantity, "1")
    turned = dial(WOMAN, "7", "2468", "1", "9")
    weighed = re.search(r"(\d) \S+ 12,5 kg Thiof crédité", turned)[1]
    assert dial(WOMAN, "7", "2468", "1", "9", weighed, "0") == turned


def test_every_movement_ever_is_read_by_its_pages_and_0_leads_back_to_where_one_was(line, database):
    then = datetime(2025, 11, 30, 9, 0, tzinfo=UTC)
    with database.transaction() as session:
        mine, box = account_of(session, 1, 1, "savings"), account_of(session, 1, None, "cash")
        for number in range(1, 61):
            named = {"operation": f"old {number}", "kind": "savings", "cooperative_id": 1, "member_id": 1}
            post(session, lines=[(box, number), (mine, -number)], now=then, **named)
    talk = line(sample_cooperative.AWA)
    talk.dial(["1"])
    talk.type("2468")
    said, seen, turned = talk.type("1"), [], []
    while True:
        seen += re.findall(r"30/11/25 Épargne versée (\d+) F", said)
        turned.append(said)
        if older := re.search(r"(\d) Plus anciens", said):
            said = talk.type(older[1])
        elif "9 Suite" in said:
            said = talk.type("9")
        else:
            break
    assert [int(number) for number in seen] == list(range(60, 0, -1))
    opened = talk.type("1")
    assert re.search(r"30/11/2025 Épargne versée\nÉpargne: \+\d+ F", opened)
    assert talk.type("0") == turned[-1]
    said = talk.type("0")
    while said in turned and not said.startswith("Le détail de quel mouvement"):
        said = talk.type("0")
    assert said == turned[0]


def _contests(database):
    with database.read() as reader:
        return reader.execute(select(Contest.__table__)).all()
