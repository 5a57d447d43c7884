"""The simulator's HTTP side."""

from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request

from app.gateways.simulator.faults import FAULTS, Faults
from app.gateways.simulator.handsets import Handsets
from app.gateways.simulator.inboxes import Inboxes
from app.gateways.simulator.provider import Provider


def create_simulator(
    service: str, token: str, *, code: str, short_code: str, folder: Path | None, again_seconds: float = 60.0
) -> Flask:
    """Return the simulator for a service at `service`, whose callbacks' token is `token`."""
    app = Flask("simulator")
    faults, inboxes = Faults(), Inboxes(folder)
    handsets = Handsets(service, token, faults)
    provider = Provider(service, token, faults, inboxes, again_seconds=again_seconds)

    @app.post("/version1/messaging")
    def send() -> Response:
        body, status, kind = provider.send(request.form.to_dict())
        return Response(body, status=status, content_type=kind)

    @app.get("/messages")
    def messages() -> Response:
        number = request.args.get("to")
        # A plus that isn't quoted in an address is read as a blank.
        return jsonify(inboxes.to(f"+{number.strip()}" if number and not number.strip().startswith("+") else number))

    @app.get("/faults")
    def names() -> Response:
        return jsonify(list(FAULTS))

    @app.post("/faults")
    def arm() -> tuple[Response, int]:
        asked = request.get_json(silent=True)
        if not isinstance(asked, dict):
            return jsonify({"error": "not a JSON object"}), 400
        if not asked:
            faults.clear()
            return jsonify({"armed": {}}), 200
        try:
            faults.arm(str(asked.get("fault")), int(asked.get("times", 1)), asked.get("to"))
        except (KeyError, TypeError, ValueError):
            return jsonify({"error": f"no such fault: {asked.get('fault')}"}), 400
        return jsonify({"armed": faults.armed()}), 200

    @app.get("/handsets/<number>")
    def handset(number: str) -> Response:
        return jsonify({"number": number, "open": handsets.live(number), "messages": inboxes.to(number)})

    @app.post("/handsets/<number>/dial")
    def dial(number: str) -> Response:
        asked: dict[str, Any] = request.get_json(silent=True) or {}
        dialect, network = str(asked.get("dialect", "africastalking")), str(asked.get("network", "60801"))
        string, where = str(asked.get("string") or code), str(asked.get("subcode", "text"))
        return jsonify(handsets.dial(number, code, string, dialect, network, where))

    @app.post("/handsets/<number>/entries")
    def enter(number: str) -> tuple[Response, int]:
        del number
        asked: dict[str, Any] = request.get_json(silent=True) or {}
        try:
            return jsonify(handsets.enter(str(asked.get("session")), str(asked.get("text", "")))), 200
        except KeyError:
            return jsonify({"error": "the session is over"}), 404

    @app.post("/handsets/<number>/hangup")
    def hang_up(number: str) -> Response:
        del number
        handsets.hang_up(str((request.get_json(silent=True) or {}).get("session")))
        return jsonify({})

    @app.post("/handsets/<number>/sms")
    def sms(number: str) -> Response:
        asked: dict[str, Any] = request.get_json(silent=True) or {}
        return jsonify({"id": provider.bring(number, short_code, str(asked.get("text", "")))})

    return app
