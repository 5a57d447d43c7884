"""What an estimate shows, and the number that a broadcast has from its OUI on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.progress import Counts
from app.sms.broadcasts.texts import progress
from tests import sample_declarations
from tests.commands.broadcast_office import ALL, TEXT, code_in, make, office

__all__ = ["office"]


def test_an_estimate_shows_the_whole_text_as_it_will_be_read(office):
    text = "Pesée jeudi 26 à 8h au quai: " + "apportez vos bacs et vos cartes, " * 12 + "fin."
    said = office.ask(f"DIFF TOUS {text}")
    assert f'"CPS Joal: {text}"' in said
    assert "3 SMS chacun" in said
    assert code_in(said)
    office.ask(f"OUI {code_in(said)}")
    assert {message.text for message in office.sent()} == {f"CPS Joal: {text}"}


def test_estimates_use_up_no_numbers(office):
    for words in ("un", "deux", "trois"):
        office.ask(f"DIFF TOUS {words}")
    first = office.ordered("DIFF TOUS Pesée à 7h")
    office.ask("DIFF TOUS encore un devis")
    second = office.ordered("URGENT TOUS Tempête")
    assert ("envoi 1:" in first, "ANNULER 2" in second) == (True, True)
    assert "envoi 2 " in office.ask("ETAT")
    assert "envoi 1 (" in office.ask("ETAT 1")
    assert "aucun envoi 4 chez vous" in office.ask("ETAT 4")
    assert "envoi 1 arrêté" in office.ask("ANNULER 1")
    assert {copy.text.split(" (")[0] for copy in office.caused("copy:")} == {"Jappoo: envoi 1", "Jappoo: ALERTE 2"}
    assert "(2). Encore ?" in office.ask("URGENT TOUS tempête")


def test_orders_at_the_same_time_have_numbers_of_their_own(database, clock):
    office = make(database, clock)
    codes = [code_in(office.ask(f"DIFF TOUS {words}")) for words in ("un", "deux", "trois")]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda code: office.hear(f"OUI {code}", sample_declarations.SECRETARY, f"at once {code}"), codes))
    assert sorted(row.number for row in office.broadcasts()) == [1, 2, 3]


def test_what_was_ordered_before_there_were_numbers_is_found_by_its_id(office):
    office.ask("DIFF TOUS un")
    office.ordered(f"DIFF TOUS {TEXT}")
    office.change(update(Broadcast).values(number=None))
    assert "envoi 2 (" in office.ask("ETAT 2")
    assert "envoi 3:" in office.ordered("DIFF TOUS Pesée à 7h")


@pytest.mark.parametrize(("gone", "said"), [(40, "19 %, 40 sur 201"), (20, "10 %, 20 sur 201")])
def test_a_step_of_progress_says_the_true_per_cent(gone, said):
    assert said in progress(Broadcast(id=7, number=3, recipients=201), 10, Counts(gone=gone))


def test_the_end_says_why_some_have_not_left():
    counted = Counts(gone=98, failed=1, stopped=2, late=1)
    assert "fini: 98 sur 101 partis, 1 échec, 2 STOP, 1 trop tard." in progress(
        Broadcast(id=7, number=3, recipients=101), 100, counted
    )


def test_who_had_enough_today_is_said_with_how_many_that_is(office):
    for words in ("un", "deux", "trois", "quatre", "cinq", "six"):
        office.ordered(f"DIFF TOUS {words}")
    assert f"{ALL} en ont déjà eu 6" in office.ask("DIFF TOUS sept")
