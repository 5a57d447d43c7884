"""A number that two members share: who proves it, and what each is told."""

import pytest
from sqlalchemy import select

from app.coop.members.models import Member, Number
from tests import sample_cooperative
from tests.menus.test_people import activation_in, bureau, dial, texts_to


@pytest.fixture
def officers(line):
    """Give phones of the village, with its officers."""
    return line


@pytest.fixture
def shared(officers, database):
    """Note Awa's number as the secretary's second member's too, and give the activation number that proves it."""
    with database.transaction() as session:
        session.get_one(Member, 1).amounts_by_sms = True
    talk, _ = bureau(officers, "3", "00002", sample_cooperative.AWA[4:], "1", "1")
    return activation_in(said := talk.type("2468")), said


def places(database):
    with database.read() as reader:
        mine = select(Number.person_id, Number.place).where(Number.phone == sample_cooperative.AWA)
        return dict(reader.execute(mine.order_by(Number.person_id)).all())


def amounts(database, person):
    with database.read() as reader:
        return reader.scalar(select(Member.amounts_by_sms).where(Member.id == person))


def test_a_number_noted_as_shared_asks_nobody_for_a_place(officers, database, shared):
    said = shared[1]
    assert "place 2" in said
    assert "à la place du code secret" in said
    assert "code secret" in dial(officers, sample_cooperative.AWA, "1")
    assert "Parts" in dial(officers, sample_cooperative.AWA, "1", "2468")
    assert "partagé" not in dial(officers, sample_cooperative.AWA, "7")
    assert amounts(database, 1) is True
    told = texts_to(database, sample_cooperative.AWA)
    assert any("Rien ne change pour vous" in text for text in told)
    assert not any("votre compte" in text for text in told), "it is the other's"


def test_who_proves_a_shared_number_types_what_was_told_in_place_of_the_pin_and_both_know_their_places(officers, database, shared):
    number, _ = shared
    wrong = "000000" if number != "000000" else "111111"
    assert "Numéro d'activation faux. Il reste 4" in dial(officers, sample_cooperative.AWA, "1", wrong)
    assert "code secret" in dial(officers, sample_cooperative.AWA, "1", number)
    assert "Code faux" in dial(officers, sample_cooperative.AWA, "1", number, "2468"), "it is the other's PIN"
    said = dial(officers, sample_cooperative.AWA, "1", number, "1357")
    assert "ouvre votre compte" in said
    assert "Votre place: 2, l'autre membre: 1." in said
    assert places(database) == {1: 1, 2: 2}
    assert amounts(database, 1) is amounts(database, 2) is False
    told = texts_to(database, sample_cooperative.AWA)
    assert not any("votre compte" in text for text in told), "it is the other's"
    assert any("Carte C00001: chiffre de place 1." in text for text in told)
    assert any("Carte C00002: chiffre de place 2." in text for text in told)
    assert "partagé" in dial(officers, sample_cooperative.AWA, "1")
    assert "Parts" in dial(officers, sample_cooperative.AWA, "1", "1", "2468")
    assert "Parts" in dial(officers, sample_cooperative.AWA, "1", "2", "1357")


def test_an_activation_number_in_place_of_the_pin_is_tried_five_times(officers, shared):
    number, _ = shared
    for _ in range(4):
        dial(officers, sample_cooperative.AWA, "1", f"{(int(number) + 1) % 1_000_000:06d}")
    assert "ne sert plus" in dial(officers, sample_cooperative.AWA, "1", f"{(int(number) + 1) % 1_000_000:06d}")
    assert "ne sert plus" in dial(officers, sample_cooperative.AWA, "1", number)
    assert "Parts" in dial(officers, sample_cooperative.AWA, "1", "2468")


def test_going_back_from_the_proof_opens_nothing_with_the_seconds_pin(officers, shared):
    talk = officers(sample_cooperative.AWA)
    talk.dial(["1"])
    talk.type(shared[0])
    talk.type("0")
    talk.type("1")
    assert "Code faux" in talk.type("1357")
    assert "Parts" in talk.type("2468")


def test_six_digits_in_place_of_the_pin_are_no_try_where_nobody_waits(officers):
    assert "4 chiffres" in dial(officers, sample_cooperative.AWA, "1", "123456")


def test_who_waits_gets_in_though_the_owner_is_blocked(officers, database, shared):
    with database.transaction() as session:
        session.get_one(Member, 1).state = "blocked"
    assert "à confirmer" in dial(officers, sample_cooperative.AWA, "1")
    assert "ouvre votre compte" in dial(officers, sample_cooperative.AWA, "1", shared[0], "1357")


def test_an_owner_whose_sim_changed_and_who_waits_prove_it_each_by_their_own(officers, database, shared):
    talk, _ = bureau(officers, "4", "00001", "1", "1")
    hers = activation_in(talk.type("2468"))
    assert "à confirmer" in dial(officers, sample_cooperative.AWA, "1")
    assert "ouvre votre compte" in dial(officers, sample_cooperative.AWA, "1", hers, "2468")
    assert places(database) == {1: None, 2: 2}
    assert "ouvre votre compte" in dial(officers, sample_cooperative.AWA, "1", shared[0], "1357")
    assert places(database) == {1: 1, 2: 2}


@pytest.mark.usefixtures("shared")
def test_who_waits_proves_a_shared_number_on_their_own_one_too(officers, database):
    talk = officers(sample_cooperative.SHARED)
    talk.dial(["7"])
    for entry in ("1", "1357", "7", "1", "1"):
        talk.type(entry)
    assert "Votre place: 2, l'autre membre: 1." in talk.type("1357")
    assert places(database) == {1: 1, 2: 2}
    assert sum("chiffre de place" in text for text in texts_to(database, sample_cooperative.AWA)) == 2


@pytest.mark.usefixtures("shared")
def test_who_never_proved_it_and_is_taken_off_leaves_the_owner_as_she_was(officers, database):
    bureau(officers, "4", "00002", "2", "2", "2468")
    assert places(database) == {1: None}
    assert amounts(database, 1) is True
    assert "Parts" in dial(officers, sample_cooperative.AWA, "1", "2468")
