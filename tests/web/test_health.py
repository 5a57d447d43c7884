"""Alive, ready, measured; never a trace."""

import pytest

from tests.servers import Server


def test_live_and_ready_name_their_dependencies(client):
    assert client.get("/health/live").status_code == 200
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.get_json()) == (200, {"database": "up", "redis": "up"})


def test_without_redis_it_is_ready_and_says_so(client, valkey: Server):
    valkey.kill()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.get_json()["redis"]) == (200, "down")


def test_metrics_are_for_this_machine(client):
    assert b"jappoo_messages" in client.get("/metrics").data
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.1"}).status_code == 404


@pytest.mark.parametrize("path", ["/nothing", "/t/unknown/", "/at/demo/ussd"])
def test_what_isnt_there_is_one_line(client, path):
    answer = client.get(path)
    assert answer.status_code in (404, 405)
    assert answer.data.count(b"\n") == 1
