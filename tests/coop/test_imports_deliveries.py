"""Deliveries of before come in from paper: told, counted, exported, and in no account."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.coop.imports.undo import undo
from app.coop.ledger.models import JournalEntry
from app.coop.ledger.services import account_of, post
from app.coop.openings.models import PastDelivery
from app.coop.verify import verify
from app.sheets import Ask
from tests import sample_declarations, sample_deliveries
from tests.imported_rows import NOW, look, rows, take

DAY = date(2025, 10, 3)
CATCH = {"card": "C0000003", "day": DAY, "product": "thiof", "quantity": Decimal("12.5"), "unit": "kg"}
PAPER = rows(
    CATCH | {"grade": "A", "price": 1_000, "gross": 12_500}, CATCH | {"product": "Yet", "quantity": Decimal(3), "unit": "caisses"}
)


@pytest.fixture
def fresh(village):
    """Give the village before anything was written in its books on a later day than paper's."""
    return village


def past(database):
    with database.read() as reader:
        return reader.execute(select(PastDelivery).order_by(PastDelivery.id)).all()


def count(database, what=JournalEntry):
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(what))


def test_deliveries_of_before_move_no_franc_and_come_once(fresh):
    entries = count(fresh)
    _, found = take(fresh, "deliveries", PAPER)
    assert found.counts == {"create": 2}
    thiof, yeet = past(fresh)
    assert (thiof.member_id, thiof.day, thiof.quantity, thiof.grade, thiof.gross) == (3, DAY, Decimal("12.5"), "A", 12_500)
    assert (yeet.product_id, yeet.unit, yeet.price) == (2, "caisse", None)
    assert look(fresh, "deliveries", PAPER)[0].counts == {"same": 2}
    assert count(fresh) == entries
    with fresh.read() as reader:
        assert verify(reader).wrong == ()


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (CATCH | {"product": "Riz"}, "product", "n'est pas un produit d'ici: rien n'est créé"),
        (CATCH | {"product": "Thiolf sec"}, "product", "Peut-être Thiof"),
        (CATCH | {"unit": "caisse"}, "unit", "Thiof se compte en kg, pas en caisse"),
        (CATCH | {"product": "Yeet", "unit": "caisse"}, "quantity", "un nombre entier"),
        (CATCH | {"quantity": Decimal(100_000)}, "quantity", "de 1 à 99999"),
        (CATCH | {"day": NOW.date()}, "day", "après le premier jour de vos comptes ici"),
        (CATCH | {"card": "C0000099"}, "card", "n'est pas à CPS1"),
    ],
)
def test_a_delivery_that_cannot_be_taken_says_why(fresh, row, column, says):
    found, _ = look(fresh, "deliveries", rows(row))
    assert found.counts == {"refuse": 1}
    assert (found.problems[0].column, says in found.problems[0].says) == (column, True)


def test_no_delivery_is_after_the_opening_day(fresh):
    with fresh.transaction() as session:
        lines = [(account_of(session, 1, None, "cash"), 500), (account_of(session, 1, 3, "savings"), -500)]
        at = datetime(2025, 9, 1, tzinfo=UTC)
        post(session, operation="first", kind="savings", cooperative_id=1, member_id=3, lines=lines, now=at)
    found, _ = look(fresh, "deliveries", rows(CATCH, CATCH | {"day": date(2025, 9, 1)}))
    assert found.counts == {"refuse": 1, "create": 1}


def test_two_alike_in_one_file_are_asked_about(fresh):
    twice = rows(CATCH, CATCH)
    found, _ = look(fresh, "deliveries", twice)
    assert (found.counts, found.questions[0].says) == (
        {"create": 1, "ask": 1},
        "La ligne 3 dit la même chose que la ligne 2: deux livraisons ? oui ou non",
    )
    key = found.questions[0].key
    assert look(fresh, "deliveries", twice, {key: "non"})[0].counts == {"create": 1, "skip": 1}
    take(fresh, "deliveries", twice, {key: "oui"})
    assert len(past(fresh)) == 2
    assert look(fresh, "deliveries", twice)[0].counts == {"same": 2}


def test_a_weight_of_three_places_is_asked_about_and_answered_by_a_proposal(fresh):
    unsure = rows(CATCH | {"quantity": Ask("1,2 ou 1200 ?", (Decimal("1.2"), Decimal(1200)))})
    found, _ = look(fresh, "deliveries", unsure)
    assert found.questions[0].proposals == ("1.2", "1200")
    take(fresh, "deliveries", unsure, {found.questions[0].key: "1200"})
    assert past(fresh)[0].quantity == 1200


def test_what_was_weighed_here_is_known(village):
    sample_declarations.appoint(village)
    sample_declarations.treasurer(village)
    now = NOW - timedelta(days=1)
    sample_deliveries.credited(village, sample_declarations.women(village, 1), now)
    same = rows({"card": "C0000201", "day": now.date(), "product": "Thiof", "quantity": Decimal("12.5")})
    assert look(village, "deliveries", same)[0].counts == {"same": 1}


def test_deliveries_of_before_are_taken_back(fresh):
    made, _ = take(fresh, "deliveries", PAPER)
    assert undo(fresh, made, now=lambda: NOW).rows == 2
    assert past(fresh) == []
