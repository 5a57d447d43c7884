"""The code of an estimate: bound to its sender, counted, dead after its time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.commands.inbound import take
from app.coop.broadcasts import estimates
from app.coop.members.models import Number
from app.gateways.callbacks import IncomingSms
from app.sms.models import Message
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.commands.broadcast_office import ALL, TEXT, code_in, make, office

__all__ = ["office"]


def test_a_code_opens_nothing_from_another_number_and_is_guessed_five_times_an_hour(office):
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    assert "pas le bon" in office.ask(f"OUI {code}", sample_declarations.PRESIDENT)
    assert "PRIX, SOLDE" in office.ask(f"OUI {code}", sample_cooperative.AWA)
    wrong = f"{(int(code) + 1) % 10_000:04d}"
    for _ in range(4):
        assert "pas le bon" in office.ask(f"OUI {wrong}")
    said = office.ask(f"OUI {wrong}")
    assert "OUI ne vaut plus par SMS avant demain 10:00" in said
    assert "*384*44135# puis 8, 2" in said
    assert "ne vaut plus" in office.ask(f"OUI {code}")
    assert office.sent() == []


def test_misses_are_counted_over_all_estimates_of_a_sender(office, clock):
    """A new estimate gives no new tries, nor does another hour: ten a day."""
    for round_ in range(2):
        for number in range(4):
            office.ask(f"DIFF TOUS Marché {round_}{number}")
            assert "pas le bon" in office.ask("OUI 000000")
        clock.forward(hours=1)
    assert "pas le bon" in office.ask("OUI 000000")
    assert "ne vaut plus" in office.ask("OUI 000000")
    assert "Envoyer: *384*44135# puis 8, 2 et code secret (15 min)" in office.ask("DIFF TOUS Tempête")
    clock.forward(hours=24)
    assert "envoi" in office.ordered()


def test_a_right_code_is_no_miss(office):
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    for _ in range(8):
        assert "envoi 1" in office.ask(f"OUI {code}")
    assert "pas le bon" in office.ask("OUI 000000")


@pytest.mark.parametrize(
    "behind", ["à 18h30", "@18:30", "non annuler", "pas encore", "demain", "77 123 45 67", "5 membres", "stop"]
)
def test_a_code_with_an_hour_or_a_no_behind_it_sends_nothing_and_is_no_miss(office, behind):
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    for _ in range(6):
        assert "envoyez OUI et le code" in office.ask(f"OUI {code} {behind}")
    assert office.sent() == []
    assert "envoi 1" in office.ask(f"OUI le code est {code[:2]}-{code[2:]}, envoyez svp")


def test_a_code_has_more_digits_where_more_are_reached(office, monkeypatch):
    assert len(code_in(office.ask(f"DIFF TOUS {TEXT}"))) == 4
    monkeypatch.setattr(estimates, "FEW", ALL - 1)
    assert len(code_in(office.ask(f"DIFF TOUS {TEXT} !"))) == 6


def test_eight_wrong_codes_at_once_are_all_counted(postgres_database, clock):
    office = make(postgres_database, clock)
    office.ask(f"DIFF TOUS {TEXT}")
    for number in range(8):
        take(office.database, IncomingSms(f"at once {number}", sample_declarations.SECRETARY, "21512", "OUI 0000", None), clock())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: incoming_sms.work_on_all(office.clerk, clock()), range(4)))
    incoming_sms.work_on_all(office.clerk, clock())
    said = [message.text for message in office.caused("sms:africastalking:at once")]
    assert (sum("pas le bon" in text for text in said), sum("ne vaut plus" in text for text in said)) == (4, 4)


def test_a_code_dies_after_a_quarter_of_an_hour_with_a_new_estimate(office, clock):
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    clock.forward(minutes=15)
    said = office.ask(f"OUI {code}")
    assert "périmé" in said
    assert office.sent() == []
    assert "envoi 1:" in office.ask(f"OUI {code_in(said)}")
    assert len(office.sent(2)) == ALL


def test_a_dead_code_whose_hour_is_past_gets_no_estimate(office, clock):
    code = code_in(office.ask("DIFF TOUS @10:10 Marché fermé"))
    clock.forward(minutes=16)
    assert office.ask(f"OUI {code}").startswith("Jappoo: cette heure est passée")
    assert "cette heure est passée" in office.ask("DIFF TOUS @aujourd'hui 7h Marché fermé")
    assert (office.answers()[-1].parts, office.sent()) == (1, [])


def test_only_the_last_estimates_wait_for_their_code(office):
    codes = [code_in(office.ask(f"DIFF TOUS Marché {place}")) for place in ("fermé", "ouvert", "fermé", "plein", "vide")]
    states = [(row.state, row.by_pin) for row in office.broadcasts()]
    assert states == [("dead", False), ("estimated", True)] + [("estimated", False)] * 3
    assert "remplacé par un devis plus récent, rien n'est parti. Nouveau devis" in office.ask(f"OUI {codes[1]}")


def test_a_number_that_changed_lately_cant_confirm(office, clock):
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    office.change(
        update(Number).where(Number.phone == sample_declarations.SECRETARY).values(registered_at=clock() - timedelta(hours=71))
    )
    assert "72 heures" in office.ask(f"OUI {code}")
    assert (office.sent(), office.broadcasts()[0].state) == ([], "estimated")
    office.change(
        update(Number).where(Number.phone == sample_declarations.SECRETARY).values(registered_at=clock() - timedelta(hours=72))
    )
    assert "envoi 1" in office.ask(f"OUI {code}")


def test_an_office_that_ended_confirms_nothing(office, clock):
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    with office.database.transaction() as session:
        role = sample_declarations.Role.__table__
        session.execute(update(role).where(role.c.person_id == 101).values(until_on=clock().date() - timedelta(days=1)))
    assert "PRIX, SOLDE, PROD" in office.ask(f"OUI {code}")
    with office.database.read() as reader:
        assert reader.scalar(select(Message.id).where(Message.cause == "broadcast:1")) is None


def test_the_code_of_an_estimate_that_was_replaced_or_dropped_says_so_and_leaves_the_newer_one(office, clock):
    first = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    clock.forward(minutes=1)
    second = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    assert "remplacé par votre dernier devis" in office.ask(f"OUI {first}")
    assert "envoi" in office.ask(f"OUI {second}")
    third = code_in(office.ask("DIFF TOUS Marché fermé"))
    assert "devis annulé" in office.ask("ANNULER")
    assert "ce devis est annulé" in office.ask(f"OUI {third}")
    assert len(office.sent(2)) == ALL
