"""Lots at the console: their stock, their way drawn with a table behind it, whom a recall concerns."""

import re
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.coop.boutiques import sales
from app.coop.chain.earnings import earned
from app.coop.chain.family import family_of
from app.coop.lots.models import Lot
from app.coop.offices.models import OfficerAct
from app.web.console.lot_diagram import draw
from tests import sample_boutiques, sample_declarations
from tests.acts import by
from tests.web.console.test_broadcasts import plain
from tests.web.console.test_pages import inside, rows

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def chain(database, app, clock):  # noqa: ARG001 - it makes the village
    """Give CPS1 a lot of eight deliveries, transformed into sachets of which five are sold; return the ids of both lots."""
    offer, code = sample_boutiques.jars(database, clock())
    with database.transaction() as session:
        sales.sell(session, by(sample_declarations.CLERK, "sold", clock()), offer, Decimal(5))
        made = session.scalars(select(Lot.id).where(Lot.code == code)).one()
        return session.scalars(select(Lot.id).where(Lot.id != made)).one(), made


def test_the_stock_leaves_out_what_is_used_up_unless_asked(officer, chain):
    fatou = inside(officer, sample_declarations.SECRETARY)
    fatou.get("/lots")
    assert [row.split()[1:3] for row in rows(fatou.page, "lots")] == [["Keccax", "sachet"]]
    fatou.get("/lots?all=1")
    assert len(rows(fatou.page, "lots")) == 2
    del chain


def test_the_way_is_drawn_with_two_titles_and_a_table_that_says_the_same(officer, chain):
    fatou = inside(officer, sample_declarations.SECRETARY)
    fatou.get(f"/lots/{chain[1]}")
    drawing = ET.fromstring(re.search(r"<svg.*?</svg>", fatou.page, re.DOTALL)[0])  # noqa: S314 - our own page
    assert drawing.find(f"{SVG}title").text == "152 sachets de Keccax sachet : 1 livraison, 1 transformation ; vendu à 3 %"
    assert "la flèche va de ce qui est pris" in drawing.find(f"{SVG}desc").text
    assert (len(drawing.findall(f".//{SVG}rect")), len(drawing.findall(f"{SVG}line"))) == (2, 1)
    assert not [one for one in drawing.iter() if "style" in one.attrib]
    assert {one.get("stroke") for one in drawing.iter() if one.get("stroke")} == {"currentColor"}
    table = re.search(r'<table role="table" aria-label="Les lots du chemin">.*?</table>', fatou.page, re.DOTALL)[0]
    assert table.count("<tr") == 3
    assert "(ce lot)" in table
    assert "Livraison: 100 kg de Thiof, par 8 producteurs et productrices" in table


def test_boxes_never_lie_upon_each_other_and_arrows_go_down(chain, database):
    with database.read() as reader:
        family = family_of(reader, reader.scalar(select(Lot.code).where(Lot.id == chain[0])))
    drawing = draw(family, earned(family))
    assert len({(box.x, box.y) for box in drawing.boxes}) == len(drawing.boxes) == 2
    assert all(arrow.to_y > arrow.y for arrow in drawing.arrows)
    assert drawing.headline.endswith("; un lot en est fait")


def test_whom_a_recall_concerns_is_listed_by_card_and_who_looked_is_noted(officer, chain, database):
    fatou = inside(officer, sample_declarations.SECRETARY)
    fatou.get(f"/lots/{chain[0]}")
    fatou.send(f"/lots/{chain[0]}/recall")
    found = rows(fatou.page, "people")
    assert len(found) == 9
    assert found[0].startswith("au comptoir (achat) -")
    assert found[1].startswith("C00201 (livraison) +221770000201")
    assert "Femme" not in plain(fatou.page)
    with database.read() as reader:
        noted = reader.execute(select(OfficerAct.act, OfficerAct.about).where(OfficerAct.channel == "web")).all()
    assert ("recall list read", f"lot:{chain[0]}") in noted
