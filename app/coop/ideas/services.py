"""Propose an idea, and have an officer read its words: published, merged with one that stands, or kept out with the reason."""

from datetime import timedelta
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.ideas.models import Idea, IdeaRound
from app.coop.ideas.rounds import current_round
from app.coop.members.lock import lock_member
from app.coop.members.lookup import BELONGS
from app.coop.members.models import Member
from app.coop.offices import audit
from app.db.rows import require, store
from app.letters import plain

Reason = Literal["name", "insult", "number", "unclear"]
AGAIN_WITHIN = timedelta(minutes=30)
"""The same words from the same member within this time are the first idea."""
MOST_WAITING = 3
"""Ideas of one member that wait to be read."""


class TooManyIdeas(Exception):
    """MOST_WAITING ideas of this member wait to be read."""


class NoMembersIdea(Exception):
    """Only a member who belongs proposes and supports."""


class IdeaNotOpen(Exception):
    """It is decided already, not in reach of this office, or the officer's own."""


def propose(session: Session, act: Act, words: str) -> tuple[Idea, bool]:
    """Write a member's idea, to be read by an officer; return it and whether it is new.

    The same operation, or the same words of the member within AGAIN_WITHIN, give the first. Raises NoMembersIdea, TooManyIdeas.
    """
    member = lock_member(session, act.member, NoMembersIdea, BELONGS)  # two ideas of one member wait for each other
    mine = select(Idea).where(Idea.member_id == act.member)
    known = session.scalar(mine.where(Idea.operation == act.operation))
    recent = session.scalars(mine.where(Idea.proposed_at > act.now - AGAIN_WITHIN)).all()
    known = known or next((one for one in recent if plain(one.words) == plain(words)), None)
    if known is not None:
        return known, False
    if len(session.scalars(mine.where(Idea.state == "waiting").limit(MOST_WAITING)).all()) == MOST_WAITING:
        raise TooManyIdeas
    row = Idea(
        cooperative_id=member.cooperative_id,
        member_id=act.member,
        words=words,
        state="waiting",
        proposed_at=act.now,
        channel=act.channel,
        operation=act.operation,
    )
    store(session, row)
    return row, True


def publish(session: Session, act: Act, idea_id: int) -> Idea:
    """Let an idea through: members may support it in the round that is open, or in the next. Raises IdeaNotOpen."""
    row = _read(session, act, idea_id)
    row.state, row.round_id = "open", current_round(session, act.now)
    return _decided(session, act, row, "idea published")


def merge(session: Session, act: Act, idea_id: int, into_id: int) -> Idea:
    """Let an idea stand with another, open one: its words stay attached. Raises IdeaNotOpen."""
    row = _read(session, act, idea_id)
    into = require(
        session.scalar(select(Idea.id).where(Idea.id == into_id, Idea.state == "open", Idea.id != row.id)), IdeaNotOpen(into_id)
    )
    row.state, row.into_id = "merged", into
    return _decided(session, act, row, "idea merged")


def keep_out(session: Session, act: Act, idea_id: int, reason: Reason) -> Idea:
    """Keep an idea out, with the reason that its member is told. Raises IdeaNotOpen."""
    row = _read(session, act, idea_id)
    row.state, row.reason = "kept_out", reason
    return _decided(session, act, row, "idea kept out")


def accept(session: Session, act: Act, idea_id: int, product_id: int) -> Idea:
    """Note that a shortlisted idea has become a product, once. Raises IdeaNotOpen."""
    row = _shortlisted(session, act, idea_id, "accepted")
    row.product_id = product_id
    return _decided(session, act, row, "idea accepted")


def decline(session: Session, act: Act, idea_id: int) -> Idea:
    """Note that a shortlisted idea isn't realised. Raises IdeaNotOpen."""
    return _decided(session, act, _shortlisted(session, act, idea_id, "declined"), "idea declined")


def enter_round(session: Session, round_: IdeaRound) -> None:
    """Take into a round what was let through while none was open."""
    waits = (Idea.state == "open") & Idea.round_id.is_(None)
    session.execute(update(Idea).where(waits).values(round_id=round_.id))


def _read(session: Session, act: Act, idea_id: int) -> Idea:
    """Lock an idea that waits to be read by this officer, who isn't its member."""
    own = select(Member.id).where(Member.person_id == act.person_id)
    here = act.office.scope.reach(Idea.cooperative_id)
    waiting = select(Idea).where(Idea.id == idea_id, Idea.state == "waiting", here, Idea.member_id.not_in(own))
    return require(session.scalar(waiting.with_for_update()), IdeaNotOpen(idea_id))


def _shortlisted(session: Session, act: Act, idea_id: int, state: str) -> Idea:
    if not act.office.scope.is_federation:
        raise IdeaNotOpen(idea_id)
    row = require(
        session.scalar(select(Idea).where(Idea.id == idea_id, Idea.state == "shortlisted").with_for_update()), IdeaNotOpen(idea_id)
    )
    row.state = state
    return row


def _decided(session: Session, act: Act, row: Idea, what: str) -> Idea:
    row.decided_by, row.decided_at = act.person_id, act.now
    audit.note(session, act, what, f"idea:{row.id}", row)
    session.flush()
    return row
