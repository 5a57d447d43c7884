"""Bureau 5 and a member's own numbers, screen by screen: who does what, and what each side reads."""

import re

import pytest
from sqlalchemy import select

from app.coop.access.models import Activation
from app.coop.members.models import Member, Number
from app.coop.offices.models import OfficerAct
from app.db.operations import Operation
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations

SPARE = "+221775550000"


def bureau(line, *entries, phone=sample_declarations.SECRETARY):
    """Go to Bureau 5 and type; return the line and what it says."""
    talk = line(phone)
    talk.dial(["8", "5", entries[0]])
    said = talk.type("2468")
    for entry in entries[1:]:
        said = talk.type(entry)
    return talk, said


def dial(line, phone, *entries):
    talk = line(phone)
    said = talk.dial([entries[0]])
    for entry in entries[1:]:
        said = talk.type(entry)
    return said


def texts_to(database, phone):
    with database.read() as reader:
        return reader.scalars(select(Message.text).where(Message.to_number == phone).order_by(Message.id)).all()


def activation_in(said):
    return re.search(r"\b(\d{6})\b", said)[1]


def approve(line, phone=sample_declarations.PRESIDENT, verdict="1"):
    talk = line(phone)
    talk.dial(["8", "2"])
    for entry in ("2468", "1", verdict):
        talk.type(entry)
    return talk.type("2468")


@pytest.fixture
def officers(line):
    """Give phones of the village, with its officers."""
    return line


def test_a_pin_is_reset_by_the_secretary_and_the_member_herself(officers, database):
    talk, said = bureau(officers, "2", "00001")
    assert "Awa 1, C00001: 30 min" in said
    said = talk.type("2468")
    assert said.startswith("C00001: ouvert 30 min. Le membre compose *384*44135#, puis 1. Ne regardez pas.\nCode oublié. ")
    assert talk.type("12").startswith("Au moins 3 chiffres, svp.")
    assert "nouveau code secret est demandé" in texts_to(database, sample_cooperative.AWA)[-1]
    assert "1 Choisir mon code" in dial(officers, sample_cooperative.AWA, "1")
    said = dial(officers, sample_cooperative.AWA, "1", "1", "1234")
    assert "Trop facile" in said
    assert "Votre code secret est changé. L'argent ne sort pas" in dial(officers, sample_cooperative.AWA, "1", "1", "7391", "7391")
    assert "code secret est changé" in texts_to(database, sample_cooperative.AWA)[-1]
    assert "Parts 10 000 F" in dial(officers, sample_cooperative.AWA, "1", "7391")
    with database.read() as reader:
        acts = reader.execute(select(OfficerAct.act, OfficerAct.person_id, OfficerAct.member_id)).all()
    assert acts == [("reset opened", 101, 1)]


def test_a_reset_that_nobody_asked_for_is_declined_on_the_members_phone(officers, database):
    bureau(officers, "2", "00001", "2468")
    assert "L'ancien code reste" in dial(officers, sample_cooperative.AWA, "1", "2", "1")
    assert "Parts" in dial(officers, sample_cooperative.AWA, "1", "2468")
    assert "refusé" in texts_to(database, sample_cooperative.AWA)[-1]


def test_a_locked_member_is_told_what_to_do_and_two_peers_do_it(officers, database):
    sample_declarations.women(database, 2)
    said = dial(officers, sample_cooperative.AWA, "1", "1111", "1111", "1111")
    assert "Code secret bloqué" in said
    assert "1 Rappelez-moi" in said
    assert "2 Que faire" in said
    for peer, answer in ((201, "Un 2e membre doit"), (202, "Ouvert 30 min")):
        talk = officers(f"+22177{peer:07d}")
        talk.dial(["7"])
        for entry in ("2468", "7", "2"):
            talk.type(entry)
        assert talk.type("12").startswith("Au moins 3 chiffres, svp.")
        said = talk.type("00001" if peer == 201 else sample_cooperative.AWA[4:])
        assert "Carte C00001" in said
        assert "Awa" not in said
        assert answer in talk.type("2468")
    assert "Votre code secret est changé" in dial(officers, sample_cooperative.AWA, "1", "1", "7391", "7391")
    assert "Parts" in dial(officers, sample_cooperative.AWA, "1", "7391")
    assert len(texts_to(database, sample_cooperative.AWA)) == 4, "lock, first peer, second peer, new PIN"


def test_a_second_number_is_proved_on_itself_by_what_was_told_and_the_pin(officers, database):
    talk, said = bureau(officers, "3", "00001", "775550000", "1")
    assert "noter 77 555 00 00 ?" in said
    number = activation_in(talk.type("2468"))
    assert "numéro est noté" in texts_to(database, SPARE)[-1]
    assert "à confirmer" in dial(officers, SPARE, "1")
    assert "Numéro faux" in dial(officers, SPARE, "1", "000000" if number != "000000" else "111111")
    assert "Code faux" in dial(officers, SPARE, "1", number, "1357")
    assert "ouvre votre compte" in dial(officers, SPARE, "1", number, "2468")
    assert "Parts" in dial(officers, SPARE, "1", "2468")
    with database.read() as reader:
        assert reader.scalar(select(Member.money_frozen_until).where(Member.id == 1)) is not None
    assert any("ouvre votre compte" in text for text in texts_to(database, sample_cooperative.AWA))


def test_a_second_number_is_proved_on_the_old_one(officers):
    bureau(officers, "3", "00001", "775550000", "1", "2468")
    assert "775550000 à confirmer" in dial(officers, sample_cooperative.AWA, "7", "2468", "7")
    assert "ouvre maintenant" in dial(officers, sample_cooperative.AWA, "7", "2468", "7", "1", "1", "2468")
    assert "Parts" in dial(officers, SPARE, "1", "2468")
    assert "n'ouvre plus" in dial(officers, SPARE, "7", "2468", "7", "3", "1", "2468")
    assert "inconnu" in dial(officers, sample_cooperative.AWA, "1")


@pytest.mark.parametrize(("verdict", "opens"), [("1", True), ("2", False)])
def test_without_the_pin_a_number_needs_a_second_officer(officers, verdict, opens):
    talk, _ = bureau(officers, "3", "00001", "775550000", "3")
    assert "2e responsable" in talk.type("2468")
    own = officers()
    own.dial(["8", "2"])
    assert "Rien à approuver" in own.type("2468"), "nobody approves their own"
    assert ("Approuvé" if opens else "Refusé") in approve(officers, verdict=verdict)
    assert ("code secret" if opens else "inconnu") in dial(officers, SPARE, "1")


def test_a_pending_members_new_number_waits_for_a_second_officer(officers):
    talk, _ = bureau(officers, "3", "00004", "775550000", "1")
    assert "2e responsable" in talk.type("2468")
    assert "attend l'accord" in dial(officers, SPARE, "1")
    approve(officers)
    assert "activation" in dial(officers, SPARE, "1")


def test_a_changed_sim_opens_nothing_until_it_is_proved_again(officers, database):
    talk, said = bureau(officers, "4", "00001", "1", "1")
    assert "fermer 770000012" in said
    number = activation_in(talk.type("2468"))
    assert "à confirmer" in dial(officers, sample_cooperative.AWA, "1")
    assert "essai" in dial(officers, sample_cooperative.AWA, "1", "246800")
    assert "ouvre votre compte" in dial(officers, sample_cooperative.AWA, "1", number, "2468")
    assert "Parts" in dial(officers, sample_cooperative.AWA, "1", "2468")
    with database.read() as reader:
        assert reader.scalar(select(Member.amounts_by_sms).where(Member.id == 1)) is False


def test_a_number_taken_over_by_somebody_else_shows_nothing_of_the_one_before(officers, database):
    talk, said = bureau(officers, "3", "00002", sample_cooperative.AWA[4:])
    assert "sert déjà" in said
    for entry in ("2", "1"):
        talk.type(entry)
    number = activation_in(talk.type("2468"))
    with database.read() as reader:
        assert reader.scalars(select(Number.person_id).where(Number.phone == sample_cooperative.AWA)).all() == [2]
    assert any("retiré de votre compte" in text for text in texts_to(database, sample_cooperative.AWA)), (
        "if it was no such thing, she reads it"
    )
    assert "ouvre votre compte" in dial(officers, sample_cooperative.AWA, "1", number, "1357")


def test_a_sim_changed_and_the_pin_forgotten_too_two_officers_and_a_reset_bring_her_back(officers):
    bureau(officers, "4", "00001", "1", "1", "2468")
    talk, _ = bureau(officers, "3", "00001", sample_cooperative.AWA[4:], "3")
    assert "retirez-le d'abord, choix 4" in talk.type("2468")
    bureau(officers, "4", "00001", "1", "2", "2468")
    bureau(officers, "3", "00001", sample_cooperative.AWA[4:], "3", "2468")
    approve(officers)
    bureau(officers, "2", "00001", "2468")
    assert "Votre code secret est changé" in dial(officers, sample_cooperative.AWA, "1", "1", "7391", "7391")
    assert "Parts" in dial(officers, sample_cooperative.AWA, "1", "7391")


@pytest.mark.parametrize("typed", ["12345", "671234567", "abc", "+33612345678"])
def test_what_is_no_number_is_refused(officers, typed):
    assert "9 chiffres" in bureau(officers, "3", "00001", typed)[1]


def test_a_card_gets_a_new_activation_number_only_where_there_is_something_to_prove(officers):
    talk, said = bureau(officers, "7", "00004")
    assert "autre numéro d'activation" in said
    number = activation_in(talk.type("2468"))
    assert "Numéro faux" in dial(officers, sample_cooperative.NEW, "1", "482190" if number != "482190" else "000000")
    assert "J'accepte" in dial(officers, sample_cooperative.NEW, "1", number)
    talk, _ = bureau(officers, "7", "00001")
    assert "Rien à activer" in talk.type("2468")


def test_a_card_is_found_in_ones_own_scope(officers):
    assert "Pas de membre" in bureau(officers, "2", "99999")[1]
    assert "Awa 1" in bureau(officers, "2", "00001", phone=sample_declarations.ADMINISTRATOR)[1]


def test_an_activation_number_is_kept_nowhere(officers, database):
    talk, _ = bureau(officers, "7", "00004")
    number = activation_in(talk.type("2468"))
    assert number in talk.again()
    with database.read() as reader:
        for table in (Operation, Activation, Message, OfficerAct):
            assert number not in str(reader.execute(select(table.__table__)).all())


def test_a_call_that_began_before_its_sim_was_flagged_gives_no_pin(officers):
    talk = officers(sample_cooperative.AWA)
    talk.dial(["1"])
    bureau(officers, "4", "00001", "1", "1", "2468")
    assert "bloqué sur ce numéro" in talk.type("2468")


def test_a_trusted_number_opens_the_account_and_is_told_no_amounts(officers, database):
    talk, _ = bureau(officers, "3", "00001", "775550000", "2")
    number = activation_in(talk.type("2468"))
    assert "ouvre votre compte" in dial(officers, SPARE, "1", number, "2468")
    assert "Parts" in dial(officers, SPARE, "1", "2468")
    assert "Impossible" in dial(officers, sample_cooperative.AWA, "7", "2468", "4")
    with database.read() as reader:
        assert reader.scalar(select(Number.trusted).where(Number.phone == SPARE)) is True


def test_a_pin_of_ones_own_choice_shuts_the_window(officers):
    talk = officers(sample_cooperative.AWA)
    talk.dial(["7"])
    for entry in ("2468", "3", "2468"):
        talk.type(entry)
    bureau(officers, "2", "00001", "2468")
    talk.type("7391")
    assert "est changé" in talk.type("7391")
    assert "code secret" in dial(officers, sample_cooperative.AWA, "1")
    assert "Choisir" not in dial(officers, sample_cooperative.AWA, "1")
