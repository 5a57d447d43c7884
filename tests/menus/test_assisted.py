"""Bureau 7: an officer acts for a member, who hears of it at once and has the last word."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
import redis
from sqlalchemy import select, update

from app import texts, units
from app.coop.correspondence.models import CallBack
from app.coop.members.models import Member, Number
from app.coop.production import weighing_lookup, weighings
from app.coop.production.models import AssistedAct, Declaration
from app.gsm7 import septets
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.acts import by
from tests.sample_cooperative import LONG_AGO


def help_her(line, whom="00001", phone=sample_declarations.SECRETARY, entries=("1", "1", "25", "1")):
    talk = line(phone)
    talk.dial(["8", "7"])
    talk.type("2468")
    said = talk.type(whom)
    for entry in entries:
        said = talk.type(entry)
    return talk, said


def told(database, phone=sample_cooperative.AWA):
    with database.read() as reader:
        return reader.scalars(select(Message.text).where(Message.to_number == phone).order_by(Message.id)).all()


def open_balances(line, phone=sample_cooperative.AWA):
    talk = line(phone)
    assert "Mes soldes" in talk.dial([])
    talk.type("1")
    return talk, talk.type("2468")


def test_she_is_told_at_once_and_finds_it_right(line, database):
    talk, said = help_her(line)
    assert "Un SMS le lui dit" in said
    reference = said.split("réf ")[1][:6]
    [text] = told(database)
    assert f"déclaré pour vous par le secrétariat: réf {reference}, 25 kg" in text
    assert f"NON {reference}" in text
    assert "Awa 1, C00001" in talk.type("1")
    assert f"réf {reference} à peser" in talk.type("3")
    hers, seen = open_balances(line)
    assert f"Déclaré pour vous par le secrétariat: 25 kg de Thiof, réf {reference}" in seen
    assert "est juste" in hers.type("1")
    assert "Parts 10 000 F" in hers.type("1")
    assert "Parts" in open_balances(line)[1]
    listed = line(sample_cooperative.AWA)
    listed.dial(["7", "1"])
    listed.type("2468")
    assert "25 kg Thiof à peser" in listed.type("1")
    assert "Noté par le secrétariat." in listed.type("1")


def test_one_key_contests_and_it_is_undone(line, database):
    reference = help_her(line)[1].split("réf ")[1][:6]
    hers, _ = open_balances(line)
    assert f"Contesté: réf {reference} annulée." in hers.type("2")
    assert hers.again() == hers.again()
    assert "Parts" in hers.type("1")
    assert [text for text in told(database) if "contestée" in text]
    assert "un membre conteste" in told(database, sample_declarations.PRESIDENT)[0]
    with database.read() as reader:
        assert reader.scalar(select(Declaration.state)) == "cancelled"
        assert reader.execute(select(AssistedAct.answer, AssistedAct.answered_by)).one() == ("contested", "ussd")


def test_she_may_put_it_off_but_is_asked_first(line):
    help_her(line)
    hers, _ = open_balances(line)
    assert "Mes soldes" in hers.type("0")
    assert "C'est juste" in hers.type("1")
    assert "1 ou 2" in hers.type("5")


def test_a_second_act_meanwhile_is_asked_about_next(line):
    help_her(line)
    hers, seen = open_balances(line)
    first = seen.split("réf ")[1][:6]
    second = help_her(line, entries=("1", "2", "3", "1"))[1].split("réf ")[1][:6]
    assert f"réf {first} annulée" in hers.type("2")
    assert second in hers.type("1")


def test_a_cancelling_is_told_and_can_be_taken_back(line, database):
    reference = sample_declarations.declared(database, [1], LONG_AGO)[0]
    _, said = help_her(line, entries=("2", "1", "1"))
    assert f"réf {reference}. Un SMS" in said
    hers, seen = open_balances(line)
    assert "Annulé pour vous par le secrétariat: 12,5 kg" in seen
    assert "remise en attente" in hers.type("2")
    with database.read() as reader:
        assert reader.scalar(select(Declaration.state)) == "declared"


@pytest.mark.parametrize("whom", ["00005", "C99999", "C12", "", "77000001x", "770000013", "x" * 40])
def test_who_isnt_there_cant_be_helped(line, whom):
    assert "Inconnu ici" in help_her(line, whom, entries=())[1]


def test_an_officer_doesnt_help_herself(line):
    assert "Pour vous-meme" in help_her(line, "00101", entries=())[1]


def test_a_shared_number_asks_for_the_place(line):
    talk, said = help_her(line, "760000001", entries=())
    assert "chiffre de place" in said
    assert "Inconnu ici" in talk.type("7")
    assert "Awa 3, C00003" in talk.type("2")


def test_a_member_without_a_number_takes_the_reference_home(line, database):
    with database.transaction() as session:
        session.execute(update(Number).where(Number.person_id == 1).values(person_id=2, place=3))
    assert "donnez-lui la réf" in help_her(line)[1]


def test_the_federation_helps_in_every_co_operative_and_says_so(line, database):
    assert "Un SMS" in help_her(line, phone=sample_declarations.ADMINISTRATOR)[1]
    assert "par la fédération" in told(database)[0]


def test_her_account_may_be_closed_meanwhile(line, database):
    talk, _ = help_her(line, entries=("1", "1", "25"))
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(state="blocked"))
    assert "Rien n'est enregistré" in talk.type("1")
    assert told(database) == []


def test_no_amount_of_hers_is_shown(line):
    talk, said = help_her(line, entries=())
    seen = [said]
    seen += [talk.type(entry) for entry in ("3", "0", "2", "0", "1", "0")]
    assert not any(re.search(r"\d F\b", page) for page in seen)
    assert "Thiof 1 000 F par kg" in talk.type("4")


def test_who_asked_to_be_called_is_helped_from_there(line, database):
    hers = line(sample_cooperative.AWA)
    hers.dial(["8"])
    hers.type("1")
    talk = line()
    talk.dial(["8", "6"])
    for entry in ("2468", "1", "1", "1", "9"):
        said = talk.type(entry)
    assert "Agir pour ce membre" in said
    assert "Awa 1, C00001" in talk.type("6")
    for entry in ("1", "2", "3", "1"):
        said = talk.type(entry)
    assert "Déclaré pour C00001: " in said
    with database.read() as reader:
        assert reader.scalar(select(CallBack.taken_by)) == 101


def test_what_is_said_fits_one_message():
    goods = units.count_of(Decimal("99999.99"), "m" * 8, "m" * 20)
    longest = {"reference": "999999", "goods": goods, "day": LONG_AGO, "cost": "m" * 20}
    said = [texts.say("assisted_receipt", done_for="cancelled", by="administrator", **longest)]
    said += [texts.say("contested_receipt", reference="999999", became=one, day=LONG_AGO) for one in texts.words("became")]
    pairs = product(texts.words("by"), texts.words("now_is"))
    said += [texts.say("contested_notice", reference="999999", by=role, now_is=one) for role, one in pairs]
    assert all(septets(text) <= 160 for text in said)


def test_a_session_lost_after_her_word_says_it_again_and_goes_home(line, valkey):
    help_her(line)
    hers, _ = open_balances(line)
    said = hers.type("2")
    with redis.Redis.from_url(valkey.url) as client:
        client.flushall()
    assert hers.type("1") == said
    assert "Mes soldes" in hers.type("1")


def test_what_was_weighed_meanwhile_is_said_whole(line, database):
    help_her(line)
    with database.transaction() as session:
        session.execute(update(Declaration).values(state="weighed"))
    talk, _ = open_balances(line)
    assert "déjà pesée: on vous rappelle." in talk.type("2")


def test_a_refused_catch_is_read_as_refused_and_why(line, database):
    [reference] = sample_declarations.declared(database, [1], datetime.now(UTC))
    note = by(sample_declarations.CLERK, "note", datetime.now(UTC))
    with database.transaction() as session:
        what = weighing_lookup.by_reference(session, 1, reference, datetime.now(UTC).year)
        weighings.note(session, note, what, weight=Decimal("12.5"), grade=None, reason="mélangé", weighed_at=datetime.now(UTC))
    talk = line()
    talk.dial(["8", "7"])
    talk.type("2468")
    assert talk.type("12").startswith("Au moins 3 chiffres, svp.")
    talk.type("001")
    assert f"réf {reference} refusé: mélangé" in talk.type("3")
