"""One member one voice in a round, changeable until its end; and the scores of those who have no interest in an idea."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, exists, func, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.ideas.models import Idea, IdeaRound, IdeaScore, IdeaVoice
from app.coop.ideas.services import IdeaNotOpen, NoMembersIdea
from app.coop.members.lock import ACTIVE, lock_member
from app.coop.members.models import Member
from app.coop.offices import audit
from app.coop.offices.models import Role
from app.coop.offices.queries import in_term
from app.db.rows import require
from app.db.upsert import upsert

CRITERIA = ("jobs", "inputs", "market", "people", "first")
"""What is scored 0 to 5 each: jobs, local inputs, market, women and youth, never financed before."""


class VoiceByPin(Exception):
    """The member's PIN has given the voice to another idea: an SMS, which may be forged, doesn't move it."""

    def __init__(self, idea_id: int) -> None:
        super().__init__(idea_id)
        self.idea_id = idea_id


class IdeaScored(Exception):
    """Who scored an idea has no interest in it, and so doesn't support it."""


class Interested(Exception):
    """Who proposed or supports an idea, or has an office where it comes from, doesn't score it."""


class BadPoints(ValueError):
    """Five digits from 0 to 5, one a criterion."""


class Voices(msgspec.Struct, frozen=True):
    """An idea's voices: those that a PIN has seen, apart those sent by SMS; `moved_from` is the idea that lost the newest."""

    by_pin: int
    by_sms: int
    moved_from: int | None = None


def support(session: Session, act: Act, idea_id: int, *, by_pin: bool) -> Voices:
    """Give a member's one voice of the round to an idea, in place of the one that it had; the same again changes nothing.

    Raises NoMembersIdea, IdeaNotOpen (also when the round's voices are counted), VoiceByPin, IdeaScored.
    """
    member = lock_member(session, act.member, NoMembersIdea, ACTIVE)
    round_id = _open_round(session, idea_id, act.now)
    scored = exists().where(IdeaScore.idea_id == idea_id, IdeaScore.person_id == member.person_id)
    if session.scalar(select(scored)):
        raise IdeaScored(idea_id)
    before = session.get(IdeaVoice, (round_id, act.member))
    if before is not None and before.by_pin and not by_pin:
        if before.idea_id != idea_id:
            raise VoiceByPin(before.idea_id)
        return counted(session, idea_id)
    moved = before.idea_id if before is not None and before.idea_id != idea_id else None
    values = {"idea_id": idea_id, "by_pin": by_pin, "at": act.now}
    given = upsert(session, IdeaVoice).values(round_id=round_id, member_id=act.member, **values)
    session.execute(given.on_conflict_do_update(index_elements=["round_id", "member_id"], set_=values))
    # The upsert went past the session, which still holds the voice of before.
    session.expire_all()
    return msgspec.structs.replace(counted(session, idea_id), moved_from=moved)


def withdraw(session: Session, act: Act) -> int:
    """Take a member's voice back while the round counts voices; return the idea that had it. Raises IdeaNotOpen."""
    lock_member(session, act.member)
    voice = require(_voice(session, act.member, act.now), IdeaNotOpen())
    session.delete(voice)
    session.flush()
    return voice.idea_id


def voice_of(reader: Connection | Session, member_id: int, now: datetime) -> tuple[int, str, bool] | None:
    """Return to which idea a member's voice goes in the round that is open, its words, and whether a PIN has seen it."""
    rows = select(Idea.id, Idea.words, IdeaVoice.by_pin).join(Idea, Idea.id == IdeaVoice.idea_id)
    rows = rows.join(IdeaRound, IdeaRound.id == IdeaVoice.round_id)
    row = reader.execute(rows.where(IdeaVoice.member_id == member_id, IdeaRound.support_until > now)).first()
    return (row[0], row[1], row[2]) if row else None


def score(session: Session, act: Act, idea_id: int, points: str) -> int:
    """Note what an office gives an idea, five digits from 0 to 5 in the order of CRITERIA; return their sum.

    A second time changes what was given first. Raises BadPoints, IdeaNotOpen, Interested.
    """
    if len(points) != len(CRITERIA) or not set(points) <= set("012345"):
        raise BadPoints(points)
    rows = select(Idea.id, Idea.cooperative_id, Idea.member_id).join(IdeaRound, IdeaRound.id == Idea.round_id)
    open_ = (Idea.state == "open") & (IdeaRound.score_until > act.now)
    row = require(session.execute(rows.where(Idea.id == idea_id, open_)).first(), IdeaNotOpen(idea_id))
    if _interested(session, act, row.id, row.cooperative_id, row.member_id):
        raise Interested(idea_id)
    office, given = act.office, dict(zip(CRITERIA, map(int, points), strict=True))
    values = given | {"role": office.role, "cooperative_id": office.cooperative_id, "at": act.now}
    written = upsert(session, IdeaScore).values(idea_id=idea_id, person_id=act.person_id, **values)
    session.execute(written.on_conflict_do_update(index_elements=["idea_id", "person_id"], set_=values))
    audit.note(session, act, "idea scored", f"idea:{idea_id}")
    return sum(given.values())


def _interested(session: Session, act: Act, idea_id: int, cooperative_id: int, member_id: int) -> bool:
    """Tell whether who scores proposed it or supports it, or belongs to the co-operative that it comes from."""
    own = select(Member.id).where(Member.person_id == act.person_id)
    theirs = (Member.id == member_id) | (Member.cooperative_id == cooperative_id)
    supports = exists().where(IdeaVoice.idea_id == idea_id, IdeaVoice.member_id.in_(own))
    office = exists().where(Role.person_id == act.person_id, Role.cooperative_id == cooperative_id, in_term(act.today))
    return bool(session.scalar(select(supports | office | own.where(theirs).exists())))


def _open_round(session: Session, idea_id: int, now: datetime) -> int:
    open_ = (Idea.state == "open") & (IdeaRound.support_until > now)
    return require(
        session.scalar(select(IdeaRound.id).join(Idea, Idea.round_id == IdeaRound.id).where(Idea.id == idea_id, open_)),
        IdeaNotOpen(idea_id),
    )


def _voice(session: Session, member_id: int, now: datetime) -> IdeaVoice | None:
    rows = select(IdeaVoice).join(IdeaRound, IdeaRound.id == IdeaVoice.round_id)
    return session.scalar(rows.where(IdeaVoice.member_id == member_id, IdeaRound.support_until > now))


def counted(reader: Connection | Session, idea_id: int) -> Voices:
    """Count an idea's voices."""
    rows = select(IdeaVoice.by_pin, func.count()).where(IdeaVoice.idea_id == idea_id).group_by(IdeaVoice.by_pin)
    found = {by_pin: number for by_pin, number in reader.execute(rows)}  # noqa: C416 - a Row is not a pair to mypy
    return Voices(found.get(True, 0), found.get(False, 0))
