"""Delivery reports: in any order, any number of times, also before the send has returned. Written at once, applied soon after."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import JSON, Text, any_, bindparam, exists, func, insert, select, update
from sqlalchemy.orm import Session

from app.db.base import Utc
from app.db.hot_statements import execute
from app.sms.facts import Fact, apply
from app.sms.models import Message, Report, StateChange
from app.sms.outbox import touch
from app.sms.verdicts import LISTED, OPTED_OUT, REPORTED, SPELLINGS, STATUSES, Verdict

PARKED_FOR = timedelta(hours=24)
RACED_FOR = timedelta(minutes=5)
DOUBTED_FOR = timedelta(days=3)
"""How long a message that was in doubt may have reports under an id that we don't know: as long as any is tried."""
REPORTED_WITHIN = timedelta(days=35)
"""How old a message may be that a report is of: older ones aren't looked for, month after month."""
BEFORE = timedelta(hours=1)
"""How long before a message was written, by another's clock, a report on it may be."""
MOST = 1000
QUEUE = "reports"
_REPORTS = select(Report.__table__).order_by(Report.id)
_SAME_ID = (Message.provider == Report.provider) & (Message.provider_id == Report.provider_id)
_EARLY = _REPORTS.where(Report.provider == bindparam("provider"), (Report.fate == "new") | (Report.fate == "parked"))
_EARLY = _EARLY.where(Report.at >= bindparam("since", type_=Utc()))
_THEIRS = bindparam("theirs", type_=Text())
# One parameter, not a hundred, and as JSON: an array would be quoted value by value. This is the hot path.
_EARLY_OF = {
    "postgresql": _EARLY.where(
        Report.provider_id == any_(func.array(select(func.json_array_elements_text(_THEIRS.cast(JSON))).scalar_subquery()))
    ),
    "sqlite": _EARLY.where(Report.provider_id.in_(select(func.json_each(_THEIRS).table_valued("value").c.value))),
}


def keep(
    session: Session,
    provider: str,
    provider_id: str,
    status: str,
    number: str,
    reason: str | None,
    *,
    now: datetime,
    cost: str | None = None,
    parts: int | None = None,
) -> None:
    """Write a report as it came, to be applied soon: all that a webhook does. Some gateways say here what it cost."""
    values = {"provider": provider, "provider_id": clean(provider_id, 64), "number": clean(number, 20), "parts": parts, "at": now}
    values |= {"status": STATUSES.get(status.strip().lower(), clean(status, 30)), "fate": "new"}
    values |= {"reason": clean(reason or "", 60) or None, "cost": clean(cost or "", 24) or None}
    session.execute(insert(Report).values(values))
    touch(session, QUEUE)


def apply_new(session: Session, *, now: datetime) -> int:
    """Apply the oldest reports that are new, at most a thousand; return how many there were.

    A report whose id is unknown settles the one *maybe sent* message of that provider and number that was written in the 24
    hours before it; when there is none, or when another one to that number was in doubt of late (it may be that one's second
    id), it waits for its message: the send may not have returned yet.
    """
    # SKIP LOCKED: a second worker applies the reports behind these, and none is applied twice at once.
    found = session.execute(_REPORTS.where(Report.fate == "new").limit(MOST).with_for_update(skip_locked=True)).all()
    _apply(session, found, now)
    return len(found)


def apply_parked(session: Session, provider: str, provider_ids: Sequence[str], *, now: datetime, since: datetime) -> None:
    """Apply the reports that came before their messages' ids were known; none of these messages is older than `since`."""
    early, theirs = _EARLY_OF[session.get_bind().dialect.name], msgspec.json.encode(provider_ids).decode()
    which = {"provider": provider, "theirs": theirs, "since": since - BEFORE}
    _apply(session, execute(session.connection(), early, which).all(), now)


def match_parked(session: Session, *, now: datetime) -> None:
    """Try the parked reports again whose message is known or *maybe sent* by now.

    A report may be written while the send is being settled, neither transaction seeing the other, or while its message's
    worker is dead and not yet missed. Ids are looked for during some minutes, numbers while the report is parked.
    """
    parked, known = _REPORTS.where(Report.fate == "parked").limit(MOST), _SAME_ID & (Message.created_at > now - REPORTED_WITHIN)
    doubted = (Message.to_number == Report.number) & (Message.state == "maybe") & Message.provider_id.is_(None)
    doubted &= Message.created_at <= Report.at
    for which in (parked.join(Message, known).where(Report.at > now - RACED_FOR), parked.join(Message, doubted).distinct()):
        _apply(session, session.execute(which).all(), now)


def forget(session: Session, *, now: datetime) -> int:
    """Call parked reports of more than a day unknown; return how many."""
    old = update(Report).where(Report.fate == "parked", Report.at < now - PARKED_FOR).values(fate="unknown")
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def clean(text: str, most: int) -> str:
    """Return a text that fits its column, without blanks around it; PostgreSQL takes no NUL."""
    return text.replace("\0", "").strip()[:most]


def _apply(session: Session, found: Sequence[Any], now: datetime) -> None:
    """Turn reports into facts about the messages that they are of, and note each one's fate."""
    if not found:
        return
    known = [report for report in found if report.status in REPORTED]
    ours = _of_known_ids(session, known, now)
    messages = _of_doubtful(session, [report for report in known if report.id not in ours], now)
    messages |= {report: pair.message for report, pair in ours.items()}
    told = [report for report in known if report.id in messages]
    # Who forges a report knows no id of ours together with its number: without both it is nobody's opt-out.
    proved = {report: pair.number for report, pair in ours.items() if pair.number == pair.to_number}
    facts = [
        Fact(messages[one.id], _verdict(one), None, proved.get(one.id), cost=one.cost, parts=one.parts or None) for one in told
    ]
    # The oldest message that any of these may be of: the months before it aren't looked at.
    apply(session, facts, now=now, since=min((now - DOUBTED_FOR, *(pair.created_at for pair in ours.values()))))
    fates: dict[str, list[int]] = {}
    for report in found:
        fate = "unknown" if report.status not in REPORTED else "applied" if report.id in messages else "parked"
        fates.setdefault(fate, []).append(report.id)
    # The instant goes beside the ids, so that PostgreSQL looks into these reports' months alone.
    these = update(Report).where(Report.at >= min(report.at for report in found)).execution_options(synchronize_session=False)
    for fate, ids in fates.items():
        session.execute(these.where(Report.id.in_(ids)).values(fate=fate))


def _verdict(report: Any) -> Verdict:
    verdict, reason = REPORTED[report.status], SPELLINGS.get((report.reason or "").lower(), report.reason)
    if verdict.state == "failed" and reason == LISTED:
        return OPTED_OUT
    return msgspec.structs.replace(verdict, reason=reason) if reason else verdict


def _of_known_ids(session: Session, found: Sequence[Any], now: datetime) -> dict[int, Any]:
    """Return for each report whose id we know its message, with the message's number and instant.

    Where a provider gave an id to several messages, it is the one to the report's number.
    """
    if not found:
        return {}
    fields = Report.id, Report.number, Message.id.label("message"), Message.to_number, Message.created_at
    theirs = Report.id.in_([report.id for report in found]) & (Report.at >= min(report.at for report in found))
    pairs = select(*fields).join(Message, _SAME_ID & (Message.created_at > now - REPORTED_WITHIN)).where(theirs)
    # The last one of a report stays in the dict: sorted, so that it is the one to the report's number.
    return {pair.id: pair for pair in sorted(session.execute(pairs), key=lambda pair: pair.to_number == pair.number)}


def _of_doubtful(session: Session, found: Sequence[Any], now: datetime) -> dict[int, int]:
    """Return the messages of reports that settle a *maybe sent* one, which gets the report's id."""
    if not found:
        return {}
    since = now - DOUBTED_FOR
    was_in_doubt = exists().where(StateChange.message_id == Message.id, StateChange.state == "maybe", StateChange.at > since)
    may_be_of = (Message.to_number == Report.number) & (Message.created_at <= Report.at)
    may_be_of &= Message.provider.is_(None) | (Message.provider == Report.provider)
    may_be_of &= (Message.created_at > since) & was_in_doubt
    these = Report.id.in_([report.id for report in found]) & (Report.at >= min(report.at for report in found))
    one = select(Report.id, func.min(Message.id)).join(Message, may_be_of).where(these)
    ours = {row[0]: row[1] for row in session.execute(one.group_by(Report.id).having(func.count() == 1))}
    named: dict[tuple[str, str], int] = {}
    for report in found:
        theirs = (report.provider, report.provider_id)
        if theirs not in named and report.id in ours and _name(session, ours[report.id], *theirs, now):
            named[theirs] = ours[report.id]
    return {report.id: named[theirs] for report in found if (theirs := (report.provider, report.provider_id)) in named}


def _name(session: Session, message: int, provider: str, provider_id: str, now: datetime) -> bool:
    """Give a message of the last day the id that a report has for it; False when it isn't *maybe sent*, or has one."""
    # Asked in the UPDATE: of two reports with two ids at once the second finds it named.
    open_one = (Message.id == message) & (Message.state == "maybe") & Message.provider_id.is_(None)
    named = update(Message).where(open_one, Message.created_at > now - PARKED_FOR)
    return session.scalar(named.values(provider=provider, provider_id=provider_id).returning(Message.id)) is not None
