"""`jappoo lot|offer|equipment|technique|idea`: what an operator does and reads, on a seeded database."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.coop.demo.seed import Plan, seed
from app.coop.lots.models import Lot
from app.coop.verify import verify
from tests.pdf import pages
from tests.sample_cooperative import KEY, PEPPERS


@pytest.fixture
def seeded(sqlite_database, monkeypatch):
    seed(sqlite_database, Plan(12, None, PEPPERS, KEY, datetime.now(UTC)))
    monkeypatch.setenv("PUBLIC_URL", "https://jappoo.example/")
    return sqlite_database


@pytest.fixture
def said(seeded, run):
    """Run a command and give what it printed; it must end well unless told so."""
    del seeded

    def said(*words, code=0):
        done = run(*words)
        assert done.code == code, done
        return done.out if code == 0 else done.err

    return said


def test_each_prints_json(said):
    [idea] = json.loads(said("idea", "list", "--json"))
    [machine] = json.loads(said("equipment", "list", "--json"))
    offers = json.loads(said("offer", "list", "--json"))
    [lot] = json.loads(said("lot", "list", "--json"))
    assert (idea["id"], machine["name"], offers[0]["name"], lot["offered"]) == (1, "Séchoir", "Keccax en sachet", "40")
    assert len(json.loads(said("technique", "list", "--json"))) == 2
    assert json.loads(said("technique", "show", "1", "--json"))["yield_low"] == 30
    assert json.loads(said("equipment", "show", "1", "--json"))["free"]
    assert json.loads(said("idea", "show", "1", "--json"))["by_pin"] == 4
    shown = json.loads(said("lot", "show", lot["code"], "--forward", "--json"))
    assert shown["earned"]["price"] == 30_000
    assert len(shown["concerned"]) == 4
    assert "tonnes_in" in said("report", "kpi", "--definitions")


def test_a_lot_goes_its_way_by_commands(seeded, said):
    code = re.search(r"L\d{9}", said("lot", "buy", "CPS1", "Yeet", "100", "--source", "Joal", "--cost", "90000"))[0]
    part = re.search(r"L\d{9}", said("lot", "split", code, "40,5", "--place", "Saly"))[0]
    assert "free in that lot" in said("lot", "split", code, "60", code=1)
    assert "no delivery of that product" in said("lot", "collect", "CPS1", "Yeet", "--day", "2020-01-31", code=1)
    assert "difference -0.5" in said("lot", "count", part, "40", "--reason", "pesé")
    whole = re.search(r"L\d{9}", said("lot", "merge", code, part))[0]
    assert "--sure" in said("lot", "run", "1", "--in", whole, "99,5", "--out", "Gejj", "90", code=1)
    made = said("lot", "run", "1", "--in", whole, "99,5", "--out", "Gejj", "38", "--best-before", "2030-01-31", "--cost", "4000")
    assert "loss 61.5 kg" in made
    gejj = re.search(r"L\d{9}", made)[0]
    said("lot", "move", gejj, "Boutique Saly")
    assert "offer 3: Gejj" in said("offer", "add", gejj, "20", "3500")
    assert "offer 3: 3 000 F" in said("offer", "price", "3", "3000")
    assert "20 are the lot's own" in said("offer", "end", "3")
    assert "38" in said("lot", "expire", gejj)
    assert "no lot's code" in said("lot", "expire", "L123456789", code=1)
    with seeded.read() as reader:
        assert verify(reader).wrong == ()


def test_a_label_has_the_code_of_its_page_unless_the_lot_is_private(seeded, said, tmp_path):
    with seeded.read() as reader:
        code = reader.scalar(select(Lot.code).where(Lot.id == 2))
    label = tmp_path / "label.svg"
    said("lot", "label", code, "--out", str(label))
    assert f"jappoo.example/t/{code}" in label.read_text()
    assert "<path" in label.read_text()
    assert "<path" not in said("lot", "label", code, "--private")
    assert "<path" in said("lot", "label", code, "--public")
    sheet = tmp_path / "labels.pdf"
    said("lot", "label", code, "--output", str(sheet), "--count", "12")
    assert [page.count(code) for page in pages(sheet.read_bytes())] == [10, 2]


def test_a_recall_is_tried_before_it_is_told(seeded, said):
    with seeded.read() as reader:
        code = reader.scalar(select(Lot.code).where(Lot.id == 1))
    assert "3 numbers would be told" in said("lot", "recall", code, "Ne mangez pas ce lot.", "--dry-run")
    assert "3 numbers told" in said("lot", "recall", code, "Ne mangez pas ce lot.")


def test_what_is_added_is_there_and_what_is_wrong_is_one_line(said):
    assert "equipment 2: Broyeur" in said("equipment", "add", "CPS1", "Broyeur", "--place", "Joal", "--fee", "500", "--approval")
    assert "lent to CPS1" not in said("equipment", "lend", "2", "CPS1", code=1)
    assert "technique 3: Gejj" in said("technique", "add", "Gejj", "Ouvrir, saler, presser, sécher.", "--filiere", "TRANSFO")
    assert "below" not in said("technique", "add", "Gejj", "Ouvrir, saler, presser.", "--filiere", "TRANSFO", code=1)
    assert "idea 2" in said("idea", "add", "Secher les mangues", "--card", "C0000004")
    assert "a round is open" in said("idea", "round", code=1)
    assert "au-dessus de 0" in said("lot", "measure", "Keccax", "sachet", "0", code=1)
    assert "au-dessus de 0" in said("lot", "measure", "Keccax", "sachet", "--", "-1", code=1)
    assert "quelques mots" in said("idea", "add", "😀", "--card", "C0000004", code=1)
    assert "too large" in said("offer", "show", "9" * 25, code=1)
    assert "too large" in said("lot", "collect", "CPS1", "Thiof", "--day", "9999-12-31", code=1)
    assert "there already" in said("equipment", "add", "CPS1", "Broyeur", "--place", "Joal", code=1)
    salt = re.search(r"L\d{9}", said("lot", "buy", "CPS1", "Mil", "10", "--source", "Fissel"))[0]
    assert "Il sort plus" in said("lot", "run", "1", "--in", salt, "10", "--out", "Gejj", "11", "--sure", code=1)
    assert "best before" in said("lot", "keep", salt, "30")
    assert "thrown away: 10" in said("lot", "expire", salt)
    assert "only 0 are free" in said("lot", "split", salt, "1", code=1)
    for unclear in ("1e30", "1,0005", "NaN"):
        assert "no quantity" in said("lot", "buy", "CPS1", "Mil", unclear, "--source", "Fissel", code=2)
    assert "1000 g" in said("lot", "measure", "Mil", "kg", "500", code=1)
    offered = json.loads(said("lot", "list", "--json"))[-1]["code"]
    assert "en vente" in said("lot", "keep", offered, "30", code=1)
