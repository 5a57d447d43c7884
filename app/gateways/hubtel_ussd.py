"""Hubtel's USSD: JSON with the last entry only and its number in the session (`Sequence`, 1 for the dialling)."""

from typing import Any

import msgspec

from app.gateways.ussd import Dialled, Ended, Unreadable, dialled_parts, e164


class HubtelUssd:
    """Read its JSON; `Initiation` and `Response` are hops, `Release` and `Timeout` only tell that the session is over."""

    name = "hubtel"

    def __init__(self, code: str) -> None:
        self._code = code

    def read(self, body: bytes) -> Dialled | Ended:
        """Read a hop, or the end of a session."""
        asked = _fields(body)
        session, phone, kind, message = (_text(asked, name) for name in ("SessionId", "Mobile", "Type", "Message"))
        if not session or not phone:
            raise Unreadable("SessionId" if not session else "Mobile")
        if kind.lower() in ("release", "timeout"):
            return Ended(session[:80], kind)
        sequence = asked.get("Sequence")
        if not isinstance(sequence, int) or sequence < 1:
            raise Unreadable("Sequence")
        parts = dialled_parts(message, self._code) if sequence == 1 else (message,)
        return Dialled(session[:80], e164(phone), parts, turn=sequence - 1, network=_text(asked, "Operator")[:12])

    def write(self, text: str, more: bool, body: bytes) -> tuple[bytes, str]:
        """Return the text as `Response` (more) or `Release`."""
        del body
        return msgspec.json.encode({"Type": "Response" if more else "Release", "Message": text}), "application/json"


def _fields(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not a JSON object") from error


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    return "" if value is None else str(value)
