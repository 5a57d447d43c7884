"""The phone in the browser and the one in the terminal, on a simulator whose service only echoes."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app.cli.phone import phone
from app.gateways.simulator.web import create_simulator
from app.web.phone import READY, phone_blueprint

NUMBER, CODE = "+221770000001", "*384*44135#"
STATIC = Path("app/web/static/phone")


def _service() -> Flask:
    app = Flask("service")

    @app.post("/at/secret/ussd")
    def hop() -> str:
        text = request.form["text"]
        return f"{'END Au revoir' if text.endswith('9') else 'CON Vous avez dit'} {text}"

    @app.post("/at/secret/<path:_>")
    def other(_: str) -> str:
        return ""

    return app


@pytest.fixture
def simulator() -> Iterator[str]:
    """Give the address of a simulator and a service behind it, both served."""
    servers = [make_server("127.0.0.1", 0, _service(), threaded=True)]
    service = f"http://127.0.0.1:{servers[0].server_port}"
    simulated = create_simulator(service, "secret", code=CODE, short_code="21512", folder=None)
    servers.append(make_server("127.0.0.1", 0, simulated, threaded=True))
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in servers]
    for thread in threads:
        thread.start()
    yield f"http://127.0.0.1:{servers[1].server_port}"
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


def _page(simulator: str) -> FlaskClient:
    app = Flask("web")
    app.register_blueprint(phone_blueprint(simulator, CODE))
    return app.test_client()


def test_the_page_shows_the_ready_numbers_and_runs_nothing_inline(simulator: str) -> None:
    answer = _page(simulator).get("/phone")
    html = answer.get_data(as_text=True)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert all(number in html for number, _, _ in READY)
    assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|<style", html)
    assert 'lang="fr"' in html


@pytest.mark.parametrize("file", ["phone.js", "phone.css", "icon.svg"])
def test_what_the_page_needs_is_served_beside_it(simulator: str, file: str) -> None:
    page = _page(simulator)
    assert f"/phone/static/{file}" in page.get("/phone").get_data(as_text=True)
    with page.get(f"/phone/static/{file}") as answer:
        assert answer.status_code == 200
    assert "innerHTML" not in (Path(__file__).parents[2] / STATIC / "phone.js").read_text()


def test_every_control_has_a_name_for_who_cannot_see(simulator: str) -> None:
    html = _page(simulator).get("/phone").get_data(as_text=True)
    for attributes, words in re.findall(r"<button([^>]*)>(.*?)</button>", html, re.DOTALL):
        assert "aria-label" in attributes or re.sub(r"<[^>]+>", "", words).strip()
    inputs = re.findall(r'<input id="(\w+)"', html)
    assert inputs
    assert all(f'for="{name}"' in html for name in inputs)
    assert 'aria-live="polite"' in html


def test_a_call_passes_through_to_the_network(simulator: str) -> None:
    page = _page(simulator)
    dialled = page.post(f"/phone/{NUMBER}/dial", json={"string": CODE}).get_json()
    said = page.post(f"/phone/{NUMBER}/entries", json={"session": dialled["session"], "text": "1"}).get_json()
    assert said["screen"] == "Vous avez dit 1"
    assert page.post(f"/phone/{NUMBER}/hangup", json={"session": dialled["session"]}).get_json() == {}
    assert page.get(f"/phone/{NUMBER}/messages").get_json() == []
    assert page.post(f"/phone/{NUMBER}/sms", json={"text": "AIDE"}).get_json()["id"]


@pytest.mark.parametrize("path", ["x/dial", "+22177a/dial", "..%2Ffaults/dial", f"{NUMBER}/faults", "+²²/dial"])
def test_nothing_else_passes(simulator: str, path: str) -> None:
    assert _page(simulator).post(f"/phone/{path}", json={}).status_code == 404


def test_a_network_that_is_down_is_said_in_french() -> None:
    answer = _page("http://127.0.0.1:1").post(f"/phone/{NUMBER}/dial", json={})
    assert (answer.status_code, answer.get_json()) == (502, {"error": "Le réseau ne répond pas."})


def test_the_terminal_phone_works_piped(simulator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAPPOO_ENV", "demo")
    monkeypatch.setenv("SIMULATOR_PORT", simulator.rsplit(":", 1)[1])
    done = CliRunner().invoke(phone, [NUMBER], input="\n1\n9\nlire\nsms AIDE\n*384*44135*2#\nfin\n")
    assert done.exit_code == 0, done.output
    for words in (
        "Vous avez dit",
        "Vous avez dit 1",
        "Au revoir 1*9",
        "Aucun SMS.",
        "SMS envoyé.",
        "Vous avez dit 2",
        "Raccroché.",
    ):
        assert words in done.output


def test_the_terminal_phone_says_in_one_line_that_there_is_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAPPOO_ENV", "demo")
    monkeypatch.setenv("SIMULATOR_PORT", "1")
    done = CliRunner().invoke(phone, [NUMBER], input="\n")
    assert done.exit_code == 1
    assert "no network" in done.output
