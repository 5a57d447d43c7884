"""What a hop promises, held on the members' own menu."""

import pytest
from sqlalchemy import func, select

from app.coop.correspondence.models import CallBack
from app.coop.members.models import Person
from app.coop.production.models import Declaration
from app.gsm7 import septets
from app.sms.models import Message
from app.ussd.ports import StoreDown
from tests import sample_cooperative


def count(database, model) -> int:
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("dialect", ["africastalking", "hubtel"])
def test_a_balance_is_two_entries_and_the_pin_away(handset, dialect):
    phone = handset(dialect=dialect)
    assert "1 Mes soldes" in phone.dial().text
    assert "code secret" in phone.type("1").text
    seen = phone.type("2468")
    assert "Parts 10 000 F" in seen.text
    assert "Épargne 12 500 F" in seen.text
    assert seen.more


@pytest.mark.parametrize("dialect", ["africastalking", "hubtel"])
def test_a_declaration_is_registered_once_with_its_sms(handset, peopled, dialect):
    phone = handset(dialect=dialect)
    phone.dial()
    phone.type("2")
    assert "Quel produit" in phone.type("2468").text
    assert "Yeet: combien de caisses" in phone.type("2").text
    assert "25 caisses de Yeet" in phone.type("25").text
    done = phone.type("1")
    assert not done.more
    assert "Enregistré" in done.text
    assert phone.again().text == done.text
    assert count(peopled, Declaration) == 1
    with peopled.read() as reader:
        texts = reader.scalars(select(Message.text)).all()
    reference = done.text.split("réf ")[1][:6]
    assert len(texts) == 1
    assert f"réf {reference}" in texts[0]


def test_the_same_again_within_half_an_hour_is_asked_about(handset, peopled, clock):
    for expected in ("Enregistré", "Déjà enregistré"):
        phone = handset()
        phone.dial()
        phone.type("2")
        phone.type("2468")
        phone.type("2")
        seen = phone.type("25")
        seen = phone.type("1") if "caisses de" in seen.text else seen
        assert expected in seen.text
        clock.forward(minutes=2)
    assert count(peopled, Declaration) == 1
    assert "Enregistré" in phone.type("1").text
    assert count(peopled, Declaration) == 2


def test_every_answer_fits_and_a_repeat_gets_the_same_bytes(handset):
    phone = handset()
    answers = [phone.dial()]
    for part in ("9", "0", "3", "1", "00", "7", "2468", "4", "0", "2", "2", "0", "0", "00", "1", "1"):
        answers.append(phone.type(part))
        assert phone.again().text == answers[-1].text
    assert all(septets(answer.text) <= 160 for answer in answers)


def test_a_shorter_text_gets_the_current_screen_and_a_diverging_one_ends(handset, engine):
    phone = handset()
    phone.dial()
    shown = phone.type("3")
    assert engine.answer(phone.call([])).text == shown.text
    other = engine.answer(phone.call(["1"]))
    assert not other.more
    assert phone.again().text == shown.text


def test_two_new_entries_walk_static_choices_and_no_other_screen_takes_them(handset, peopled):
    phone = handset()
    phone.dial()
    assert "code secret" in phone.type("9", "7").text
    assert "Sans étoile, svp." in phone.type("1111", "2468").text
    with peopled.read() as reader:
        assert reader.scalar(select(Person.pin_tries).where(Person.id == 1)) == 0
    assert "Mon compte" in phone.type("2468").text


@pytest.mark.parametrize("typed", [("12", "5"), ("1", "1"), ("", "5")])
def test_a_star_within_a_reply_is_asked_again(handset, peopled, typed):
    phone = handset()
    phone.dial()
    for part in ("2", "2468", "2"):
        phone.type(part)
    seen = phone.type(*typed)
    assert seen.text.startswith("Un nombre entier")
    assert "Yeet: combien de caisses" in seen.text
    assert "25 caisses" in phone.type("25").text
    again = phone.type("1", "1")
    assert "25 caisses de Yeet ?" in again.text
    assert count(peopled, Declaration) == 0


def test_a_dial_string_stops_before_the_pin_and_the_rest_is_not_read(handset, peopled):
    phone = handset()
    assert "code secret" in phone.dial("1", "1111").text
    with peopled.read() as reader:
        assert reader.scalar(select(Person.pin_tries).where(Person.id == 1)) == 0
    assert "Parts" in phone.type("2468").text


@pytest.mark.parametrize("typed", ["-5", "0,0", "1e9", "beaucoup", "5" * 500, "🐟", "25,5"])
def test_a_bad_quantity_gets_one_clear_sentence(handset, peopled, typed):
    phone = handset()
    phone.dial()
    for part in ("2", "2468", "2"):
        phone.type(part)
    seen = phone.type(typed)
    assert seen.text.startswith("Un nombre entier")
    assert count(peopled, Declaration) == 0


@pytest.mark.parametrize(("typed", "asked"), [("1.200", "1,2 ou 1200 ?"), ("12,567", "12,57 ou 12567 ?")])
def test_three_decimals_are_read_back(handset, peopled, typed, asked):
    phone = handset()
    phone.dial()
    for part in ("2", "2468", "1"):
        phone.type(part)
    seen = phone.type(typed)
    assert seen.text.startswith(f"{asked} Tapez l'un ou l'autre.")
    assert "1,2 kg de Thiof ?" in phone.type("1,2").text
    assert count(peopled, Declaration) == 0


def test_three_wrong_pins_lock_for_an_hour_with_one_sms_and_prices_stay_open(handset, peopled, clock):
    phone = handset()
    phone.dial()
    phone.type("1")
    assert "Il reste 2" in phone.type("1111").text
    assert "Il reste 2" in phone.again().text
    assert "Il reste 1" in phone.type("1112").text
    locked = phone.type("1113")
    assert "1 Rappelez-moi" in locked.text
    assert "2 Que faire" in locked.text
    assert locked.text.startswith("Code secret bloqué")
    phone.dial("1")
    assert "bloqué" in phone.type("2468").text
    assert count(peopled, Message) == 1
    assert "Prix CPS1" in phone.dial("3").text
    clock.forward(minutes=61)
    phone.dial("1")
    assert "Parts" in phone.type("2468").text


def test_a_malformed_pin_is_not_a_try(handset, peopled):
    phone = handset()
    phone.dial("1")
    assert "4 chiffres" in phone.type("123").text
    with peopled.read() as reader:
        assert reader.scalar(select(Person.pin_tries).where(Person.id == 1)) == 0


def test_a_shared_number_asks_its_place_first(handset):
    phone = handset(sample_cooperative.SHARED)
    assert "place" in phone.dial("1").text
    assert "Pas de place" in phone.type("7").text
    assert "code secret" in phone.type("2").text
    assert "Code faux" in phone.type("1357").text
    assert "Parts" in phone.type("8642").text


def test_first_use_takes_the_activation_number_the_notice_and_a_pin_twice(handset):
    phone = handset(sample_cooperative.NEW)
    assert "activation" in phone.dial("1").text
    assert "Numéro faux" in phone.type("111111").text
    assert "J'accepte" in phone.type("482190").text
    assert "4 chiffres" in phone.type("1").text
    assert "Trop facile" in phone.type("1986").text
    assert "encore une fois" in phone.type("7391").text
    assert "diff" in phone.type("7392").text
    assert "ouvert" in phone.type("7391").text
    phone.dial("1")
    assert "Parts" in phone.type("7391").text


@pytest.mark.parametrize(
    ("number", "sees"),
    [
        (sample_cooperative.BLOCKED, "bloqué"),
        (sample_cooperative.DEPARTED, "plus celui d'un membre"),
        (sample_cooperative.NOBODY, "inconnu"),
        ("+254700000000", "inconnu"),
    ],
)
def test_others_are_told_what_they_can_do(handset, number, sees):
    assert sees in handset(number).dial("1").text


def test_call_me_back_makes_one_row_however_often(handset, peopled):
    for _ in range(2):
        phone = handset(sample_cooperative.NOBODY)
        phone.dial("8")
        assert "rappelle" in phone.type("1").text
    assert count(peopled, CallBack) == 1


def test_one_session_id_from_two_numbers_is_two_journeys(handset):
    awa, other = handset(), handset(sample_cooperative.SHARED)
    awa.dial()
    awa.type("1")
    awa.type("2468")
    other.session, other.parts = awa.session, list(awa.parts)
    seen = other.again()
    assert "place" in seen.text
    assert "F" not in seen.text.split("\n")[0][:6]


def test_a_lost_session_finds_its_outcome_and_else_stops_at_the_pin(handset, store, peopled):
    phone = handset()
    phone.dial()
    for part in ("2", "2468", "2", "25"):
        phone.type(part)
    store.sessions.clear()
    assert "code secret" in phone.type("1").text
    assert count(peopled, Declaration) == 0
    phone.dial()
    for part in ("2", "2468", "2", "25"):
        phone.type(part)
    done = phone.type("1")
    store.sessions.clear()
    assert phone.again().text == done.text
    assert count(peopled, Declaration) == 1


def test_with_the_store_down_home_and_prices_come_and_nothing_acts(handset, store, monkeypatch):
    def down(*_, **__):
        raise StoreDown("gone")

    monkeypatch.setattr(store, "load", down)
    phone = handset()
    assert "1 Mes soldes" in phone.dial().text
    seen = phone.type("1")
    assert not seen.more
    assert "Rien n'est enregistré" in seen.text
    assert "*384*44135*8#" in seen.text


def test_a_hop_too_long_for_a_session_ends_and_changes_nothing(handset):
    phone = handset()
    assert not phone.dial(*"1" * 300).more
    assert "Mes soldes" in phone.dial("x" * 10_000).text


def test_what_is_kept_of_a_pin_is_another_in_every_call(handset, peopled):
    kept = []
    for _ in range(2):
        phone = handset()
        phone.dial()
        phone.type("1")
        phone.type("1111")
        with peopled.read() as reader:
            kept.append(reader.scalar(select(Person.pin_last_try).where(Person.id == 1)).partition(":")[2])
    assert kept[0] != kept[1]


def test_no_pin_is_in_the_store(handset, store):
    phone = handset(sample_cooperative.NEW)
    phone.dial("1")
    for part in ("482190", "1", "7391", "7391"):
        phone.type(part)
    assert all(b"7391" not in value and b"482190" not in value for value in store.sessions.values())
