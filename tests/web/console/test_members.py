"""Members are found, and their files read as they read their own account; who looks is written down."""

import re

import pytest
from sqlalchemy import select, update

from app.coop.contests.services import open_contest
from app.coop.members import looks
from app.coop.members.models import FileLook
from app.coop.offices import audit
from app.coop.offices.models import Role
from app.sms import outbox
from menus.statement import BALANCES
from tests import incoming_sms, sample_cooperative, sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.web.console.test_pages import inside, rows


def words(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_member_is_found_and_the_file_opened(officer):
    fatou = inside(officer, sample_declarations.SECRETARY)
    fatou.get("/members?q=aoua+1")
    assert rows(fatou.page, "members") == ["Awa 1 C00001 CPS1 actif"]
    fatou.get(re.findall(r'href="(/members/\d+)"', fatou.page)[0])
    assert "Carte C00001, CPS Joal (CPS1), actif." in words(fatou.page)
    assert "770000012" in words(fatou.page)


@pytest.mark.parametrize("typed", ["77 000 00 12", "C00001", "carte 1"])
def test_a_number_and_a_card_find_too(officer, typed):
    fatou = inside(officer, sample_declarations.SECRETARY)
    fatou.get(f"/members?q={typed.replace(' ', '+')}")
    assert rows(fatou.page, "members") == ["Awa 1 C00001 CPS1 actif"]


def test_nobody_found_says_so_and_the_federation_lists_nobody_unasked(officer):
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/members?q=personne")
    assert "Personne de ce nom, de ce numéro ou de cette carte." in federation.page
    federation.get("/members")
    assert 'id="members"' not in federation.page
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/members")
    assert len(rows(secretary.page, "members")) == 8


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%F0%9F%90%9F",
        "q=" + "a" * 500,
        "q=ndiaye&key=%27&after=x",
        "after=-1",
        "q=a&key=%00&after=1",
        "after=" + "9" * 40,
    ],
)
def test_what_is_no_search_is_a_page(officer, query):
    secretary = inside(officer, sample_declarations.SECRETARY)
    assert secretary.get(f"/members?{query}").status_code == 200


def test_the_account_stands_as_the_member_reads_it(officer, database):
    [member] = sample_declarations.women(database, 1)
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get(f"/members/{member}")
    said = words(secretary.page)
    assert f"{BALANCES['advance']} 10 000 F" in said
    assert rows(secretary.page, "movements") == ["26/08/2026 Avance prise +10 000 F Vous devez"]


def test_a_number_is_masked_where_the_office_may_not_call_it(officer, database):
    with database.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 102).values(role="auditor"))
    auditor = inside(officer, sample_declarations.PRESIDENT)
    auditor.get("/members/1")
    assert "770000012" not in auditor.page
    assert "•• ••• •• 12" in auditor.page
    assert "Votre charge ne lit pas les SMS des membres." in auditor.page


def test_messages_are_hers_alone_and_without_codes(officer, database, clock):
    with database.transaction() as session:
        for person, text, purpose, to in (
            (1, "Jappoo: 246813 est le code pour ouvrir.", "code", sample_cooperative.AWA),
            (1, "Jappoo: commande notée. Code de retrait 4821, à Mbour", "receipt", sample_cooperative.AWA),
            (2, "Jappoo: pour la deuxième", "receipt", sample_cooperative.SHARED),
            (3, "Jappoo: pour la troisième", "receipt", sample_cooperative.SHARED),
        ):
            outbox.put(session, to=to, text=text, purpose=purpose, cause=text, now=clock(), person_id=person)
        incoming_sms.letter(session, "Kan la mareyeur bi di ñëw ?", sample_cooperative.AWA, clock())
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/members/1")
    said = words(secretary.page)
    assert "246813" not in said
    assert "Code de retrait ****" in said
    assert "mareyeur" in said
    secretary.get("/members/2")
    assert "pour la deuxième" in secretary.page
    assert "pour la troisième" not in secretary.page


def test_a_delivery_opens_on_its_lines_and_contests_and_acts_stand_in_the_file(officer, database, clock):
    sample_declarations.treasurer(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 1), clock())
    with database.transaction() as session:
        made = open_contest(session, own(201, "contest", clock()), "weighing", 1)
        office = sample_declarations.CLERK
        audit.note(session, by(office, "noted", clock()), "number noted", "member:201", audit.Of(201, 1))
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/members/201")
    said = words(secretary.page)
    assert "Livraison Thiof 12,5 kg x 1 000 = 12 500 Solidarité -250" in said
    assert f"{made.number} Pesée, réf" in said
    assert "numéro noté" in said
    assert [row for row in rows(secretary.page, "acts") if row.startswith("24/11 à 10:00 Responsable 101, secrétariat")]


def test_who_looks_is_written_down_once_a_while(officer, database, clock):
    fatou, federation = inside(officer, sample_declarations.SECRETARY), inside(officer, sample_declarations.ADMINISTRATOR)
    for _ in range(3):
        fatou.get("/members/1")
        clock.forward(minutes=4)
    federation.get("/members/1")
    assert rows(federation.page, "looks") == [
        "24/11 à 10:12 Responsable 103, fédération",
        "24/11 à 10:00 Responsable 101, secrétariat",
    ]
    clock.forward(minutes=20)
    fatou.get("/members/1")
    with database.read() as reader:
        kept = reader.execute(select(FileLook.person_id, FileLook.role, FileLook.member_id).order_by(FileLook.id)).all()
    assert kept == [(101, "secretary", 1), (103, "administrator", 1), (101, "secretary", 1)]
    assert looks.SAME_LOOK.total_seconds() == 600
