"""Co-operatives are listed by pages for the federation, and each officer reads their own."""

from sqlalchemy import insert

from app.coop import foundation
from app.coop.cooperatives.models import Cooperative
from app.coop.offices import audit
from app.web.console import cooperative_file
from tests import sample_cooperative, sample_declarations
from tests.web.console.test_members import words
from tests.web.console.test_pages import inside, rows

PLACE = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}


def test_the_federation_lists_all_by_pages_and_finds_one(officer, database):
    many = range(2, cooperative_file.PAGE + 20)
    with database.transaction() as session:
        session.execute(insert(Cooperative), [{"id": n, "code": f"CPS{n}", "name": f"CPS Pêche {n}", **PLACE} for n in many])
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/cps")
    first = rows(federation.page, "cps")
    assert len(first) == cooperative_file.PAGE
    assert first[0].startswith("CPS1 CPS Joal Joal-Fadiouth, Pêche Responsable 101, secrétariat, 770000101")
    assert "5 actifs" in first[0]
    assert "1 pas encore activé" in first[0]
    federation.get(f"/cps?after={cooperative_file.PAGE}")
    assert len(rows(federation.page, "cps")) == 19
    federation.get("/cps?q=peche+17")
    assert [row.split(" Joal")[0] for row in rows(federation.page, "cps")] == ["CPS17 CPS Pêche 17"]
    federation.get("/members?cps=1")
    assert len(rows(federation.page, "members")) == 8


def test_an_officer_reads_their_own(officer, database, clock):
    with database.transaction() as session:
        foundation.change(session, "CPS1", "payment_threshold", 300_000, now=clock())
        given = {"code": "CPS1", "setting": "payment-threshold", "value": 300_000}
        audit.record_operator(session, "root", "host", "cooperative set", given, clock())
    own = inside(officer, sample_declarations.SECRETARY)
    own.get("/cps")
    assert "CPS1 CPS Joal" in own.page
    assert rows(own.page, "officers")[0] == "Responsable 101 Secrétariat 770000101 01/01/2026"
    assert rows(own.page, "products") == ["1 Thiof kg", "2 Yeet caisse", "3 Sardinelle caisse"]
    said = words(own.page)
    assert "seuil d&#39;accord sur un paiement (F) 300 000" in said
    assert "24/11 à 10:00 : seuil d&#39;accord sur un paiement (F), 300 000" in said


def test_members_of_another_are_not_listed_by_its_id(officer, database):
    with database.transaction() as session:
        session.execute(insert(Cooperative), [{"id": 2, "code": "CPS2", "name": "CPS Mbour", **PLACE}])
    own = inside(officer, sample_declarations.SECRETARY)
    own.get("/members?cps=2")
    assert len(rows(own.page, "members")) == 8
