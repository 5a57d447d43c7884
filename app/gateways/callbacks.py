"""What Africa's Talking tells us of SMS: reports, what came in, who opted out. Unknown values are kept as they are."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

import msgspec

from app.gateways.ussd import Unreadable, e164


class DeliveryReport(msgspec.Struct, frozen=True):
    """A delivery report: the message's id at the provider, what became of it, why."""

    id: str
    status: str
    number: str
    reason: str | None


class IncomingSms(msgspec.Struct, frozen=True):
    """An SMS that somebody sent us; `at` is the gateway's time, None when it can't be read."""

    id: str
    sender: str
    to: str
    text: str
    at: datetime | None


class OptOut(msgspec.Struct, frozen=True):
    """A number that opted out at the gateway."""

    number: str


def read_report(body: bytes) -> DeliveryReport:
    """Read a delivery report; raises Unreadable naming the field that is missing."""
    form = _form(body, "id", "status")
    return DeliveryReport(
        form["id"][:64], form["status"][:30], e164(form.get("phoneNumber", "")), form.get("failureReason", "")[:60] or None
    )


def read_incoming(body: bytes) -> IncomingSms:
    """Read an incoming SMS; `date` comes with a T or with a space, and other fields may be missing."""
    form = _form(body, "id", "from")
    return IncomingSms(
        form["id"][:80], e164(form["from"]), form.get("to", "")[:20], form.get("text", ""), _moment(form.get("date", ""))
    )


def read_opt_out(body: bytes) -> OptOut:
    """Read an opt-out."""
    return OptOut(e164(_form(body, "phoneNumber")["phoneNumber"]))


def _form(body: bytes, *needed: str) -> dict[str, str]:
    try:
        read = parse_qs(body, keep_blank_values=True, max_num_fields=40)
    except ValueError as error:
        raise Unreadable("not a form") from error
    form = {name.decode("utf-8", "replace"): values[0].decode("utf-8", "replace") for name, values in read.items()}
    for name in needed:
        if not form.get(name):
            raise Unreadable(name)
    return form


def _moment(date: str) -> datetime | None:
    try:
        return datetime.fromisoformat(date.strip().replace(" ", "T").replace("Z", "+00:00")).replace(tzinfo=UTC)
    except ValueError:
        return None
