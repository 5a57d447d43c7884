"""Session ids that come again, and entries that belong to no screen."""

import pytest
from sqlalchemy import func, select

from app.coop.members.models import Person
from app.coop.production.models import Declaration
from app.ussd.ports import StoreDown
from menus.runtime import SqlActs
from tests.ussd.conftest import Handset, asked

DECLARE = ("2", "2468", "2", "25", "1")


def references(database) -> list[str]:
    with database.read() as reader:
        return list(reader.scalars(select(Declaration.reference).order_by(Declaration.id)))


def quantities(database) -> list[int]:
    with database.read() as reader:
        return [int(one) for one in reader.scalars(select(Declaration.quantity).order_by(Declaration.id))]


def talk(phone: Handset, *entries: str):
    """Dial under the same session id as before, and type."""
    phone.parts = []
    seen = phone.again()
    for entry in entries:
        seen = phone.type(entry)
    return seen


def test_a_session_id_that_comes_again_is_a_new_call(handset, clock):
    phone = handset()
    phone.session = "7"
    assert "noté" in talk(phone, "8", "1").text
    clock.forward(minutes=1)
    assert "1 Mes soldes" in talk(phone).text
    assert "Parts" in talk(phone, "1", "2468").text
    assert "1 Mes soldes" in talk(phone).text


def test_a_dial_string_under_an_id_that_comes_again_is_a_call_of_its_own(engine, peopled, clock):
    said = []
    for _ in range(2):
        for end in range(1, len(DECLARE) + 1):
            seen = asked(engine, "*384*44135*2#" if end == 1 else "*384*44135#", "*".join(DECLARE[:end]))
        said.append(seen)
        clock.forward(minutes=4)
    assert said[0] != said[1]
    assert quantities(peopled) == [25, 25]


@pytest.mark.parametrize("dialect", ["africastalking", "hubtel"])
def test_the_same_entries_two_days_later_are_another_declaration(handset, peopled, store, clock, dialect):
    phone = handset(dialect=dialect)
    phone.session = "9"
    first = talk(phone, *DECLARE).text
    store.sessions.clear()
    assert phone.again().text == first
    store.sessions.clear()  # both have long expired
    clock.forward(days=2)
    second = talk(phone, *DECLARE).text
    assert "Enregistré" in first
    assert "Enregistré" in second
    assert len(set(references(peopled))) == 2
    store.sessions.clear()
    assert phone.again().text == second


def test_an_outcome_of_two_days_ago_is_never_found(handset, peopled, store, clock):
    phone = handset()
    phone.session = "9"
    first = talk(phone, *DECLARE).text
    store.sessions.clear()
    clock.forward(days=2)
    assert phone.again().text != first
    assert "code secret" in phone.again().text
    assert len(references(peopled)) == 1


def test_a_gateway_of_last_entries_may_give_an_id_again_at_once(handset, peopled, clock):
    phone = handset(dialect="hubtel")
    phone.session = "4"
    talk(phone, *DECLARE)
    clock.forward(minutes=1)
    assert "Enregistré: 30" in talk(phone, "2", "2468", "2", "30", "1").text
    assert quantities(peopled) == [25, 30]


@pytest.mark.parametrize("session", ["7", "s" * 200, "s" * 199 + "t"])
def test_a_session_id_of_any_length_is_its_own(engine, session):
    assert "1 Mes soldes" in asked(engine, "*384*44135#", "", session)
    assert "Quel produit" not in asked(engine, "*384*44135#", "2", session)
    assert "Prix CPS1" not in asked(engine, "*384*44135#", "2", session)


def test_long_session_ids_that_begin_alike_are_two_calls(engine):
    asked(engine, "*384*44135#", "", "s" * 199 + "a")
    asked(engine, "*384*44135#", "3", "s" * 199 + "a")
    assert "code secret" in asked(engine, "*384*44135#", "1", "s" * 199 + "b")


def test_0_goes_one_screen_back_and_on_home_it_ends(handset):
    phone = handset()
    home = phone.dial().text
    for entry in ("7", "2468", "2"):
        phone.type(entry)
    assert "Mon compte" in phone.type("0").text
    assert phone.type("0").text.startswith(home)
    ended = phone.type("0")
    assert not ended.more
    assert ended.text == "Au revoir. Pour rappeler: *384*44135#"
    assert phone.again().text == ended.text


def test_0_leaves_a_screen_that_a_source_led_to(handset):
    phone = handset()
    phone.dial()
    for entry in ("7", "2468", "8", "1", "2468"):
        phone.type(entry)
    phone.dial()
    phone.type("7")
    seen = phone.type("2468").text
    while "9 Suite" in seen and "8 " not in seen:
        seen = phone.type("9").text
    assert "Vous partez" in phone.type("8").text
    assert "Mon compte" in phone.type("0").text or "Quitter" in phone.again().text


def test_an_answer_that_was_not_kept_is_never_read_as_another_screens(handset, store, monkeypatch, peopled):
    phone = handset()
    phone.dial()
    for entry in ("2", "2468", "2"):
        phone.type(entry)
    swap = store.swap

    def full(*_, **__):
        raise StoreDown("full")

    monkeypatch.setattr(store, "swap", full)
    ended = phone.type("25")
    assert not ended.more
    assert "Rien n'est enregistré" in ended.text
    monkeypatch.setattr(store, "swap", swap)
    seen = phone.type("1").text
    assert "combien de caisses" in seen
    assert "1 caisse" not in seen
    assert references(peopled) == []


def test_a_store_that_takes_no_writes_ends_honestly_instead_of_asking_the_pin_for_ever(handset, store, monkeypatch, peopled):
    def full(*_, **__):
        raise StoreDown("full")

    monkeypatch.setattr(store, "swap", full)
    phone = handset()
    assert "1 Mes soldes" in phone.dial().text
    ended = phone.type("1")
    assert not ended.more
    assert "Rien n'est enregistré" in ended.text
    with peopled.read() as reader:
        assert reader.scalar(select(func.sum(Person.pin_tries))) in (0, None)


@pytest.mark.parametrize("typed", ["%00", "2%00", "%07"])
def test_what_no_handset_types_gets_a_sentence(engine, typed):
    for text in ("", "2", "2*2468", "2*2468*2"):
        asked(engine, "*384*44135#", text)
    seen = asked(engine, "*384*44135#", f"2*2468*2*{typed}")
    assert seen.startswith("Un nombre entier")


@pytest.mark.parametrize(("kept", "says"), [(0, "Enregistré"), (1, "vérifions")], ids=["the claim", "the turn"])
def test_what_was_done_before_the_store_was_emptied_is_never_denied(handset, store, monkeypatch, peopled, kept, says):
    phone = handset()
    for entry in DECLARE:
        seen = phone.type(entry)
    assert "Enregistré" in seen.text
    store.sessions.clear()
    phone.parts = ["2"]
    assert "code secret" in phone.again().text  # late: the call begins anew from it
    for end in (2, 3, 4) if kept == 0 else ():
        phone.parts = list(DECLARE[:end])
        phone.again()
    if kept:
        phone.parts = list(DECLARE[:4])
        phone.again()  # the PIN is asked for, and the last entry taken for one
    phone.parts = list(DECLARE)
    swap, swapped = store.swap, []

    def away(*args, **more):
        if len(swapped) == kept:
            raise StoreDown("away")
        swapped.append(swap(*args, **more))
        return swapped[-1]

    monkeypatch.setattr(store, "swap", away)
    assert says in phone.again().text
    monkeypatch.undo()
    assert phone.again().text == seen.text
    assert quantities(peopled) == [25]


def test_a_hop_that_cant_claim_its_turn_doesnt_deny_what_its_twin_does_meanwhile(handset, store, monkeypatch, peopled):
    phone = handset()
    phone.dial()
    for entry in DECLARE[:-1]:
        phone.type(entry)
    phone.parts.append(DECLARE[-1])
    swap, twin = store.swap, []

    def away(*args, **more):
        if twin:
            return swap(*args, **more)
        twin.append(phone)
        twin.append(phone.again())
        raise StoreDown("away")

    monkeypatch.setattr(store, "swap", away)
    assert "Enregistré" in phone.again().text
    assert phone.again().text == twin[1].text
    assert quantities(peopled) == [25]


def test_a_dial_string_that_holds_all_that_was_typed_before_never_acted(handset, engine, peopled, store, clock):
    phone = handset()
    phone.session = "S10"
    talk(phone, *DECLARE)
    store.sessions.clear()
    clock.forward(minutes=1)
    text = "*".join(DECLARE)
    assert "code secret" in asked(engine, f"*384*44135*{text}#", text)
    assert quantities(peopled) == [25]


class Killed(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("dialect", ["africastalking", "hubtel"])
def test_a_call_that_was_killed_over_its_act_is_never_answered_by_the_act_of_the_call_before(
    handset, peopled, clock, monkeypatch, dialect
):
    phone = handset(dialect=dialect)
    phone.session = "11"
    first = talk(phone, *DECLARE).text
    clock.forward(minutes=1)
    talk(phone, *DECLARE[:-1])

    def killed(*_, **__):
        raise Killed

    monkeypatch.setattr(SqlActs, "perform", killed)
    with pytest.raises(Killed):
        phone.type(DECLARE[-1])
    monkeypatch.undo()
    assert "vérifions" in phone.again().text  # the claim stands
    clock.forward(seconds=3)
    second = phone.again().text
    assert "Enregistré" in second
    assert second != first
    assert quantities(peopled) == [25, 25]


def test_a_call_that_the_store_lost_says_that_it_begins_anew(handset, store):
    phone = handset()
    phone.dial("2")
    phone.type("2468")
    phone.type("1")
    store.sessions.clear()
    assert phone.type("12").text == "On recommence.\n" + handset().dial("2").text
    assert not handset().dial("2").text.startswith("On recommence")
