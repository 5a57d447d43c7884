"""A broadcast at the console, from its text to its report: nothing leaves before the code that came to the officer's telephone."""

import re

import pytest
from sqlalchemy import func, select, update

from app.commands import allowance
from app.commands.command import Command
from app.commands.handlers import answer
from app.coop.access.identity import who_holds
from app.coop.members.models import Number
from app.sms import allowances
from app.sms.broadcasts.models import Broadcast, BroadcastTemplate
from app.sms.models import Message
from app.sms.states import move
from tests import sample_cooperative, sample_declarations
from tests.sending_broadcasts import TERMS
from tests.web.console.test_pages import inside, rows

SECRETARY = sample_declarations.SECRETARY
PATH = "/broadcasts/new"


def plain(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&#39;", "'").replace("\u00a0", " ").split())


def estimates(database):
    with database.read() as reader:
        return reader.execute(select(Broadcast.state, Broadcast.typed).order_by(Broadcast.id)).all()


def answers(database, phone=SECRETARY):
    with database.read() as reader:
        mine = (Message.to_number == phone) & (Message.purpose == "answer")
        return list(reader.scalars(select(Message.text).where(mine).order_by(Message.id)))


def mark(officer):
    return re.findall(r'name="mark" value="([^"]+)"', officer.page)[0]


def write(officer, wish="estimate", audience="TOUS", text="Pesée lundi 30/11 à 7h au quai", **more):
    officer.get(PATH)
    return officer.send(PATH, do=wish, audience=audience, text=text, mark=mark(officer), **more)


def coded(officer, database, **draft):
    """Have an estimate made, and return its path and the code that came by SMS."""
    answer = write(officer, "code", **draft)
    return answer.request.path, re.search(r"OUI (\d+)", answers(database, officer.phone)[-1])[1]


def test_pressing_estimate_counts_and_shows_and_writes_nothing(officer, database):
    fatou = inside(officer, SECRETARY)
    write(fatou)
    page = plain(fatou.page)
    assert "tous, CPS1 : numéros joints." in page
    assert "CPS Joal: Pesée lundi 30/11 à 7h au quai" in page
    assert "80 F 1 SMS chacun, à 20 F." in page
    assert estimates(database) == []
    assert answers(database) == []


def test_both_prices_are_told_with_what_makes_the_dear_one(officer):
    fatou = inside(officer, SECRETARY)
    write(fatou, text=f"L’assemblée aura lieu {'x' * 140}")
    page = plain(fatou.page)
    assert "Simple (GSM-7) : part ainsi 2 160 F Comme tapé (UCS-2) 3 240 F" in page
    assert "Signes qui coûtent : apostrophe courbe." in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"audience": "PECHEURS"}, 'public "PECHEURS" inconnu. Vouliez-vous PECHE'),
        ({"audience": "CPS9"}, "Vouliez-vous"),
        ({"text": " "}, "Écrivez à qui"),
        ({"when": "2026-11-20T07:00"}, "cette heure est passée"),
        ({"when": "demain"}, "L'heure n'est pas comprise"),
        ({"when": "2026-11-25T07:00", "urgent": "1"}, "laissez l'heure vide"),
        ({"text": "x" * 999}, "texte trop long"),
        ({"text": "🐟" * 80}, "trop long avec"),
        ({"audience": "TOUS+AUDITEURS"}, "personne à joindre"),
    ],
)
@pytest.mark.parametrize("wish", ["estimate", "code"])
def test_what_cannot_leave_is_said_and_the_form_stays(officer, database, fields, says, wish):
    fatou = inside(officer, SECRETARY)
    assert write(fatou, wish, **fields).status_code == 400
    assert says in plain(fatou.page).replace("&#34;", '"')
    assert "{" not in plain(fatou.page)
    assert estimates(database) == []
    assert answers(database) == []


def test_the_code_goes_to_the_telephone_and_never_to_the_page(officer, database):
    fatou = inside(officer, SECRETARY)
    _, code = coded(fatou, database)
    [sms] = answers(database)
    assert sms.startswith("Console: tous, CPS1: 4 numéros")
    assert "CPS Joal: Pesée lundi 30/11" in sms
    assert code not in plain(fatou.page)
    assert [state for state, _ in estimates(database)] == ["estimated"]


def test_the_code_orders_it_once_and_the_report_follows(officer, database, clock):
    fatou = inside(officer, SECRETARY)
    path, code = coded(fatou, database)
    fatou.send(f"{path}/confirm", code=code)
    assert "ordonné" in plain(fatou.page)
    assert "0 sur 4" in plain(fatou.page)
    fatou.send(f"{path}/confirm", code=code)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).where(Message.cause == "broadcast:1")) == 4
        move(session, (Message.cause == "broadcast:1") & (Message.to_number == sample_cooperative.AWA), "delivered", now=clock())
        rest = (Message.cause == "broadcast:1") & (Message.to_number == sample_cooperative.SHARED)
        move(session, rest, "failed", now=clock(), reason="NotNetworkSubscriber")
    fatou.get(path)
    assert "2 sur 4 partis, dont 1 reçu" in plain(fatou.page)
    assert rows(fatou.page, "reasons") == ["Échec numéro qui n&#39;existe plus 1"]
    assert [state for state, _ in estimates(database)] == ["sending"]


def test_the_code_may_be_answered_by_sms_all_the_same(officer, database, clock):
    fatou = inside(officer, SECRETARY)
    path, code = coded(fatou, database)
    with database.transaction() as session:
        holders = who_holds(session.connection(), SECRETARY)
        about = (code, "sms:1", clock(), clock(), f"OUI {code}", fatou.client.application.extensions["console"][4], TERMS)
        assert "envoi 1: 4 numéros" in (answer("OUI", Command(session, SECRETARY, "OUI", holders, *about)) or "")
    fatou.get(path)
    assert "0 sur 4" in plain(fatou.page)


def test_wrong_codes_count_as_by_sms_and_end_the_word(officer, database):
    fatou = inside(officer, SECRETARY)
    path, code = coded(fatou, database)
    wrong = "0000" if code != "0000" else "1111"
    for _ in range(4):
        assert fatou.send(f"{path}/confirm", code=wrong).status_code == 400
        assert "pas celui de ce devis" in plain(fatou.page)
    fatou.send(f"{path}/confirm", code=wrong)
    assert "trop de codes faux" in plain(fatou.page)
    fatou.send(f"{path}/confirm", code=code)
    assert "trop de codes faux" in plain(fatou.page)
    assert [state for state, _ in estimates(database)] == ["estimated"]
    write(fatou, "code", text="Autre texte")
    assert "sous votre code secret" in plain(fatou.page)
    assert not re.search(r"OUI \d", answers(database)[-1])


def test_after_fifteen_minutes_the_code_opens_nothing(officer, database, clock):
    fatou = inside(officer, SECRETARY)
    path, code = coded(fatou, database)
    clock.forward(minutes=15)
    fatou.send(f"{path}/confirm", code=code)
    assert "plus de 15 minutes" in plain(fatou.page)
    fatou.get("/broadcasts/new?again=1")
    assert "Pesée lundi 30/11" in fatou.page
    assert [state for state, _ in estimates(database)] == ["estimated"]


def test_the_same_form_sent_twice_is_one_estimate_and_one_sms(officer, database):
    fatou = inside(officer, SECRETARY)
    fatou.get(PATH)
    draft = {"do": "code", "audience": "TOUS", "text": "Pesée lundi", "mark": mark(fatou)}
    first = fatou.send(PATH, **draft).request.path
    assert fatou.send(PATH, **draft).request.path == first
    assert len(answers(database)) == 1
    assert len(estimates(database)) == 1


def test_a_number_that_has_just_changed_confirms_nothing(officer, database, clock):
    fatou = inside(officer, SECRETARY)
    path, code = coded(fatou, database)
    with database.transaction() as session:
        session.execute(update(Number).where(Number.phone == SECRETARY).values(registered_at=clock()))
    assert fatou.send(f"{path}/confirm", code=code).status_code == 400
    assert "moins de 72 heures" in plain(fatou.page)


def test_the_code_of_another_estimate_is_no_miss_and_sends_nothing(officer, database):
    fatou = inside(officer, SECRETARY)
    first, code = coded(fatou, database, text="Un texte")
    second, _ = coded(fatou, database, text="Un autre")
    for _ in range(6):
        fatou.send(f"{second}/confirm", code=code)
        assert "pas celui de ce devis" in plain(fatou.page)
    fatou.send(f"{first}/confirm", code=code)
    assert [state for state, _ in estimates(database)] == ["sending", "estimated"]


def test_nobody_else_sees_or_confirms_an_estimate(officer, database):
    fatou = inside(officer, SECRETARY)
    path, code = coded(fatou, database)
    president = inside(officer, sample_declarations.PRESIDENT)
    assert president.get(path).status_code == 403
    president.get()
    assert president.send(f"{path}/confirm", code=code).status_code == 403
    assert "Pesée" not in president.page
    assert [state for state, _ in estimates(database)] == ["estimated"]


def test_a_number_that_has_had_its_answers_of_the_day_gets_no_more_and_confirms_by_pin(officer, database, clock):
    fatou = inside(officer, SECRETARY)
    with database.transaction() as session:
        allowances.spend(session, SECRETARY, clock().date(), allowance.OFFICER)
    write(fatou, "code")
    assert answers(database) == []
    assert "sous votre code secret" in plain(fatou.page)


def test_a_text_is_kept_for_the_scope_and_taken_again(officer, database):
    fatou = inside(officer, SECRETARY)
    write(fatou, "keep", name="Pesée")
    assert rows(fatou.page, "templates") == ["Pesée TOUS Pesée lundi 30/11 à 7h au quai Retirer le modèle Pesée Oui, retirer"]
    assert write(fatou, "keep", name="Pesée", text="Pesée mardi").status_code == 400
    assert "est maintenant : TOUS, « Pesée lundi 30/11 à 7h au quai ». Rien n'est gardé" in plain(fatou.page)
    fatou.get("/broadcasts/new?template=1")
    kept = re.findall(r'name="kept" value="([^"]+)"', fatou.page)[0]
    write(fatou, "keep", name="Pesée", text="Pesée mardi", kept=kept)
    president, federation = inside(officer, sample_declarations.PRESIDENT), inside(officer, sample_declarations.ADMINISTRATOR)
    president.get("/broadcasts/new?template=1")
    assert "Pesée mardi" in president.page
    federation.get("/broadcasts")
    assert "Aucun modèle" in federation.page
    federation.get("/broadcasts/new?template=1")
    assert "Pesée mardi" not in federation.page
    assert write(fatou, "keep", name=" ").status_code == 400
    fatou.get("/broadcasts")
    fatou.send("/broadcasts/templates/1/drop")
    with database.read() as reader:
        assert reader.scalar(select(func.count(BroadcastTemplate.id))) == 0


def test_who_may_only_read_sees_reports_and_writes_nothing(officer, database):
    with database.transaction() as session:
        session.execute(update(sample_declarations.Role).where(sample_declarations.Role.person_id == 102).values(role="auditor"))
    fatou = inside(officer, SECRETARY)
    path, code = coded(fatou, database)
    fatou.send(f"{path}/confirm", code=code)
    auditor = inside(officer, sample_declarations.PRESIDENT)
    auditor.get("/broadcasts")
    assert "Écrire une diffusion" not in auditor.page
    assert auditor.get(path).status_code == 200
    assert "Oui, arrêter" not in auditor.page
    assert auditor.get(PATH).status_code == 403
    auditor.get()
    assert auditor.send(PATH, do="code", audience="TOUS", text="Bonjour").status_code == 403
