"""What messages come to: figures over a time, by whatever they are grouped by. Each figure is defined here and nowhere else."""

from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Connection, Label, and_, case, func, select

from app.sms.broadcasts.progress import DROPPED
from app.sms.models import Message

REASONS = {
    "stopped": "refused_stopped",
    "opted out at the gateway": "refused_listed",
    "same text again": "refused_same_text",
    "too many notices": "refused_too_many",
    "not a person's number": "refused_number",
}
"""Each reason of a refusal with the figure that counts it; all others are `refused_other`."""

NEVER_LEFT = Message.state.in_(("queued", "sending", "expired")) | and_(
    Message.state.in_(("failed", "refused")), Message.provider_id.is_(None)
)
"""What cost nothing, or nothing yet. *Maybe sent* counts as sent."""


@cache
def figures() -> tuple[Label[int], ...]:
    """Return the figures, as SQL: messages are counted, parts are those of messages that left (as the provider said, else as
    we counted), money is XOF as estimated and hundredths of XOF as the provider said; `unknown` left without a known cost."""

    def count(which: ColumnElement[bool], name: str) -> Label[int]:
        return func.count(case((which, 1))).label(name)

    def total(what: ColumnElement[int], name: str) -> Label[int]:
        return func.coalesce(func.sum(case((~NEVER_LEFT, what), else_=0)), 0).label(name)

    refused = Message.state == "refused"
    known = func.coalesce(Message.reason, "").in_(REASONS)
    parts = func.coalesce(Message.actual_parts, Message.parts)
    return (
        func.count().label("messages"),
        total(parts, "parts"),
        count(Message.state == "delivered", "delivered"),
        count(Message.state.in_(("accepted", "underway")), "underway"),
        count(Message.state.in_(("queued", "sending")), "waiting"),
        count(Message.state == "maybe", "maybe"),
        count(Message.state == "failed", "failed"),
        count(Message.state == "expired", "expired"),
        count((Message.state == "expired") & (Message.reason == DROPPED), "expired_stopped"),
        count(refused, "refused"),
        *(count(refused & (Message.reason == reason), name) for reason, name in REASONS.items()),
        count(refused & ~known, "refused_other"),
        total(Message.price + 0, "xof_estimated"),
        total(func.coalesce(Message.actual_centimes, 0), "centimes_actual"),
        count(~NEVER_LEFT & Message.actual_centimes.is_(None), "unknown"),
        total(func.coalesce(Message.actual_centimes, Message.price * 100), "centimes_best"),
    )


def since(start: datetime | BindParameter[datetime], end: datetime | BindParameter[datetime] | None = None) -> ColumnElement[bool]:
    """Return the condition for messages written from an instant on, and before another."""
    begun = Message.created_at >= start
    return begun if end is None else begun & (Message.created_at < end)


def spent(reader: Connection, start: datetime) -> dict[str, int]:
    """Return the figures of all messages since an instant."""
    return dict(reader.execute(select(*figures()).where(since(start))).mappings().one())


def refused_by_reason(reader: Connection, start: datetime) -> list[tuple[str, int]]:
    """Return why messages were refused since an instant, and how many."""
    rows = select(Message.reason, func.count()).where(since(start), Message.state == "refused").group_by(Message.reason)
    return [(reason or "", count) for reason, count in reader.execute(rows)]
