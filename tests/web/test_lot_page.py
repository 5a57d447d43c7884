"""`/t/<code>`: what a buyer scans."""

from decimal import Decimal

from app.coop.boutiques import sales
from app.coop.chain.story import story_of
from app.coop.rights import Office
from app.web.lot_page import Pace
from tests import sample_boutiques, sample_declarations
from tests.acts import by


def test_a_public_lot_is_told_and_any_other_code_looks_alike(client, database, clock):
    sample_declarations.appoint(database)
    sample_declarations.treasurer(database)
    offer, code = sample_boutiques.jars(database, clock())
    with database.transaction() as session:
        sales.sell(session, by(Office(104, "treasurer", 1), "sell", clock()), offer, Decimal(10))
    page = client.get(f"/t/{code}")
    words = page.get_data(as_text=True)
    assert page.status_code == 200
    for said in (code, "Livraison: 100 kg de Thiof", "Transformation (Keccax braisé)", "Productrices et producteurs", "%"):
        assert said in words
    assert "Femme" not in words
    assert "script" not in words
    with database.transaction() as session:
        session.execute(sample_boutiques.stock.Lot.__table__.update().values(public=False))
    others = [client.get(f"/t/{typed}") for typed in (code, "L000000000", "L12", "x" * 300)]
    assert {(one.status_code, one.get_data()) for one in others} == {(404, others[0].get_data())}
    with database.read() as reader:
        assert story_of(reader, code) is None


def test_an_address_that_asks_too_fast_waits_and_others_do_not():
    pace = Pace(10)
    assert [pace.allows("a", 5.0 + at / 100) for at in range(12)] == [True] * 10 + [False] * 2
    assert pace.allows("b", 5.2)
    assert pace.allows("a", 6.0)
