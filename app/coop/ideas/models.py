"""The boutique source: ideas of members, their voices, CARE's scores, and the rounds that these belong to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc

_WAITING = text("state = 'waiting'")
STATES = ("waiting", "open", "merged", "kept_out", "shortlisted", "not_kept", "accepted", "declined")


class IdeaRound(Base):
    """A round: members propose and support until `support_until`, CARE scores until `score_until`, then there is a shortlist."""

    __tablename__ = "idea_rounds"
    __table_args__ = (CheckConstraint("score_until >= support_until", name="phases"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    support_until: Mapped[datetime] = mapped_column(Utc)
    score_until: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)


class Idea(Base):
    """What a member proposes, in their own words; its id is the number by which people name it.

    `into_id` is the idea that it was merged with, `product_id` the product that it became; its words stay attached.
    """

    __tablename__ = "ideas"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("(state = 'merged') = (into_id IS NOT NULL)", name="merged"),
        Index("ix_ideas_round", "round_id", "state"),
        Index("ix_ideas_member", "member_id", "proposed_at"),
        Index(
            "ix_ideas_waiting", "cooperative_id", sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("idea_rounds.id"))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    words: Mapped[str] = mapped_column(String(48))
    state: Mapped[str] = mapped_column(String(11))
    reason: Mapped[str | None] = mapped_column(String(12))
    into_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    proposed_at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)


class IdeaVoice(Base):
    """A member's one voice in a round, and whether their PIN has seen it; `told_at` is when they heard the result."""

    __tablename__ = "idea_voices"
    __table_args__ = (
        Index("ix_idea_voices_idea", "idea_id", "by_pin"),
        Index("ix_idea_voices_untold", "round_id", sqlite_where=text("told_at IS NULL"), postgresql_where=text("told_at IS NULL")),
    )
    round_id: Mapped[int] = mapped_column(ForeignKey("idea_rounds.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    by_pin: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Utc)
    told_at: Mapped[datetime | None] = mapped_column(Utc)


class IdeaScore(Base):
    """What one who has no interest in it gives an idea, 0 to 5 for each published criterion; anybody may read who gave what."""

    __tablename__ = "idea_scores"
    __table_args__ = (
        UniqueConstraint("idea_id", "person_id"),
        *(CheckConstraint(f"{name} BETWEEN 0 AND 5", name=name) for name in ("jobs", "inputs", "market", "people", "first")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(16))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    jobs: Mapped[int]
    inputs: Mapped[int]
    market: Mapped[int]
    people: Mapped[int]
    first: Mapped[int]
    at: Mapped[datetime] = mapped_column(Utc)
