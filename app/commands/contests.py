"""`CONTESTER <ref>`: a member says that a payment or a weighing is wrong, or with `PRIX` behind it its price. No money moves."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.commands import replies
from app.commands.grammar import read_reference
from app.coop.contests import opening
from app.coop.members.identity import Who
from app.sms import payment_texts as texts


def contest(session: Session, holders: tuple[Who, ...], rest: str, *, now: datetime) -> str:
    """Open a contest on what a reference means to one of a number's holders, once; return the answer."""
    typed = read_reference(rest.removesuffix(" PRIX"))
    if not holders:
        return replies.JOIN
    if typed is None or typed[1]:
        return replies.HOW_CONTEST
    for who in holders:
        if who.state != "active" or who.member_id is None:
            continue
        for one in opening.contestable(session, who.member_id, now):
            if one.reference == typed[0] and (one.subject == "price") is rest.endswith(" PRIX"):
                made = opening.open_contest(session, who.member_id, one.subject, one.id, channel="sms", now=now)
                return texts.contest_opened(made.number, one.reference, made.answer_by)
    return replies.NO_CONTEST
