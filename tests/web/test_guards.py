"""Every route has a guard: the gateway's token, the console's session, or a reason to be open."""

import pytest

from app import create_app
from config.settings import load

OPEN = {
    "health.live": "says only that the process answers",
    "health.ready": "says only what is up",
    "health.metrics": "asks for the machine or a token by itself (test_health)",
    "sign_in.number": "the way in",
    "sign_in.send_code": "the way in: a form token, a code to the officer's own telephone",
    "sign_in.code": "the way in",
    "sign_in.check": "the way in: a form token, then the code",
    "sign_in.second": "the way in: shows a number to who typed the code",
    "sign_in.come_in": "the way in: a form token, then what was confirmed on the telephone, or an authenticator's code",
    "console.static": "style and icon",
    "lot.page": "a public lot's way, by its code; unknown and private ones look alike",
    "static": "nothing is in it",
}
DEMO_ONLY = "phone."


@pytest.fixture
def routes(app):
    """Give each route's endpoint, a method that it takes, and an address with something for each argument."""
    adapter = app.url_map.bind("localhost")
    guarded = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OPEN and not rule.endpoint.startswith(DEMO_ONLY)]
    return [
        (rule, method, adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"), method))
        for rule in guarded
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def test_every_route_that_isnt_open_refuses_a_stranger(client, routes):
    for rule, method, path in routes:
        answer = client.open(path, method=method, data={"text": "1"})
        if "token" in rule.arguments:
            assert answer.status_code == 404, path
        else:
            assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in"), path


def test_every_reason_is_still_needed(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= set(OPEN)


def test_a_dialect_that_is_not_named_is_not_served(environment):
    app = create_app(load(environment | {"USSD_DIALECTS": "africastalking"}, dotenv=None))
    answer = app.test_client().post("/hubtel/demo/ussd", json={})
    assert answer.status_code == 404
    app.extensions["jappoo"]["database"].dispose()


def test_the_token_before_is_taken_while_it_is_named(environment):
    tokens = {"CALLBACK_TOKEN": "new-token-of-today", "CALLBACK_TOKEN_OLD": "demo"}
    app = create_app(load(environment | tokens, dotenv=None))
    client = app.test_client()
    asked = {
        token: client.post(f"/at/{token}/ussd/events", content_length=0).status_code
        for token in ("new-token-of-today", "demo", "other")
    }
    assert asked == {"new-token-of-today": 200, "demo": 200, "other": 404}
    app.extensions["jappoo"]["database"].dispose()
