"""`/t/<code>`: what a buyer scans."""

import time
from decimal import Decimal

import redis

from app import create_app
from app.coop.boutiques import sales
from app.coop.chain.story import story_of
from app.coop.rights import Office
from app.web.lot_page import Pace
from config.redis import connect
from config.settings import load
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


def test_an_address_that_asks_too_fast_waits_whichever_process_it_asks(environment):
    valkey = redis.Redis.from_url(environment["REDIS_URL"])
    one, other = Pace(valkey), Pace(valkey)
    address = f"192.0.2.{time.time_ns()}"
    assert [pace.allows(address, 5.0) for pace in (one, other) * 6] == [True] * 10 + [False] * 2
    assert other.allows(f"{address}b", 5.2)
    assert one.allows(address, 6.0)
    assert 0 < valkey.ttl(f"lot:pace:{address}:5") <= 2


def test_while_redis_is_away_each_process_counts_for_itself():
    pace = Pace(connect("redis://127.0.0.1:1"))
    assert [pace.allows("a", 5.0 + at / 100) for at in range(12)] == [True] * 10 + [False] * 2
    assert pace.allows("b", 5.2)
    assert pace.allows("a", 6.0)


def test_the_eleventh_page_of_a_second_is_to_wait(environment, app, clock):
    del app
    stopped = create_app(load(environment, dotenv=None), clock)
    with stopped.test_client() as client:
        assert [client.get("/t/L12").status_code for _ in range(12)] == [404] * 10 + [429] * 2
    stopped.extensions["jappoo"]["database"].dispose()
