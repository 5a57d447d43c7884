"""One SMS under two ids, two SMS under one id, and one long SMS in pieces."""

from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from app.commands.inbound import take
from app.coop.members.models import Consent
from app.coop.prices.models import PriceProposal
from app.coop.production import assisted_acts
from app.coop.production.models import Declaration, Weighing
from app.gateways.callbacks import IncomingSms
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Inbound
from app.sms.pieces import is_full
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.acts import by
from tests.commands.broadcast_office import code_in


@pytest.fixture
def office(desk):
    sample_declarations.appoint(desk.database)
    return desk


@pytest.mark.parametrize(
    ("text", "table", "sender"),
    [
        ("PROD thiof 25", Declaration, sample_cooperative.AWA),
        ("PROD thiof 25 AUTRE", Declaration, sample_cooperative.AWA),
        ("TARIF thiof 1300", PriceProposal, sample_declarations.SECRETARY),
        ("DIFF TOUS Réunion", Broadcast, sample_declarations.SECRETARY),
    ],
)
def test_one_sms_under_two_ids_acts_once_and_both_answers_say_the_same(office, text, table, sender):
    first = office.say(text, sender=sender)
    office.clock.forward(seconds=1)
    assert office.say(text, sender=sender) == first
    assert len(office.rows(table)) == 1


def test_a_weighing_under_two_ids_is_noted_once_and_so_said(office):
    [ref] = sample_declarations.declared(office.database, sample_declarations.women(office.database, 1), office.clock())
    text = f"VALIDER {ref} 12,5 A"
    first = office.say(text, sender=sample_declarations.SECRETARY)
    assert "1 pesée notée" in first
    assert office.say(text, sender=sample_declarations.SECRETARY) == first
    office.clock.forward(minutes=5)
    assert f"Déjà notées: {ref}" in office.say(text, sender=sample_declarations.SECRETARY)
    assert f"rien n'est noté. Déjà pesées: {ref}" in office.say(f"VALIDER {ref} 14 A", sender=sample_declarations.SECRETARY)
    assert len(office.rows(Weighing)) == 1


def test_a_no_under_two_ids_is_contested_once(office):
    with office.database.transaction() as session:
        done = assisted_acts.declare(
            session, by(sample_declarations.CLERK, "assist", office.clock(), channel="bureau"), 1, 1, Decimal(25)
        )
    first = office.say(f"NON {done.declaration.reference}")
    assert office.say(f"NON {done.declaration.reference}") == first
    assert "annulée" in first


def test_an_annuler_under_two_ids_stops_no_second_thing(office):
    def ask(text):
        office.hear(text, sample_declarations.SECRETARY, f"a{len(office.inbox())}")
        return next(row.text for row in reversed(office.answers()) if row.cause.startswith("sms:"))

    code = ask("DIFF TOUS @ven 9h Marché fermé").partition("OUI ")[2][:4]
    ask(f"OUI {code}")
    ask("DIFF TOUS Marché ouvert")
    first = ask("ANNULER")
    assert ask("ANNULER") == first
    assert [row.state for row in office.rows(Broadcast)] == ["scheduled", "dead"]


def test_a_word_that_was_taken_back_in_between_acts_again(office):
    for text in ("STOP", "START", "STOP"):
        office.say(text)
    assert [row.given for row in sorted(office.rows(Consent), key=lambda row: row.id)][-1] is False


def test_two_sms_under_one_id_are_both_worked_on(desk):
    assert "annonces" in desk.say("STOP", sms_id="5")
    assert "membre actif" in desk.say("PROD thiof 25", sender=sample_cooperative.BLOCKED, sms_id="5")
    assert "réf" in desk.say("PROD thiof 25", sms_id="5")
    assert desk.say("PROD thiof 25", sms_id="5") is None
    assert desk.say("STOP", sms_id="5") is None
    assert len(desk.inbox()) == 3


LONG = (
    "Je voudrais savoir quand la pesée aura lieu car la pirogue de mon mari rentre tard et nous avons "
    "encore beaucoup de poisson à trier sur la plage avant de "
)
HEAD = LONG[:153]


@pytest.mark.parametrize("tail", ["STOP", "stop merci", "PROD thiof 25", "arrêter la vente", "START", "2 kg"])
@pytest.mark.parametrize("wait", [0, 15])
def test_the_second_piece_of_a_letter_is_no_order(office, tail, wait):
    assert is_full(HEAD)
    assert "un responsable lira" in office.say(HEAD)
    office.clock.forward(seconds=wait)
    assert office.say(tail) is None
    assert [row.state for row in office.inbox()] == ["unparsed", "joined"]
    assert office.inbox()[0].text == HEAD + tail
    assert office.rows(Consent) + office.rows(Declaration) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("tail", ["STOP", "PROD thiof 25"])
def test_pieces_that_wait_are_made_one_in_any_order(office, order, tail):
    texts = (HEAD, tail)
    for place in order:
        take(office.database, IncomingSms(f"p{place}", sample_cooperative.AWA, "21512", texts[place], None), office.clock())
    incoming_sms.work_on_all(office.clerk, office.clock())
    assert len([row for row in office.answers() if row.to_number == sample_cooperative.AWA]) == 1
    assert [row.text for row in office.inbox() if row.state == "unparsed"] == [HEAD + tail]
    assert office.rows(Consent) + office.rows(Declaration) == []


def test_three_pieces_are_one_letter(office):
    for text in (HEAD, HEAD, "STOP"):
        office.say(text)
    with office.database.read() as reader:
        assert reader.scalars(select(Inbound.text).where(Inbound.state == "unparsed")).all() == [HEAD + HEAD + "STOP"]


MIDDLE = "Nous sommes d'accord pour la pesée mais il faut aussi que la glace soit là avant " * 2
MIDDLE = MIDDLE[:153]


@pytest.mark.parametrize(("order", "waiting"), [("acb", True), ("acb", False), ("cab", True), ("abc", False)])
@pytest.mark.parametrize("end", ["STOP", "PROD thiof 25"])
def test_a_middle_piece_that_comes_behind_the_end_is_put_before_it(office, order, waiting, end):
    texts = {"a": HEAD, "b": MIDDLE, "c": end}
    for piece in order:
        take(office.database, IncomingSms(piece, sample_cooperative.AWA, "21512", texts[piece], None), office.clock())
        if not waiting:
            incoming_sms.work_on_all(office.clerk, office.clock())
        office.clock.forward(seconds=2)
    incoming_sms.work_on_all(office.clerk, office.clock())
    assert [row.text for row in office.inbox() if row.state != "joined"] == [HEAD + MIDDLE + end]
    assert len([row for row in office.answers() if row.to_number == sample_cooperative.AWA]) == 1
    assert office.rows(Consent) + office.rows(Declaration) == []


def test_an_end_that_is_worked_on_with_its_beginning_waits_for_the_middle(office):
    for piece, text in zip("ca", ("STOP", HEAD), strict=True):
        take(office.database, IncomingSms(piece, sample_cooperative.AWA, "21512", text, None), office.clock())
    incoming_sms.work_on_all(office.clerk, office.clock())
    assert office.say(MIDDLE) is None
    assert [row.text for row in office.inbox() if row.state == "unparsed"] == [HEAD + MIDDLE + "STOP"]


def test_the_middle_of_an_officers_text_is_put_before_its_end(office):
    head = ("DIFF TOUS " + LONG)[:153]
    for text in (head, "STOP nous partons", MIDDLE):
        office.say(text, sender=sample_declarations.SECRETARY)
    assert office.rows(Broadcast)[-1].typed.endswith(head[-20:] + MIDDLE + "STOP nous partons")
    assert office.rows(Consent) == []


@pytest.mark.parametrize("order", [(MIDDLE, "à 9h", HEAD), ("à 9h", MIDDLE, "STOP")])
def test_an_officers_text_whose_pieces_have_no_certain_order_is_not_estimated(office, order):
    office.say(("DIFF TOUS " + LONG)[:153], sender=sample_declarations.SECRETARY)
    for text in order:
        said = office.say(text, sender=sample_declarations.SECRETARY)
    assert "Rien n'est enregistré" in said
    assert not any(row.typed.endswith((HEAD + "à 9h", "STOP")) for row in office.rows(Broadcast))
    [message] = [row for row in office.inbox() if row.state == "failed"]
    assert all(text in message.text for text in order)
    assert office.rows(Consent) == []


def test_a_full_text_later_than_an_end_is_a_message_of_its_own(office):
    for text in (HEAD, "à 9h"):
        office.say(text)
    office.clock.forward(seconds=11)
    assert "un responsable lira" in office.say(MIDDLE)
    assert [row.text for row in office.inbox() if row.state == "unparsed"] == [HEAD + "à 9h", MIDDLE]


def test_a_piece_of_an_officers_text_makes_the_whole_of_it(office):
    head = ("DIFF TOUS " + LONG)[:153]
    office.say(head, sender=sample_declarations.SECRETARY)
    office.say("STOP nous partons", sender=sample_declarations.SECRETARY)
    assert [row.typed for row in office.rows(Broadcast)][-1].endswith("STOP nous partons")
    assert office.rows(Consent) == []


@pytest.mark.parametrize("last", ["STOP nous partons", "PROD thiof 25", "à 9h"])
def test_a_third_piece_of_an_officers_text_is_in_it_though_the_second_was_worked_on(office, last):
    for text in (("DIFF TOUS " + LONG)[:153], HEAD):
        office.say(text, sender=sample_declarations.SECRETARY)
    assert "3 SMS chacun" in office.say(last, sender=sample_declarations.SECRETARY)
    assert office.rows(Broadcast)[-1].typed.endswith(HEAD + last)
    assert [row.state for row in office.rows(Broadcast)] == ["estimated"] * 3
    assert [row.state for row in office.inbox()] == ["handled", "joined", "joined"]
    assert office.rows(Declaration) == []


def test_a_quick_yes_to_a_full_text_is_no_piece_of_it(office):
    said = office.say(("DIFF TOUS " + LONG)[:153], sender=sample_declarations.SECRETARY)
    office.clock.forward(seconds=15)
    office.hear(f"OUI {code_in(said)}", sample_declarations.SECRETARY, "yes")
    assert [(row.state, row.typed[-4:]) for row in office.rows(Broadcast)] == [("sending", LONG[139:143])]


def test_later_or_behind_a_short_one_a_stop_is_a_stop(office):
    office.say(HEAD)
    office.clock.forward(seconds=30)
    assert "annonces" in office.say("STOP")
    office.say(LONG[:100], sender=sample_cooperative.SHARED)
    assert "annonces" in office.say("STOP", sender=sample_cooperative.SHARED)


def test_a_message_long_behind_a_piece_whose_beginning_is_gone_is_worked_on(office):
    for text in (HEAD, "STOP"):
        office.say(text)
    with office.database.transaction() as session:
        session.execute(delete(Inbound).where(Inbound.state == "unparsed"))
    office.clock.forward(days=1)
    assert "annonces" in office.say("STOP")


def test_a_repeat_of_a_joined_beginning_is_a_repeat(office):
    office.say(HEAD, sms_id="a")
    office.say("STOP", sms_id="b")
    office.clock.forward(minutes=1)
    assert office.say(HEAD, sms_id="a") is None
    assert len(office.inbox()) == 2
