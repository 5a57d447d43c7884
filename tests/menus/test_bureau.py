"""The Bureau is opened by whoever holds an office: somebody new with the activation number first."""

from datetime import UTC, datetime

import pytest

from app.coop.access import activation
from app.coop.enrolment import appointments
from tests import sample_cooperative, sample_declarations

NEW = "+221780000002"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_administrator_who_is_no_member_chooses_a_pin_at_the_first_use_of_the_bureau(line, database):
    now = datetime.now(UTC)
    with database.transaction() as session:
        term = {"from_on": now.date(), "until_on": None}
        given = appointments.appoint_by_number(session, NEW, "Fatou Sarr", "administrator", **term, now=now)
        number = activation.issue(session, given.person_id, key=sample_cooperative.KEY, now=now)
    talk = line(NEW)
    assert "Numéro inconnu" not in talk.dial(["1"])
    assert "activation" in talk.dial(["8", "4", "1"])
    assert "J'accepte" in talk.type(number)
    talk.type("1")
    talk.type("7391")
    assert "ouvert" in talk.type("7391")
    assert "code secret" in talk.dial(["8", "4", "1"])
    assert "Quel produit" in talk.type("7391")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_administrator_without_a_card_comes_back_by_a_new_first_use(line, database):
    with database.transaction() as session:
        given = appointments.renew(session, sample_declarations.ADMINISTRATOR, now=datetime.now(UTC))
        number = activation.issue(session, given.person_id, key=sample_cooperative.KEY, now=datetime.now(UTC))
    talk = line(sample_declarations.ADMINISTRATOR)
    talk.dial(["8", "5", "2"])
    for entry in (number, "1", "7391"):
        talk.type(entry)
    assert "C'est fait" in talk.type("7391")
    talk.dial(["8", "5", "2"])
    assert "Code oublié" in talk.type("7391")
