"""A call that was cut: what the next one of the same person offers, and that nobody else sees it and nothing acts twice."""

import pytest
from sqlalchemy import func, select, update

from app.coop.access import pins
from app.coop.members.models import Member
from app.coop.production.models import Declaration
from app.ussd import session as sessions
from app.ussd.entries import journey_of
from app.ussd.ports import StoreDown
from app.ussd.redis_store import RedisStore
from config.redis import connect
from tests import sample_cooperative

LINE = "000 Reprendre l'appel"
PRODUCTS = ("Quel produit ?", "1 Thiof")


def count(database, model) -> int:
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(model))


def call(handset, *entries, phone=sample_cooperative.AWA, dialect="africastalking"):
    """Dial, type, and be cut off; return the phone with what it showed last."""
    held = handset(phone, dialect)
    held.shows = held.dial()
    for entry in entries:
        held.shows = held.type(entry)
    return held


@pytest.fixture
def cut(handset):
    """Cut a call where she is asked for a quantity of Yeet."""
    held = call(handset, "2", "2468", "2")
    assert "Yeet: combien de caisses" in held.shows.text
    return held


def live(store, held) -> sessions.Session:
    return sessions.read(store.sessions[journey_of(sample_cooperative.KEY, held.call())])


@pytest.mark.parametrize("dialect", ["africastalking", "hubtel"])
@pytest.mark.parametrize("chosen", ["1", "2", "7"])
@pytest.mark.usefixtures("cut")
def test_after_the_pin_000_goes_on_where_the_call_was_cut_whatever_was_chosen(handset, peopled, dialect, chosen):
    held = call(handset, dialect=dialect)
    assert held.shows.text.startswith("Jappoo. Gratuit\n1 Mes soldes")
    assert LINE not in held.shows.text + held.type(chosen).text
    assert held.type("2468").text.endswith(f"0 Retour\n{LINE}")
    seen = held.type("000")
    assert seen.text == "Yeet: combien de caisses ?\n0 Retour"
    assert seen.event == "resumed"
    assert held.again().text == seen.text
    assert "25 caisses de Yeet ?" in held.type("25").text
    assert "Enregistré" in held.type("1").text
    assert count(peopled, Declaration) == 1


@pytest.mark.usefixtures("cut")
def test_who_doesnt_want_it_types_the_same_entries_to_the_same_screens(handset, clock):
    offered = call(handset, "2", "2468").shows.text
    clock.forward(minutes=6)
    assert offered.removesuffix(f"\n{LINE}") == call(handset, "2", "2468").shows.text
    assert "25 caisses de Yeet" in call(handset, "2", "2468", "2", "25").shows.text


@pytest.mark.usefixtures("cut")
def test_the_offer_stands_until_the_call_goes_another_way_and_then_is_forgotten(handset):
    held = call(handset, "2", "2468")
    assert held.type("77").text.startswith("Choix inconnu.")
    assert LINE in held.again().text
    assert LINE not in held.type("00").text + held.type("2").text
    assert held.type("000").text.startswith("Choix inconnu.")
    assert LINE not in call(handset, "2", "2468").shows.text


@pytest.mark.usefixtures("cut")
def test_a_dial_string_means_what_it_says_and_is_offered_the_same(handset):
    held = handset()
    assert "code secret" in held.dial("2", "000").text
    assert LINE in held.type("2468").text
    assert "Yeet: combien" in held.type("000").text


@pytest.mark.usefixtures("cut")
def test_what_is_typed_behind_000_before_its_screen_was_seen_is_no_answer(handset):
    held = call(handset, "2", "2468")
    assert held.type("000", "25").text == "Yeet: combien de caisses ?\n0 Retour"


def test_back_leads_the_way_that_the_cut_call_had_come(cut, handset):
    held = call(handset, "1", "2468", "000", "0")
    assert all(words in held.shows.text for words in PRODUCTS)
    assert "1 Mes soldes" in held.type("0").text
    assert cut.again().text.startswith("Yeet")


def test_after_five_minutes_there_is_nothing_to_go_on_with(cut, handset, clock):
    clock.forward(seconds=sessions.RESUME_SECONDS)
    assert LINE in call(handset, "2", "2468").shows.text
    clock.forward(seconds=1)
    assert LINE not in call(handset, "2", "2468").shows.text
    assert cut.again().text.startswith("Yeet")


@pytest.mark.parametrize(
    "entries",
    [
        (),
        ("2",),
        ("2", "2468"),
        ("1", "2468"),
        ("2", "2468", "2", "25"),
        ("2", "2468", "2", "25", "1"),
        ("7", "2468", "3"),
        ("7", "2468", "3", "2468"),
        ("7", "2468", "3", "2468", "7391"),
        ("7", "2468", "2", "1"),
        ("1", "2468", "2", "500"),
        ("2", "1111"),
        ("3",),
        ("2", "2468", "2", "00", "3"),
    ],
)
def test_nothing_is_offered_of_home_a_pin_a_confirmation_an_end_or_what_the_pin_opened_on(handset, entries):
    call(handset, *entries)
    assert LINE not in call(handset, "2", "2468").shows.text


def test_the_newest_of_several_cut_calls_counts_and_one_cut_at_the_offer_keeps_it(cut, handset, clock):
    call(handset, "7", "2468", "2")
    clock.forward(minutes=2)
    held = call(handset, "1", "2468")
    assert LINE in held.shows.text
    clock.forward(minutes=2)
    assert "Langue ?" in call(handset, "2", "2468", "000").shows.text
    assert cut.again().text.startswith("Yeet")


def test_gone_on_with_and_cut_again_is_offered_again_with_all_that_was_kept(handset, peopled):
    call(handset, "2", "2468", "2")
    for _ in range(3):
        assert "Yeet: combien" in call(handset, "2", "2468", "000").shows.text
    call(handset, "2", "2468", "000", "25")
    assert LINE not in call(handset, "2", "2468").shows.text
    assert count(peopled, Declaration) == 0


@pytest.mark.usefixtures("cut")
def test_what_was_confirmed_in_the_call_that_went_on_is_never_offered_again(handset, peopled, store):
    done = call(handset, "2", "2468", "000", "25", "1")
    assert "Enregistré" in done.shows.text
    store.sessions.pop(journey_of(sample_cooperative.KEY, done.call()))
    assert done.again().text == done.shows.text
    assert LINE not in call(handset, "2", "2468").shows.text
    assert count(peopled, Declaration) == 1


@pytest.mark.usefixtures("cut")
def test_confirmed_by_hand_instead_it_is_not_offered_either(handset, peopled):
    call(handset, "2", "2468", "2", "25", "1")
    assert LINE not in call(handset, "2", "2468").shows.text
    assert count(peopled, Declaration) == 1


def test_an_answer_lost_with_the_store_offers_nothing_and_the_same_is_asked_about(handset, peopled, store, monkeypatch):
    held = call(handset, "2", "2468", "2", "25")
    swap, calls = store.swap, []

    def once(*args, **more):
        calls.append(1)
        if len(calls) > 1:
            raise StoreDown("gone")
        return swap(*args, **more)

    monkeypatch.setattr(store, "swap", once)
    assert "Enregistré" in held.type("1").text
    monkeypatch.undo()
    assert LINE not in call(handset, "2", "2468").shows.text
    assert "Déjà enregistré" in call(handset, "2", "2468", "2", "25").shows.text
    assert count(peopled, Declaration) == 1


def test_the_other_holder_of_a_shared_number_never_sees_it_nor_takes_its_place(handset):
    call(handset, "2", "1", "1357", "1", phone=sample_cooperative.SHARED)
    other = call(handset, "2", "2", "8642", phone=sample_cooperative.SHARED)
    assert LINE not in other.shows.text
    assert other.type("000").text.startswith("Choix inconnu.")
    assert "Thiof: combien" in call(handset, "1", "1", "1357", "000", phone=sample_cooperative.SHARED).shows.text


@pytest.mark.usefixtures("cut")
def test_another_pin_since_then_offers_nothing(handset, peopled, clock):
    hashed, pepper = pins.hash_pin("7391", sample_cooperative.PEPPERS)
    with peopled.transaction() as session:
        pins.set_pin(session, 1, hashed, pepper, now=clock())
    assert LINE not in call(handset, "2", "7391").shows.text


@pytest.mark.usefixtures("cut")
def test_a_member_blocked_since_then_is_told_so_before_the_pin(handset, peopled):
    with peopled.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(state="blocked"))
    assert "bloqué" in call(handset, "2").shows.text


@pytest.mark.usefixtures("cut")
def test_a_menu_published_since_then_offers_nothing(handset, engine, monkeypatch):
    shelf = engine._shelf
    monkeypatch.setattr(shelf, "current", lambda _: ("v2", shelf.menu))
    monkeypatch.setattr(shelf, "version", {"v2": shelf.menu}.get)
    seen = call(handset, "2", "2468").shows
    assert seen.text.startswith("Quel produit ?")
    assert LINE not in seen.text


@pytest.mark.usefixtures("cut")
def test_a_menu_without_the_word_offers_nothing(handset, engine, monkeypatch):
    monkeypatch.delitem(engine._shelf.menu.words, "resume")
    held = call(handset, "2", "2468")
    assert held.shows.text.endswith("0 Retour")
    assert held.type("000").text.startswith("Choix inconnu.")


def test_a_store_emptied_or_that_doesnt_say_offers_nothing(handset, store, monkeypatch):
    def down(name):
        raise StoreDown(name)

    for spoil in (store.sessions.clear, store.notes.clear, lambda: monkeypatch.setattr(store, "noted", down)):
        call(handset, "2", "2468", "2")
        spoil()
        seen = call(handset, "2", "2468").shows
        assert "Quel produit ?" in seen.text
        assert LINE not in seen.text


def test_no_hash_of_a_pin_is_carried_over_and_no_number_stands_in_a_name(handset, store):
    call(handset, "7", "2468", "3", "2468", "7391", "0", "0", "0", "2")
    held = call(handset, "7", "2468")
    assert LINE in held.shows.text
    assert all("chosen" not in step.kept for step in live(store, held).offer.steps)
    assert live(store, held).opened in store.notes
    assert not any("770000012" in name for name in store.notes)


def test_only_the_pin_that_opens_a_call_asks_for_one(handset, store, monkeypatch):
    asked, noted = [], store.noted

    def counted(name):
        asked.append(name)
        return noted(name)

    monkeypatch.setattr(store, "noted", counted)
    call(handset, "1", "1111", "2468", "2", "500", "2468")
    assert len(asked) == 1


def test_the_page_takes_the_line_only_where_it_has_room(handset, engine, cut, monkeypatch):
    del cut
    monkeypatch.setitem(engine._shelf.menu.words, "resume", {"fr": "000 " + "m" * 120})
    assert call(handset, "2", "2468").shows.text.endswith("0 Retour")


def test_a_note_is_put_with_its_session_for_five_minutes(valkey):
    client = connect(valkey.url, seconds=2)
    store = RedisStore(client)
    assert store.noted("n") is None
    assert store.swap("j", None, b"1", seconds=100, counts={"home|shown": 1}, note=("n", "j 1"))[0]
    assert not store.swap("j", None, b"2", seconds=100, note=("n", "k 2"))[0]
    assert store.noted("n") == "j 1"
    assert 0 < client.ttl("ussd:r:n") <= sessions.RESUME_SECONDS
    [counts] = client.keys("ussd:counts:*")
    assert client.hgetall(counts) == {b"home|shown": b"1"}
    with pytest.raises(StoreDown):
        RedisStore(connect("redis://127.0.0.1:1")).noted("n")
