"""Broadcasts by SMS: estimated, confirmed by a code, frozen, stopped; nothing leaves before its OUI."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from app.commands.inbound import take
from app.coop.broadcasts import estimates
from app.coop.cooperatives.models import Commune, Cooperative
from app.coop.members.models import Member, Number
from app.coop.offices.models import OfficerAct
from app.gateways.callbacks import IncomingSms
from app.sms.broadcasts.budget import reserved_on
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Inbound, Message
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.commands.conftest import TERMS, Desk

WOMEN = 20
ALL = WOMEN + 4  # with the secretary, the president, a member alone on her number and two who share one
TEXT = "Réunion demain à 9h au quai, venez"


class Office(Desk):
    """The clerk, as an officer's phone sees it: answers apart from copies and from what goes to members."""

    def ask(self, text, sender=sample_declarations.SECRETARY):
        before = max([message.id for message in self.answers()], default=0)
        sms_id = f"office{next(self._ids)}"
        self.hear(text, sender, sms_id)
        return next(m.text for m in self.answers() if m.id > before and m.cause.startswith("sms:"))

    def ordered(self, text=f"DIFF TOUS {TEXT}", sender=sample_declarations.SECRETARY):
        """Estimate and confirm; give the answer to OUI."""
        return self.ask(f"OUI {code_in(self.ask(text, sender))}", sender)

    def caused(self, start):
        return [message for message in self.answers() if message.cause.startswith(start)]

    def sent(self, broadcast=1):
        return self.caused(f"broadcast:{broadcast}")

    def broadcasts(self):
        return self.rows(Broadcast)

    def change(self, statement):
        with self.database.transaction() as session:
            session.execute(statement)


def code_in(answer):
    found = re.search(r"OUI (\d{4,6})\b", answer)
    assert found, answer
    return found[1]


def make(database, clock):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    sample_declarations.women(database, WOMEN)
    return Office(database, clock)


@pytest.fixture
def office(sqlite_database, clock):
    return make(sqlite_database, clock)


def test_an_estimate_says_everything_in_one_part_and_sends_nothing(office):
    said = office.ask(f"diff  tous {TEXT}")
    for what in (
        "tous, CPS1",
        f"{ALL} numéros",
        "1 SMS chacun",
        "480 F",
        "Dès OUI, fin 10:00",
        '"CPS Joal: Réunion demain',
        "Gratuit",
    ):
        assert what in said
    assert office.answers()[-1].parts <= 2
    assert office.sent() == []
    assert [row.state for row in office.broadcasts()] == ["estimated"]


def test_oui_sends_once_and_tells_the_others(database, clock):
    office = make(database, clock)
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    first = office.ask(f"oui {code}")
    assert "envoi 1" in first
    assert "ANNULER 1" in first
    assert office.ask(f"OUI  {code}.") == first
    sent = office.sent()
    assert len(sent) == ALL == len({message.to_number for message in sent})
    assert {(m.text, m.lane, m.state, m.purpose, m.cooperative_id) for m in sent} == {
        (f"CPS Joal: {TEXT}", "notice", "queued", "broadcast", 1)
    }
    assert [m.person_id for m in sent if m.to_number == sample_cooperative.SHARED] == [None]
    copies = office.caused("copy:")
    assert [copy.to_number for copy in copies] == [sample_declarations.PRESIDENT]
    assert "ANNULER 1" in copies[0].text
    assert [(act.act, act.about, act.channel) for act in office.rows(OfficerAct)] == [("broadcast", "broadcast:1", "sms")]
    [row] = office.broadcasts()
    assert (row.state, row.recipients, row.written, row.reserved) == ("sending", ALL, ALL, ALL * 20)


def test_who_said_stop_before_or_after_the_oui_gets_none(office):
    office.ask("STOP", sample_cooperative.AWA)
    said = office.ask(f"DIFF TOUS {TEXT}")
    assert f"{ALL - 1} numéros (1 STOP)" in said
    office.ask(f"OUI {code_in(said)}")
    office.ask("STOP", "+221770000201")
    states = {message.to_number: message.state for message in office.sent()}
    assert sample_cooperative.AWA not in states
    assert states["+221770000201"] == "refused"
    assert list(states.values()).count("queued") == ALL - 2


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


def test_the_same_text_within_ten_minutes_is_asked_again(office, clock):
    office.ordered()
    clock.forward(minutes=9)
    said = office.ask("DIFF tous réunion DEMAIN à 9h  au quai, venez")
    assert said.startswith("Meme texte déjà envoyé à 10:00 (1). Encore ?")
    assert "envoi 2:" in office.ask(f"OUI {code_in(said)}")
    clock.forward(minutes=11)
    assert "Encore" not in office.ask(f"DIFF TOUS {TEXT}")


@pytest.mark.parametrize(
    ("sender", "audience", "again"),
    [
        (sample_declarations.SECRETARY, "CPS1", True),
        (sample_declarations.SECRETARY, "toutes + joal", True),
        (sample_declarations.ADMINISTRATOR, "TOUS", True),
        (sample_declarations.ADMINISTRATOR, "CPS1", True),
        (sample_declarations.ADMINISTRATOR, "CPS2", False),
    ],
)
def test_the_same_text_to_the_same_people_is_asked_again_by_whatever_word(office, sender, audience, again):
    with office.database.transaction() as session:
        session.add(Commune(id=2, name="Mbour"))
        session.flush()
        session.add(
            Cooperative(
                id=2,
                code="CPS2",
                name="CPS Mbour",
                commune_id=2,
                filiere_id=1,
                legal_form="AER",
                created_at=sample_cooperative.LONG_AGO,
            )
        )
        session.execute(update(Member).where(Member.id == 1).values(cooperative_id=2))
    office.ordered()
    assert ("Encore ?" in office.ask(f"DIFF {audience} {TEXT}", sender)) is again


def test_two_officers_with_one_text_are_asked_again(office, clock):
    mine, theirs = (
        code_in(office.ask(f"DIFF TOUS {TEXT}", who)) for who in (sample_declarations.SECRETARY, sample_declarations.PRESIDENT)
    )
    clock.forward(minutes=1)
    office.ask(f"OUI {mine}")
    assert "Encore ?" in office.ask(f"OUI {theirs}", sample_declarations.PRESIDENT)
    assert office.sent(2) == []


def test_the_text_leaves_as_typed_and_dear_letters_are_named(office):
    office.ordered("DIFF TOUS Ça: l'été,  À 9h! Noël?")
    assert office.sent()[0].text == "CPS Joal: Ça: l'été, À 9h! Noël?"
    long = "Réunion à la forêt: apportez vos reçus et vos carnets, soyez sûrs de venir à 9h précises"
    said = office.ask(f"DIFF TOUS {long}")
    assert "1 SMS chacun, 480 F. Tel que tapé: 2 SMS, 960 F, à cause de: e circonflexe" in said


def test_what_cant_be_sent_is_said_and_kept_as_it_was(office):
    cases = {
        "DIFF TOUS": "par exemple DIFF",
        "URGENT": "par exemple URGENT",
        "DIFF PECH Bonjour": "Plutot PECHE",
        "DIFF TOUS @midi Bonjour": "heure pas comprise",
        "DIFF TOUS @24/12 9h Noël": "plus de 7 jours",
        "URGENT TOUS @18:30 Vent": "tout de suite",
        "DIFF TOUS " + "long " * 200: "trop long",
        "DIFF TRESORIERS Bonjour": "personne à joindre",
        "OUI": "par exemple OUI",
        "ETAT": "aucun envoi",
        "ETAT 7": "aucun envoi 7",
        "ANNULER": "aucun envoi",
        "MEMBRE": "par exemple MEMBRE",
    }
    for text, words in cases.items():
        assert words in office.ask(text), text
        assert office.answers()[-1].parts == 1
    assert office.broadcasts() == []


@pytest.mark.parametrize("sender", [sample_cooperative.AWA, sample_cooperative.NOBODY, sample_cooperative.SHARED])
@pytest.mark.parametrize("text", [f"DIFF TOUS {TEXT}", "URGENT TOUS Vent", "OUI 1234", "ETAT", f"MEMBRE {sample_cooperative.AWA}"])
def test_anybody_else_is_answered_as_a_member_and_written_down(office, sender, text):
    office.ordered()
    assert "PRIX, SOLDE, PROD" in office.ask(text, sender)
    assert [(row.sender, row.state) for row in office.rows(Inbound)][-1] == (sender, "refused")
    assert [row.state for row in office.broadcasts()] == ["sending"]


@pytest.mark.parametrize("sender", [sample_cooperative.AWA, sample_cooperative.NOBODY, sample_cooperative.SHARED])
def test_a_members_cancelling_stops_no_broadcast(office, sender):
    office.ordered()
    assert "ANNULER et sa réf" in office.ask("ANNULER 1", sender) or sender == sample_cooperative.NOBODY
    assert [row.state for row in office.broadcasts()] == ["sending"]


def test_a_co_operatives_officer_stays_within_it(office):
    federation = office.ordered(f"DIFF SECRETAIRES {TEXT}", sample_declarations.ADMINISTRATOR)
    assert "1 numéro" in federation
    assert "aucun envoi 1" in office.ask("ANNULER 1", sample_declarations.PRESIDENT)
    assert "aucun envoi 1" in office.ask("ETAT 1", sample_declarations.PRESIDENT)
    office.ordered("DIFF TOUS Marché fermé")
    assert "envoi 2" in office.ask("ETAT 2", sample_declarations.ADMINISTRATOR)
    assert "arrêté" in office.ask("ANNULER 2", sample_declarations.ADMINISTRATOR)


def test_a_later_hour_waits_and_can_be_cancelled(office, clock):
    said = office.ordered("DIFF TOUS @18:30 Marché fermé")
    assert "Départ 18:30, fin 18:30" in said
    assert {message.next_at.hour for message in office.sent()} == {18}
    assert office.broadcasts()[0].state == "scheduled"
    clock.forward(hours=2)
    assert f"arrêté: 0 sur {ALL}" in office.ask("annuler", sample_declarations.PRESIDENT)
    assert {message.state for message in office.sent()} == {"expired"}
    assert f"déjà arrêté: 0 sur {ALL}" in office.ask("ANNULER 1")
    [row] = office.broadcasts()
    assert (row.state, row.reserved, row.ended_by) == ("stopped", 0, 102)
    with office.database.transaction() as session:
        assert reserved_on(session, clock().date()) == 0


def test_between_quiet_hours_it_waits_for_their_end_and_says_so(office, clock):
    clock.forward(hours=12)  # 22:00
    said = office.ask("DIFF TOUS Marché fermé")
    assert "Départ demain 7:00 (heures calmes), fin 7:00." in said
    assert office.answers()[-1].parts <= 2
    office.ask(f"OUI {code_in(said)}")
    assert {(message.next_at.day, message.next_at.hour) for message in office.sent()} == {(25, 7)}
    assert {message.expires_at - message.next_at for message in office.sent()} == {timedelta(days=1)}
    assert "Dès OUI" in office.ask("URGENT TOUS Vent violent, rentrez")


def test_the_budget_is_of_the_day_that_it_leaves_on(office):
    office.clerk = msgspec.structs.replace(office.clerk, terms=msgspec.structs.replace(TERMS, daily_budget=500))
    office.ordered()
    code = code_in(office.ask("DIFF TOUS Marché fermé"))
    said = office.ask(f"OUI {code}")
    assert "budget du jour dépassé de 460 F: cet envoi coute 480 F" in said
    assert (office.sent(2), office.broadcasts()[1].state) == ([], "estimated")
    assert "envoi 2:" in office.ordered("DIFF TOUS @demain 8h Marché ouvert")
    assert "envoi 3:" in office.ordered("URGENT TOUS Vent violent, rentrez")
    assert "arrêté" in office.ask("ANNULER 1")
    assert "envoi 4:" in office.ask(f"OUI {code}")


def test_who_joined_between_the_estimate_and_the_oui_is_counted_and_paid(office):
    office.clerk = msgspec.structs.replace(office.clerk, terms=msgspec.structs.replace(TERMS, daily_budget=20 * ALL))
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    with office.database.transaction() as session:
        number = {"place": None, "registered_at": sample_cooperative.LONG_AGO}
        session.add(Number(phone="+221770000999", person_id=201, **number))
    said = office.ask(f"OUI {code}")
    assert f"dépassé de 20 F: cet envoi coute {20 * ALL + 20} F" in said
    assert (office.sent(), office.broadcasts()[0].state, office.broadcasts()[0].recipients) == ([], "estimated", ALL)
    office.clerk = msgspec.structs.replace(office.clerk, terms=TERMS)
    assert f"{ALL + 1} numéros, {20 * ALL + 20} F" in office.ask(f"OUI {code}")
    assert len(office.sent()) == ALL + 1


def test_a_number_gets_only_so_many_a_day(office, clock):
    office.clerk = msgspec.structs.replace(office.clerk, terms=msgspec.structs.replace(TERMS, a_day=2))
    office.ordered("DIFF SECRETAIRES Un")
    office.ordered("DIFF TOUS Deux")
    assert f"{ALL - 1} numéros (1 en a déjà eu 2)" in office.ask("DIFF TOUS Trois")
    assert f"{ALL} numéros" in office.ask("URGENT TOUS Trois")
    clock.forward(hours=24, minutes=1)
    assert f"{ALL} numéros. " in office.ask("DIFF TOUS Trois")


def test_an_alert_leaves_first_at_any_hour_and_expires_after_three(office, clock):
    clock.forward(hours=13)  # 23:00
    office.ask("STOP", sample_cooperative.AWA)
    office.ask("STOP ALERTE", "+221770000201")
    said = office.ordered("URGENT TOUS Tempête, restez à terre")
    assert "23:00" in said
    sent = office.sent()
    assert {(message.lane, message.expires_at - message.next_at) for message in sent} == {("urgent", timedelta(hours=3))}
    assert {message.next_at for message in sent} == {clock()}
    assert len(sent) == ALL - 1
    assert "ALERTE 1" in office.caused("copy:")[0].text


def test_an_alert_that_the_rate_cant_bring_in_time_is_refused(office):
    slow = msgspec.structs.replace(TERMS, rate=1)
    office.clerk = msgspec.structs.replace(office.clerk, terms=slow)
    office.ordered("URGENT TOUS " + "Vent violent. " * 12)
    office.change(update(Broadcast).values(recipients=10_790, parts=1))
    assert "3 h 01 d'envoi" in office.ask("URGENT TOUS Tempête")
    assert "12 h" not in office.ask("DIFF TOUS Tempête")


def test_an_alert_waits_for_those_that_should_have_left_by_now(office, clock):
    office.ordered("URGENT TOUS Vent violent")
    office.change(update(Broadcast).values(recipients=60 * 60 * 50 * 3))
    clock.forward(minutes=5)
    assert office.broadcasts()[0].ends_at < clock()
    assert "3 h 01 d'envoi avec ce qui attend déjà" in office.ask("URGENT TOUS Tempête")
    assert office.answers()[-1].parts == 1


def test_every_officer_of_the_scope_has_a_copy_and_may_stop_it(office):
    delegate = "+221770000201"
    with office.database.transaction() as session:
        session.add(
            sample_declarations.Role(person_id=201, role="delegate", cooperative_id=1, from_on=sample_declarations.date(2026, 1, 1))
        )
    assert "PRIX, SOLDE" in office.ask(f"DIFF TOUS {TEXT}", delegate)
    office.ordered()
    assert {copy.to_number for copy in office.caused("copy:")} == {sample_declarations.PRESIDENT, delegate}
    assert "en cours" in office.ask("ETAT", delegate)
    assert "arrêté" in office.ask("ANNULER 1", delegate)


def test_etat_says_the_figures(office):
    office.ordered()
    office.change(update(Message).where(Message.cause == "broadcast:1", Message.id % 2 == 0).values(state="delivered", rank=100))
    half = sum(message.state == "delivered" for message in office.sent())
    assert f"en cours: {half} sur {ALL} partis, {half} recus" in office.ask("ETAT")
    assert f"arrêté: {half} sur {ALL} étaient partis" in office.ask("ANNULER 1")


def test_etat_of_what_is_late_says_when_it_goes_on(office, clock):
    office.ordered("DIFF TOUS @20:50 Marché fermé")
    clock.forward(hours=11)
    assert f"0 sur {ALL} partis, 0 recus. Reprise demain 7:00 (heures calmes). Arreter" in office.ask("ETAT")


def test_annuler_without_anything_under_way_drops_the_estimate(office):
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    assert "devis annulé" in office.ask("Annuler!")
    assert "ce devis est annulé" in office.ask(f"OUI {code}")


def test_annuler_behind_an_estimate_stops_nothing_that_is_anothers(office, clock):
    office.ordered("DIFF TOUS @ven 9h Marché fermé", sample_declarations.PRESIDENT)
    code = code_in(office.ask("DIFF TOUS Marché ouvert"))
    said = office.ask("ANNULER")
    assert "devis annulé, rien n'est envoyé. L'envoi 1 continue: pour l'arreter, ANNULER 1" in said
    assert (office.answers()[-1].parts, [row.state for row in office.broadcasts()]) == (1, ["scheduled", "dead"])
    assert "ce devis est annulé" in office.ask(f"OUI {code}")
    clock.forward(minutes=1)
    assert "envoi 1 arrêté" in office.ask("ANNULER")


def test_a_member_is_looked_up_without_name_or_amount(office):
    office.ask("STOP", sample_cooperative.AWA)
    said = office.ask("MEMBRE 77 000 00 12")
    assert said == "Jappoo: C00001, CPS1, actif, annonces non, alertes oui."
    assert "C00003" in office.ask(f"membre {sample_cooperative.SHARED}")
    assert "pas encore activé" in office.ask(f"MEMBRE {sample_cooperative.NEW[4:]}")
    assert "aucun membre" in office.ask("MEMBRE 771234567")
    for card in ("001", "C00001", "carte n° 001"):
        assert office.ask(f"MEMBRE {card}") == said
    assert "C00002, CPS1, actif, numéro partagé" in office.ask("MEMBRE 002")
    assert "aucun membre" in office.ask("MEMBRE 999")
    assert {(act.act, act.member_id) for act in office.rows(OfficerAct)} == {("look up", member) for member in (1, 2, 3, 4)}


def test_officers_have_a_help_of_their_own(office):
    assert "DIFF ou URGENT public texte" in office.ask("AIDE")
    assert office.answers()[-1].parts == 1
    assert "DIFF" not in office.ask("AIDE", sample_cooperative.AWA)


def test_the_help_names_only_what_the_office_may_do(office):
    """The federation weighs nothing; a secretary does."""
    assert "VALIDER, TARIF, REPONDRE" in office.ask("AIDE")
    said = office.ask("AIDE", sample_declarations.ADMINISTRATOR)
    assert "VALIDER" not in said
    assert "MEMBRE, TARIF, REPONDRE" in said


def test_an_office_that_ended_confirms_nothing(office, clock):
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    with office.database.transaction() as session:
        role = sample_declarations.Role.__table__
        session.execute(update(role).where(role.c.person_id == 101).values(until_on=clock().date() - timedelta(days=1)))
    assert "PRIX, SOLDE, PROD" in office.ask(f"OUI {code}")
    with office.database.read() as reader:
        assert reader.scalar(select(Message.id).where(Message.cause == "broadcast:1")) is None


def test_a_broadcast_says_who_writes_and_is_counted_so(office):
    said = office.ask(f"DIFF TOUS {'Venez tous ' * 14}")
    assert '"CPS Joal: Venez tous' in said
    assert "2 SMS chacun" in said
    office.ordered("DIFF TOUS Pesée à 7h")
    office.ordered("URGENT TOUS Tempête, restez à terre")
    office.ordered("DIFF SECRETAIRES Bonjour", sample_declarations.ADMINISTRATOR)
    texts = {message.text for number in (2, 3, 4) for message in office.sent(number)}
    assert texts == {"CPS Joal: Pesée à 7h", "ALERTE CPS Joal: Tempête, restez à terre", "La fédération: Bonjour"}


def test_an_estimate_fills_in_nothing_of_the_officers_words(office):
    text = "Prix {cost} {code} {balance}"
    said = office.ask(f"DIFF TOUS {text}")
    assert f'"CPS Joal: {text}"' in said
    assert "Gratuit." in said
    office.ask(f"OUI {code_in(said)}")
    assert {message.text for message in office.sent()} == {f"CPS Joal: {text}"}


@pytest.mark.parametrize(("signs", "named"), [("🐟🎉", "🐟 🎉"), ("鱼", "鱼"), ("🐟🎉🌊🦐🐠🦀🐚🚤⛵", "🐟 🎉 🌊")])
def test_what_would_leave_as_question_marks_is_refused_by_name(office, signs, named):
    said = office.ask(f"DIFF TOUS Grand marché au poisson samedi matin au quai, venez nombreux avec vos familles {signs}")
    assert named in said
    assert "Rien n'est envoyé" in said
    assert (office.answers()[-1].parts, office.broadcasts()) == (1, [])
    assert "OUI" in office.ask("DIFF TOUS Marché samedi 🐟 ?")
    assert "OUI" in office.ask(f"DIFF TOUS Ëst-ce clair ? {'Très bien. ' * 9}")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Pesée demain 8h au quai", 'Lu mer 25/11, "demain" sera jeu 26/11: exact ?'),
        ("Réunion ce soir", 'Lu mer 25/11, "ce soir" sera mer 25/11: exact ?'),
        ("Ëllëg suba pesée", "sera jeu 26/11"),
        ("Pesée aujourd’hui", "sera mer 25/11"),
        ("Pesée jeudi 26 à 8h", None),
        ("Les lendemains", None),
    ],
)
def test_a_day_that_will_mean_another_is_asked_about(office, clock, text, asked):
    assert "exact ?" not in office.ask(f"DIFF TOUS {text}")
    clock.forward(hours=12)  # 22:00
    said = office.ask(f"DIFF TOUS {text}")
    assert (asked in said) if asked else ("exact ?" not in said)


def test_the_estimate_says_what_is_left_of_the_day(office):
    assert "Reste 100 000 F." in office.ask(f"DIFF TOUS {TEXT}")
    assert "Reste 1" not in office.ask("URGENT TOUS Vent fort")


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


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("DIFF PECHE JOAL Réunion", "PECHE+JOAL ? Alors"),
        ("DIFF TOUS demain 7h Pesée", "Départ @demain 7h ?"),
        ("DIFF TOUS Pesée à 7h", ""),
        ("DIFF TOUS Réunion à Joal", ""),
        ("DIFF PECHE+JOAL Réunion", ""),
        ("DIFF TOUS Tous au quai", ""),
    ],
)
def test_a_text_that_begins_like_an_audience_or_an_hour_is_asked_about(office, text, asked):
    said = office.ask(text)
    assert asked in said
    assert ("Alors renvoyez" in said) is bool(asked)
    assert code_in(said)
