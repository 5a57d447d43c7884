"""Africa's Talking's USSD: a form whose `text` accumulates, answered by CON or END."""

from app.gateways.ussd import Dialled, Unreadable, read_form, split_dialled
from app.phones import e164


class AfricasTalkingUssd:
    """Read its form. Absent `text` is empty, absent `networkCode` is nothing; only the session and the number must be there.

    Whether a sub-code arrives in `text` or in `serviceCode` is not documented: both are taken.
    """

    name = "africastalking"

    def __init__(self, code: str) -> None:
        self._code = code

    def read(self, body: bytes) -> Dialled:
        """Read a hop; entries keep their empty segments, bytes that are not UTF-8 are replaced."""
        form = read_form(body)
        session, phone, text = form.get("sessionId"), form.get("phoneNumber"), form.get("text", "")
        if not session or not phone:
            raise Unreadable("sessionId" if not session else "phoneNumber")
        dialled, text = split_dialled(text, self._code) if "#" in text else ((), text)
        dialled = split_dialled(form.get("serviceCode", ""), self._code)[0] or dialled
        parts = tuple(text.split("*")) if text else ()
        return Dialled(session, e164(phone), parts, dialled, network=form.get("networkCode", "")[:12])

    def write(self, text: str, more: bool, body: bytes) -> tuple[bytes, str]:
        """Return the text behind its prefix."""
        del body
        return f"{'CON' if more else 'END'} {text}".encode(), "text/plain; charset=utf-8"
