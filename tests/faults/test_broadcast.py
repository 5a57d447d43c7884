"""A broadcast whose worker, scheduler and Valkey die: everybody has it once, or is listed as *maybe sent*."""

from tests.faults.broadcast import run
from tests.faults.stack import House
from tests.servers import make_valkey


def test_each_recipient_has_it_once_or_is_listed(postgres_database, tmp_path, seed):
    house = House(tmp_path, postgres_database, make_valkey(tmp_path / "valkey"))
    house.valkey.start()
    try:
        figures = run(house, recipients=1_000, kills=3, every=1.2, rate=200, seed=seed)
    finally:
        house.end()
        house.valkey.kill()
    assert (figures["doubled"], figures["unknown losses"], figures["still waiting"]) == (0, 0, 0)
    assert figures["accepted"] + figures["maybe sent"] == 1_000
