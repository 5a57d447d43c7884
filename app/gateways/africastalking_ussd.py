"""Africa's Talking's USSD: a form whose `text` accumulates, answered by CON or END."""

from urllib.parse import parse_qs

from app.gateways.ussd import Dialled, Unreadable, dialled_parts, e164


class AfricasTalkingUssd:
    """Read its form. Absent `text` is empty, absent `networkCode` is nothing; only the session and the number must be there.

    Whether a sub-code arrives in `text` or in `serviceCode` is not documented: both are taken.
    """

    name = "africastalking"

    def __init__(self, code: str) -> None:
        self._code = code

    def read(self, body: bytes) -> Dialled:
        """Read a hop; entries keep their empty segments, bytes that are not UTF-8 are replaced."""
        try:
            form = parse_qs(body, keep_blank_values=True, max_num_fields=40)
        except ValueError as error:
            raise Unreadable("not a form") from error
        session, phone = _one(form, b"sessionId"), _one(form, b"phoneNumber")
        if not session or not phone:
            raise Unreadable("sessionId" if not session else "phoneNumber")
        text = _one(form, b"text")
        parts = dialled_parts(_one(form, b"serviceCode"), self._code) + (tuple(text.split("*")) if text else ())
        return Dialled(session[:80], e164(phone), parts, network=_one(form, b"networkCode")[:12])

    def write(self, text: str, more: bool, body: bytes) -> tuple[bytes, str]:
        """Return the text behind its prefix."""
        del body
        return f"{'CON' if more else 'END'} {text}".encode(), "text/plain; charset=utf-8"


def _one(form: dict[bytes, list[bytes]], name: bytes) -> str:
    return form.get(name, [b""])[0].decode("utf-8", "replace")
