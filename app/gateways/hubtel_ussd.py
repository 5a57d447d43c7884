"""Hubtel's USSD: JSON with the last entry only and its number in the session (`Sequence`, 1 for the dialling)."""

from typing import Any

import msgspec

from app.digits import is_number
from app.gateways.ussd import NEVER_TYPED, Dialled, Ended, Unreadable, split_dialled
from app.phones import e164


class HubtelUssd:
    """Read its JSON; `Initiation` and `Response` are hops, any other type only tells that the session is over."""

    name = "hubtel"

    def __init__(self, code: str) -> None:
        self._code = code

    def read(self, body: bytes) -> Dialled | Ended:
        """Read a hop, or the end of a session."""
        asked = _fields(body)
        session, phone, kind, message = (_text(asked, name) for name in ("SessionId", "Mobile", "Type", "Message"))
        if not session or not phone:
            raise Unreadable("SessionId" if not session else "Mobile")
        dials = kind.strip().lower() == "initiation"
        if not dials and kind.strip().lower() != "response":
            return Ended(session, kind)
        # A dialling is no entry, whatever number it has or lacks: its dial string would answer the screen that stood.
        number = "1" if dials else _text(asked, "Sequence").strip().removesuffix(".0")
        if not is_number(number, 9) or not int(number):
            raise Unreadable("Sequence")
        sequence = int(number)
        network = _text(asked, "Operator")[:12]
        if sequence == 1:
            return Dialled(session, e164(phone), (), split_dialled(message, self._code)[0], turn=0, network=network)
        return Dialled(session, e164(phone), (message,), turn=sequence - 1, network=network)

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
    return "" if value is None else str(value).translate(NEVER_TYPED)
