"""What the console shows of a scope, and what can be done there."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from app.coop.broadcasts import confirmations
from app.coop.broadcasts.estimates import Draft, estimate
from app.coop.cooperatives.models import Cooperative
from app.coop.correspondence import call_backs
from app.coop.offices.models import OfficerAct, Role
from app.coop.rights import Office
from app.sms import halts, outbox
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Message
from app.sms.states import move
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.acts import by
from tests.sending_broadcasts import TERMS

NAMES = ("Awa 1", "Awa 2", "Responsable", "Femme")


@pytest.fixture
def village_of_two(database, app):  # noqa: ARG001 - it makes the village
    """Give a second co-operative, CPS2."""
    with database.transaction() as session:
        made = sample_cooperative.LONG_AGO
        session.add(
            Cooperative(id=2, code="CPS2", name="CPS Mballing", commune_id=1, filiere_id=1, legal_form="AER", created_at=made)
        )
    return database


def call_back(database, clock, phone, cooperative):
    with database.transaction() as session:
        call_backs.ask(session, phone, "Aide", person_id=None, cooperative_id=cooperative, now=clock())


def letter(database, clock, cooperative=1, text="Kan la mareyeur bi di ñëw ?", sender=sample_cooperative.AWA):
    with database.transaction() as session:
        incoming_sms.letter(session, text, sender, clock(), cooperative_id=cooperative)


def message(database, clock, cause, purpose="notice"):
    with database.transaction() as session:
        outbox.put(session, to=sample_cooperative.AWA, text="Bonjour", purpose=purpose, cause=cause, now=clock())


def rows(page, section):
    """Return a section's rows as plain words."""
    body = re.search(rf'<section[^>]*aria-labelledby="{section}".*?</section>', page, re.DOTALL)
    found = re.findall(r"<tr role=\"row\"[^>]*>(.*?)</tr>", body[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found[1:]] if body else None


def plain(page):
    """Return a page's words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def inside(officer, phone):
    one = officer(phone)
    one.be_inside()
    return one


def test_the_federation_sees_all_and_a_cooperative_its_own(officer, village_of_two, clock):
    call_back(village_of_two, clock, sample_cooperative.AWA, 1)
    clock.forward(hours=3)
    call_back(village_of_two, clock, sample_cooperative.BLOCKED, 2)
    clock.forward(minutes=1)
    call_back(village_of_two, clock, sample_cooperative.NOBODY, None)
    letter(village_of_two, clock, cooperative=2)
    clock.forward(minutes=5)
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    assert rows(federation.page, "places") == [
        "CPS1 CPS Joal 1 3 h 0 -",
        "CPS2 CPS Mballing 1 6 min 1 5 min",
        "Aucune CPS 1 5 min 0 -",
    ]
    assert "Envoi des SMS" in federation.page
    federation.get("/waiting?after=1")
    assert [row[:4] for row in rows(federation.page, "places")] == ["CPS2", "Aucu"]
    own = inside(officer, sample_declarations.SECRETARY)
    assert "1 rappel à faire depuis 3 h" in plain(own.page)
    assert own.get("/waiting").status_code == 403
    own.get()
    assert "Envoi des SMS" not in own.page
    assert "CPS2" not in own.page


def test_what_is_empty_says_so(officer):
    own = inside(officer, sample_declarations.SECRETARY)
    assert "Rien n'attend." in own.page
    for path, words in (("/letters", "Rien à lire."), ("/call-backs", "Personne"), ("/approvals", "Rien à approuver.")):
        own.get(path)
        assert words in own.page


def test_lanes_say_what_waits_and_what_rests_since_when_and_why(officer, database, clock):
    for cause in "ab":
        message(database, clock, cause)
    with database.transaction() as session:
        halts.stop(session, "bulk", "no credit left", halts.Watch(), now=clock())
    clock.forward(minutes=7)
    found = dict(
        zip(
            ("code", "urgent", "answer", "notice", "bulk"),
            rows(inside(officer, sample_declarations.ADMINISTRATOR).page, "lanes"),
            strict=True,
        )
    )
    assert found["notice"].startswith("Avis et reçus 2 0 0 Travaille ; le premier attend depuis 7 min")
    assert "Arrêtée depuis le 24/11 à 10:00 : plus de crédit." in found["bulk"]


def test_no_members_name_and_no_balance_is_shown(officer, database, clock):
    call_back(database, clock, sample_cooperative.AWA, 1)
    letter(database, clock)
    for phone in (sample_declarations.ADMINISTRATOR, sample_declarations.SECRETARY):
        page = inside(officer, phone).page
        assert not [name for name in NAMES if name in page]
        assert "12 500" not in page


def order(
    database, clock, sender=sample_declarations.SECRETARY, office=sample_declarations.CLERK, wanted_at=None, text="Réunion demain"
):
    act = by(office, f"{text}{sender}", clock(), "sms", sender)
    with database.transaction() as session:
        made = estimate(session, act, Draft("TOUS", text, False, wanted_at), key=sample_cooperative.KEY, terms=TERMS)
        row = confirmations.find(session, sender, made.code, sample_cooperative.KEY, now=clock())
        confirmations.confirm(session, act, row, TERMS)
        return row.id


def test_broadcasts_say_how_far_they_are_and_what_they_cost(officer, database, clock):
    order(database, clock)
    with database.transaction() as session:
        move(session, (Message.cause == "broadcast:1") & (Message.to_number == sample_cooperative.AWA), "delivered", now=clock())
    page = inside(officer, sample_declarations.SECRETARY).page
    [row] = rows(page, "broadcasts")
    assert re.match(r"1 tous, CPS1 Réunion demain en cours ordonnée le 24/11 à 10:00 1 sur 4 1 reçu 20 F sur 80 F", row), row
    assert "sur un budget de 100\u00a0000\u00a0F" in page
    with database.transaction() as session:
        session.execute(update(Broadcast).values(recipients=20_000, gone=7_500, counted_at=clock()))
    clock.forward(minutes=2)
    [row] = rows(inside(officer, sample_declarations.SECRETARY).page, "broadcasts")
    assert "7 500 sur 20 000 comptés le 24/11 à 10:00 150 000 F sur 400 000 F" in row


def test_a_broadcast_is_stopped_once_by_any_officer_of_its_scope(officer, database, clock):
    order(database, clock)
    president = inside(officer, sample_declarations.PRESIDENT)
    assert "Diffusion 1 arrêtée. Partis avant l&#39;arrêt : 0." in president.send("/broadcasts/1/stop").get_data(as_text=True)
    assert "Oui, arrêter" not in president.page
    assert "La diffusion 1 n&#39;est plus en cours." in president.send("/broadcasts/1/stop").get_data(as_text=True)
    with database.read() as reader:
        assert set(reader.scalars(select(Message.state).where(Message.cause == "broadcast:1"))) == {"expired"}
        about = OfficerAct.about == "broadcast:1"
        acts = reader.execute(
            select(OfficerAct.act, OfficerAct.channel, OfficerAct.person_id).where(about).order_by(OfficerAct.id)
        ).all()
    assert acts == [("broadcast", "sms", 101), ("stop", "web", 102)]


def test_a_broadcast_of_another_scope_is_neither_seen_nor_stopped(officer, village_of_two, clock):
    order(village_of_two, clock, sample_declarations.ADMINISTRATOR, Office(103, "administrator", None))
    with village_of_two.transaction() as session:
        session.execute(update(Broadcast).values(cooperative_id=2))
    secretary = inside(officer, sample_declarations.SECRETARY)
    assert "Aucune diffusion." in secretary.page
    assert secretary.send("/broadcasts/1/stop").status_code == 403
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    assert "Diffusion 1 arrêtée" in federation.send("/broadcasts/1/stop").get_data(as_text=True)


def test_who_may_only_read_sees_no_way_to_stop(officer, database, clock):
    order(database, clock)
    with database.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 102).values(role="auditor"))
    auditor = inside(officer, sample_declarations.PRESIDENT)
    assert "Réunion demain" in auditor.page
    assert "Oui, arrêter" not in auditor.page
    assert auditor.send("/broadcasts/1/stop").status_code == 403
    auditor.get()
    assert auditor.send("/broadcasts/99/stop").status_code == 403


def test_an_act_without_the_forms_token_does_nothing(officer, database, clock):
    letter(database, clock)
    fatou = inside(officer, sample_declarations.SECRETARY)
    assert fatou.send("/letters/1/answer", token="another", words="Demain").status_code == 400
    assert "mareyeur" in fatou.get("/letters").get_data(as_text=True)


def test_a_nul_is_refused_before_the_database_refuses_it(officer, database, clock):
    letter(database, clock)
    fatou = inside(officer, sample_declarations.SECRETARY)
    for path in ("/journal?cps=CPS%00", "/offices?cps=%00"):
        assert fatou.get(path).status_code == 200
    fatou.get("/letters")
    assert fatou.send("/letters/1/answer", words="Demain\0").status_code == 400
    assert "Rien n&#39;est fait." in fatou.page
    assert "mareyeur" in fatou.get("/letters").get_data(as_text=True)


def test_a_database_that_is_away_is_a_page_and_no_trace(officer, database):
    fatou = inside(officer, sample_declarations.SECRETARY)
    with database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE roles RENAME TO gone")
    answer = fatou.get()
    assert answer.status_code == 503
    assert "La console ne répond pas maintenant" in fatou.page
    assert "Traceback" not in fatou.page
