"""What can't be done is said before the first question; what was done, and what a code or a call is, in plain words."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.coop.members.models import Member
from tests import sample_cooperative
from tests.sample_cooperative import AWA


@pytest.fixture
def dial(line):
    def dial(number, *entries):
        talk = line(number)
        said = talk.dial([])
        for entry in entries:
            said = talk.type(entry)
        return said

    return dial


def test_a_leaver_is_told_before_the_product_is_asked(dial, database):
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(leaving_on=datetime.now(UTC).date() + timedelta(days=90)))
    assert "départ demandé" in dial(AWA, "2", "2468")


def test_money_that_rests_is_said_before_the_amount_is_asked(dial, database):
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(money_frozen_until=datetime.now(UTC) + timedelta(hours=3)))
    assert "Argent suspendu jusqu'à" in dial(AWA, "1", "2468", "2")


def test_a_number_from_abroad_is_told_before_a_name_is_asked(dial):
    assert "D'un numéro du Sénégal seulement" in dial("+22220000001", "1", "1")


def test_the_present_code_is_no_new_one(dial):
    assert "est changé" in dial(AWA, "7", "2468", "3", "2468", "7391", "7391")
    assert "C'est votre code d'avant" in dial(AWA, "7", "7391", "3", "7391", "7391")


def test_the_language_that_one_has_isnt_asked_about_and_another_is_named(dial):
    assert "déjà votre langue" in dial(AWA, "7", "2468", "2", "1")
    assert "Noter wolof ? Pas encore traduit: rien ne change\n" in dial(AWA, "7", "2468", "2", "2")
    assert "Langue notée: wolof." in dial(AWA, "7", "2468", "2", "2", "1")


def test_a_second_call_for_help_says_since_when_it_is_noted_and_who_calls(dial):
    assert dial(AWA, "8", "1") == "C'est noté: votre secrétaire vous rappelle."
    assert dial(AWA, "8", "1").startswith("Déjà noté (")
    assert dial(sample_cooperative.NOBODY, "8", "1").endswith("la fédération vous rappelle.")


def test_a_member_is_helped_from_the_account_itself(dial):
    assert "Un membre a oublié son code" in dial(AWA, "7", "2468", "9", "9", "12")
