"""What Africa's Talking tells us of SMS: reports, what came in, who opted out. Unknown values are kept as they are."""

import re
from datetime import UTC, datetime

import msgspec

from app.gateways.ussd import Unreadable, read_form
from app.phones import e164


class DeliveryReport(msgspec.Struct, frozen=True):
    """A delivery report: the message's id at the provider, what became of it, why; what it cost and its parts, if it says so."""

    id: str
    status: str
    number: str
    reason: str | None
    cost: str | None = None
    parts: int | None = None


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


class Subscription(msgspec.Struct, frozen=True):
    """A number that joined or left a short code's keyword."""

    number: str
    short_code: str
    keyword: str
    joined: bool


def read_report(body: bytes) -> DeliveryReport:
    """Read a delivery report; raises Unreadable naming the field that is missing."""
    form = _form(body, "id", "status")
    parts = form.get("messageParts", "")
    return DeliveryReport(
        form["id"][:64],
        form["status"][:30],
        e164(form.get("phoneNumber", "")),
        form.get("failureReason", "")[:60] or None,
        form.get("cost", "")[:24] or None,
        int(parts) if re.fullmatch("[1-9][0-9]?", parts) else None,
    )


def read_incoming(body: bytes) -> IncomingSms:
    """Read an incoming SMS; `date` comes with a T or with a space, and other fields may be missing."""
    form = _form(body, "id", "from")
    return IncomingSms(
        form["id"][:80], e164(form["from"]), form.get("to", "")[:20], form.get("text", ""), _moment(form.get("date", ""))
    )


def read_opt_out(body: bytes) -> OptOut:
    """Read an opt-out; raises Unreadable also on what is no number in full."""
    number = e164(_form(body, "phoneNumber")["phoneNumber"])
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        raise Unreadable("phoneNumber")
    return OptOut(number)


def read_subscription(body: bytes) -> Subscription:
    """Read a subscription's change; `addition` and `deletion` come in both cases, and any other word is Unreadable."""
    form = _form(body, "phoneNumber", "updateType")
    change = form["updateType"].lower()
    if change not in ("addition", "deletion"):
        raise Unreadable("updateType")
    number, short_code = e164(form["phoneNumber"]), form.get("shortCode", "")[:20]
    return Subscription(number, short_code, form.get("keyword", "")[:40], change == "addition")


def _form(body: bytes, *needed: str) -> dict[str, str]:
    form = read_form(body)
    for name in needed:
        if not form.get(name):
            raise Unreadable(name)
    return form


def _moment(date: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(date.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
