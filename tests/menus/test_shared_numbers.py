"""A new member on somebody's number: nobody is asked for a place before the new one has opened the account."""

import pytest
from sqlalchemy import select

from app.coop.members.models import Member, Number
from tests import sample_cooperative, sample_declarations
from tests.menus.test_people import activation_in, approve, bureau, dial, texts_to


def admit(line, phone=sample_cooperative.AWA, name="Fatou Ndiaye"):
    """Have two officers admit somebody on a number; return her activation number and what the second reads."""
    talk, _ = bureau(line, "1", name, phone[4:], "4711")
    talk.type("2468")
    talk, _ = bureau(line, "6", "1", "1", "4711", phone=sample_declarations.PRESIDENT)
    said = talk.type("2468")
    return activation_in(said), said


def opened(line, number, *entries, phone=sample_cooperative.AWA, pin="7391"):
    return dial(line, phone, "1", *entries, number, "1", pin, pin)


def places(database, phone=sample_cooperative.AWA):
    with database.read() as reader:
        return list(reader.scalars(select(Number.place).where(Number.phone == phone).order_by(Number.id)))


@pytest.fixture
def fatou(line, database):
    with database.transaction() as session:
        session.get_one(Member, 1).amounts_by_sms = True
    return admit(line)


def test_an_admission_asks_the_owner_for_no_place_and_tells_her(line, database, fatou):
    assert "Place 2." in fatou[1]
    assert "à la place du code secret" in fatou[1]
    assert places(database) == [None, 2]
    assert "Parts" in dial(line, sample_cooperative.AWA, "1", "2468")
    told = " ".join(texts_to(database, sample_cooperative.AWA))
    assert "Rien ne change pour vous" in told
    assert "chiffre de place" not in told
    with database.read() as reader:
        assert reader.scalar(select(Member.amounts_by_sms).where(Member.id == 1)) is True


def test_the_new_one_opens_her_account_and_both_are_told_their_places(line, database, fatou):
    assert "Votre place: 2, l'autre membre: 1." in opened(line, fatou[0])
    assert places(database) == [1, 2]
    assert sum("chiffre de place" in text for text in texts_to(database, sample_cooperative.AWA)) == 2
    assert "Parts 0 F" in dial(line, sample_cooperative.AWA, "1", "2", "7391")
    assert "Parts" in dial(line, sample_cooperative.AWA, "1", "1", "2468")
    with database.read() as reader:
        assert not any(reader.scalars(select(Member.amounts_by_sms)))


def test_a_wrong_number_in_place_of_the_pin_is_a_try_of_hers_and_none_of_the_owners(line, fatou):
    wrong = f"{(int(fatou[0]) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        assert f"Il reste {left}" in dial(line, sample_cooperative.AWA, "1", wrong)
    assert "ne sert plus" in dial(line, sample_cooperative.AWA, "1", wrong)
    assert "ne sert plus" in dial(line, sample_cooperative.AWA, "1", fatou[0])
    assert "votre secrétaire vous rappelle" in dial(line, sample_cooperative.AWA, "1", fatou[0], "1", "1")
    assert "Parts" in dial(line, sample_cooperative.AWA, "1", "2468")


def test_who_goes_back_from_the_notice_opens_nothing_of_the_owners(line, fatou):
    talk = line(sample_cooperative.AWA)
    talk.dial(["1"])
    assert "J'accepte" in talk.type(fatou[0])
    for entry in ("0", "00", "1"):
        said = talk.type(entry)
    assert "J'accepte" in said
    assert "Parts" not in said


@pytest.mark.parametrize(("state", "flagged"), [("blocked", False), ("active", True)])
def test_the_new_one_gets_in_whatever_became_of_the_owner(line, database, fatou, state, flagged):
    with database.transaction() as session:
        session.get_one(Member, 1).state = state
        session.scalar(select(Number).where(Number.person_id == 1)).proof_wanted = flagged
    assert "numéro d'activation" in dial(line, sample_cooperative.AWA, "1")
    assert "compte est ouvert" in opened(line, fatou[0])


def test_of_two_new_ones_each_is_told_by_her_own_number(line, database):
    first, _ = admit(line, sample_cooperative.NOBODY)
    second, said = admit(line, sample_cooperative.NOBODY, "Awa Sow")
    assert "Place 2." in said
    assert places(database, sample_cooperative.NOBODY) == [None, 2]
    assert "l'autre membre: 1." in opened(line, second, phone=sample_cooperative.NOBODY)
    assert "partagé" in dial(line, sample_cooperative.NOBODY, "1")
    assert "compte est ouvert" in opened(line, first, "1", phone=sample_cooperative.NOBODY, pin="5083")
    assert "Parts" in dial(line, sample_cooperative.NOBODY, "1", "1", "5083")


def test_a_third_is_asked_for_her_place_then_for_her_activation_number(line, database):
    number, said = admit(line, sample_cooperative.SHARED)
    assert "Place 3." in said
    assert "à la place du code secret" not in said
    told = texts_to(database, sample_cooperative.SHARED)
    assert sum("Rien ne change pour vous" in text for text in told) == 2
    assert sum("Chiffre de place: 3." in text for text in told) == 1
    assert "4 chiffres" in dial(line, sample_cooperative.SHARED, "1", "1", number), "it is none of the first one's"
    for place, pin in (("1", "1357"), ("2", "8642")):
        assert "Parts" in dial(line, sample_cooperative.SHARED, "1", place, pin)
    assert "compte est ouvert" in opened(line, number, "3", phone=sample_cooperative.SHARED)
    assert places(database, sample_cooperative.SHARED) == [1, 2, 3]


def test_a_third_who_has_a_pin_is_asked_for_her_place_then_proves_the_number(line, database):
    talk, _ = bureau(line, "3", "00001", sample_cooperative.SHARED[4:], "1", "1")
    said = talk.type("2468")
    assert "place 3" in said
    assert "sa place" in said
    assert "à confirmer" in dial(line, sample_cooperative.SHARED, "1", "3")
    for place, pin in (("1", "1357"), ("2", "8642")):
        assert "Parts" in dial(line, sample_cooperative.SHARED, "1", place, pin)
    assert "Votre place: 3" in dial(line, sample_cooperative.SHARED, "1", "3", activation_in(said), "2468")
    assert "Parts" in dial(line, sample_cooperative.SHARED, "1", "3", "2468")
    assert places(database, sample_cooperative.SHARED) == [1, 2, 3]


def test_a_second_officers_word_for_who_has_no_pin_yet_gives_out_no_place(line, database):
    talk, _ = bureau(line, "3", "00004", sample_cooperative.AWA[4:], "1", "1")
    assert "2e responsable" in talk.type("2468")
    assert "Approuvé" in approve(line)
    assert places(database) == [None, 2]
    assert "Parts" in dial(line, sample_cooperative.AWA, "1", "2468")
    assert "Votre place: 2" in opened(line, "482190")


def test_an_officer_alone_opens_no_account_on_a_number_that_somebody_else_holds(line, database):
    talk, _ = bureau(line, "3", "00004", sample_cooperative.AWA[4:], "1", "1")
    talk.type("2468")
    assert "4 chiffres" in dial(line, sample_cooperative.AWA, "1", "482190"), "nobody else has approved it"
    assert places(database) == [None, 2]


def test_one_made_of_two_shares_the_number_of_the_card_that_goes_with_its_owner(line, database):
    card = admit(line)[1].split("Carte ")[1].split(".")[0]
    talk, _ = bureau(line, "8", "00002", card)
    assert "noté. Un 2e" in talk.type("2468")
    approve(line)
    assert places(database) == [1, 2]
    assert sum("chiffre de place" in text for text in texts_to(database, sample_cooperative.AWA)) == 2
    assert "Parts" in dial(line, sample_cooperative.AWA, "1", "2", "1357")
