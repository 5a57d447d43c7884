"""Why a message is refused when it is put: each refusal is a row with its reason, never silence and never sent.

| reason | whom it protects | purposes |
|---|---|---|
| not a person's number | us: short codes and names are machines | all |
| stopped | the number's will, by purpose (law 2008-12) | those that need consent |
| same text again | us and them: two machines that answer each other | `guarded` ones |
| too many notices | them: at most ten a day | notice |

Codes, security notices, receipts, officers' tasks and alarms are never refused for anything but their number, answers only
when the same one goes out again and again.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, String, bindparam, case, func, select, true
from sqlalchemy.orm import Session

from app.sms.consents import PERSON as PERSON
from app.sms.consents import wants
from app.sms.models import Message
from app.sms.purposes import PURPOSES

DAY = timedelta(days=1)
SAME = ((timedelta(minutes=10), 20), (DAY, 60))
"""How often the same text may go to one number within a time: more than anybody asks for, and few enough to be paid."""
NOTICES = 10
"""Notices to one number in 24 hours."""


@cache
def _had(consent: str | None) -> Select[*tuple[Any, ...]]:
    """Build it once for each consent (None for none): whether a number is willing, its notices of the day, and the same text."""
    to: BindParameter[str] = bindparam("to", type_=String)
    same = [
        func.count(case(((Message.text == bindparam("words")) & (Message.created_at > bindparam(f"since{at}")), 1)))
        for at in range(len(SAME))
    ]
    notices = func.count(case((Message.purpose == "notice", 1)))
    # Refused ones don't count: each would hold the next one back, for as long as a machine goes on.
    lately = (Message.to_number == to) & (Message.created_at > bindparam("day")) & (Message.state != "refused")
    return select(wants(to, consent) if consent else true(), notices, *same).where(lately)


def why_not(session: Session, *, to: str, purpose: str, text: str, now: datetime) -> str | None:
    """Return why a message must not leave, or None: one SELECT, and none for purposes that nothing holds back."""
    kind = PURPOSES[purpose]
    if PERSON.fullmatch(to) is None:
        return "not a person's number"
    if not (kind.consent or kind.guarded):
        return None
    since = {f"since{at}": now - within for at, (within, _) in enumerate(SAME)}
    willing, told, *repeated = session.execute(_had(kind.consent), {"to": to, "words": text, "day": now - DAY} | since).one()
    if not willing:
        return "stopped"
    if kind.guarded and any(times >= most for times, (_, most) in zip(repeated, SAME, strict=True)):
        return "same text again"
    return "too many notices" if purpose == "notice" and told >= NOTICES else None
