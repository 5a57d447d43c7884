"""Bureau 6: who waits, one officer for each, and what the call came to."""

import pytest
from sqlalchemy import select, update

from app.coop.correspondence.models import CallBack
from app.coop.members.models import Number
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations


def asks(line, phone, *entries):
    talk = line(phone)
    talk.dial([])
    for entry in entries:
        talk.type(entry)


def open_list(line, phone=sample_declarations.SECRETARY):
    talk = line(phone)
    talk.dial(["8", "6"])
    talk.type("2468")
    return talk, talk.type("1")


def open_desk(line):
    talk = line()
    talk.dial(["8", "6"])
    return talk, talk.type("2468")


def test_the_list_says_how_long_who_and_what_about(line):
    assert "Rappels: Personne n'attend." in open_desk(line)[1]
    asks(line, sample_cooperative.AWA, "8", "1")
    talk = line()
    talk.dial(["8", "6"])
    assert "Rappels: 1 en attente. Le plus ancien: 0 min" in talk.type("2468")
    assert "1 0 min 770000012 Aide" in talk.type("1")
    seen = talk.type("1")
    assert "Awa 1, C00001. 770000012, Aide" in seen
    assert "1 J'appelle" in seen


def test_where_she_asked_is_the_subject(line):
    asks(line, sample_cooperative.SHARED, "4", "4", "1", "4", "1")
    assert "760000001 Boutique: Keccax en sach" in open_list(line)[1]
    assert "760000001" not in open_list(line, sample_declarations.ADMINISTRATOR)[1]


def test_one_officer_has_it_and_the_others_see_so(line):
    asks(line, sample_cooperative.AWA, "8", "1")
    first, _ = open_list(line)
    first.type("1")
    assert "Appelez 770000012: Awa 1" in first.type("1")
    second, said = open_list(line, sample_declarations.PRESIDENT)
    assert "(pris)" in said
    assert "Pris par Responsable 101" in second.type("1")
    again, said = open_list(line)
    assert "(à vous)" in said
    assert "Appelez 770000012" in again.type("1")
    again.type("1")
    assert "Noté. C'est réglé." in again.type("1")
    assert "Personne n'attend" in open_list(line)[1]


def test_two_who_take_it_at_once_are_told_apart(line):
    asks(line, sample_cooperative.AWA, "8", "1")
    first, second = open_list(line)[0], open_list(line, sample_declarations.PRESIDENT)[0]
    assert "J'appelle" in first.type("1")
    assert "J'appelle" in second.type("1")
    assert "Appelez" in first.type("1")
    assert "Pris par un autre" in second.type("1")


def test_whoever_cant_be_reached_is_told_in_the_end(line, database):
    asks(line, sample_cooperative.AWA, "8", "1")
    for tried in (1, 2, 3):
        with database.transaction() as session:
            session.scalar(select(CallBack)).again_at = None
        talk, _ = open_list(line)
        talk.type("1"), talk.type("1"), talk.type("2")
        assert ("un SMS" in talk.type("1")) is (tried == 3)
    with database.read() as reader:
        texts = reader.scalars(select(Message.text).where(Message.to_number == sample_cooperative.AWA)).all()
    assert texts == ["Jappoo: nous vous avons appelé 3 fois, sans réponse. Pour qu'on vous rappelle: *384*44135*8#"]


@pytest.mark.parametrize("phone", [sample_cooperative.AWA, sample_cooperative.DEPARTED])
def test_whose_number_it_may_no_longer_be_is_called_by_no_name(line, database, phone):
    with database.transaction() as session:
        session.execute(update(Number).where(Number.phone == sample_cooperative.AWA).values(proof_wanted=True))
    asks(line, phone, "8", "1")
    talk, _ = open_list(line)
    said = talk.type("1")
    assert "Inconnu, ou numéro partagé" in said
    assert "Awa" not in said
    talk.type("1")
    assert "Numéro inconnu ici" in talk.type("6")


def test_what_another_act_gave_is_not_taken_for_a_call_back(line):
    asks(line, sample_cooperative.AWA, "8", "1")
    asks(line, sample_cooperative.SHARED, "4", "4", "1", "4", "1")
    talk, _ = open_list(line)
    talk.type("1"), talk.type("1"), talk.type("1")
    assert talk.type("1").startswith("Noté. C'est réglé.\nQui rappeler ?")
    assert "J'appelle" in talk.type("1")
    assert "Appelez" in talk.type("1")


def test_whoever_asks_for_several_things_is_called_about_all_of_them(line):
    asks(line, sample_cooperative.AWA, "4", "4", "1", "4", "1")
    asks(line, sample_cooperative.AWA, "8", "1")
    asks(line, sample_cooperative.AWA, "8", "1")
    talk, said = open_list(line)
    assert "1 0 min 770000012 Boutique, Aide" in said
    assert "Boutique: Keccax en sach; Aide" in talk.type("1")
