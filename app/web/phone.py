"""The phone page (demo and test only): a basic phone in the browser, whose network is the simulator."""

from typing import Any

import requests
from flask import Blueprint, Response, abort, jsonify, render_template, request

READY = (
    ("+221770000001", "PIN 2468", "Secrétariat de CPS1, et membre"),
    ("+221770000002", "PIN 2468", "Trésorerie de CPS1, et membre"),
    ("+221770000003", "PIN 2468", "Présidence de CPS1, et membre"),
    ("+221770000012", "PIN 2468", "Membre de CPS1"),
    ("+221760000001", "PIN 1357 ou 8642", "Téléphone partagé : place 1 ou 2, puis le PIN"),
    ("+221760000002", "Activation 482190", "Pas encore activé"),
    ("+221780000001", "PIN 2468", "Administrateur : le code de la console arrive ici"),
    ("+221775550000", "", "Inconnu de la coopérative"),
)
"""The demo's numbers, as `jappoo seed` makes them."""

SECONDS = 15


def phone_blueprint(simulator: str, code: str) -> Blueprint:
    """Serve `/phone` and pass its calls on to the simulator, so that the browser needs one address only."""
    routes = Blueprint(
        "phone", __name__, url_prefix="/phone", template_folder="templates", static_folder="static/phone", static_url_path="/static"
    )
    http = requests.Session()
    http.trust_env = False

    @routes.get("")
    def page() -> Response:
        answer = Response(render_template("phone.html", ready=READY, code=code))
        answer.headers["Content-Security-Policy"] = (
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        return answer

    @routes.post("/<number>/<any(dial, entries, hangup, sms):act>")
    def act(number: str, act: str) -> tuple[Response, int]:
        return _passed(
            lambda: http.post(f"{simulator}/handsets/{number}/{act}", json=request.get_json(silent=True) or {}, timeout=SECONDS)
        )

    @routes.get("/<number>/messages")
    def messages(number: str) -> tuple[Response, int]:
        return _passed(lambda: http.get(f"{simulator}/messages", params={"to": number}, timeout=SECONDS))

    # What is named in the address goes into an address of the simulator's.
    @routes.before_request
    def only_numbers() -> None:
        number = (request.view_args or {}).get("number", "+")
        if not (number.startswith("+") and (number == "+" or (number.isascii() and number[1:].isdigit()))):
            abort(404)

    return routes


def _passed(ask: Any) -> tuple[Response, int]:
    try:
        answer = ask()
        return jsonify(answer.json()), answer.status_code
    except (requests.RequestException, ValueError):
        return jsonify({"error": "Le réseau ne répond pas."}), 502
