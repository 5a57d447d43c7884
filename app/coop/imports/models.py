"""Imports: whose turn it is, what each row did, by which mark a member is known again, which questions were answered."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Utc

_WRITING = text("state = 'writing'")


class Import(Base):
    """One file that was taken in. One is *writing* at a time; one that says nothing after `alive_at` was broken off."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("state IN ('writing', 'stopped', 'done', 'undone')", name="state"),
        Index("uq_imports_writing", "state", unique=True, sqlite_where=_WRITING, postgresql_where=_WRITING),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file."""
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    """Whose file it is; None: the federation's."""
    state: Mapped[str] = mapped_column(String(8))
    begun_at: Mapped[datetime] = mapped_column(Utc)
    begun_by: Mapped[str] = mapped_column(String(40))
    """The user of the machine."""
    alive_at: Mapped[datetime] = mapped_column(Utc)
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class ImportRow(Base):
    """What a row of a file did: *create*, or *update* with what stood there `before`.

    `member_id` is whom it is about, if anybody; `made_id` the row that it made in its kind's table, where that is another.
    """

    __tablename__ = "import_rows"
    __table_args__ = (CheckConstraint("act IN ('create', 'update')", name="act"),)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """The row's in the file, from 1."""
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    made_id: Mapped[int | None] = mapped_column(BigInteger)
    act: Mapped[str] = mapped_column(String(6))
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class ImportMark(Base):
    """By what a row that comes again is known: the hash of who it named, in its co-operative."""

    __tablename__ = "import_marks"
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)


class ImportAnswer(Base):
    """What somebody answered to a question of an import; it isn't asked again."""

    __tablename__ = "import_answers"
    question: Mapped[str] = mapped_column(String(32), primary_key=True)
    answer: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Utc)


class ImportColumn(Base):
    """What somebody said that a column of a co-operative's files is, the newest last: the field, or empty for none.

    Without a co-operative it is of the federation's files.
    """

    __tablename__ = "import_columns"
    __table_args__ = (Index("ix_import_columns_cooperative_id", "cooperative_id", "kind"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Utc)


class MemberProfile(Base):
    """What the register on paper says of a member beside name and number; all of it may be left out.

    `unsaid` names, by commas, what was asked and not told. Shares are XOF *as the register has them*: the books have their own.
    A birth has its day or the year alone. `contact` is a number that identifies nobody: a landline, or one from abroad.
    """

    __tablename__ = "member_profiles"
    __table_args__ = (CheckConstraint("sex IN ('F', 'M')", name="sex"),)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    sex: Mapped[str | None] = mapped_column(String(1))
    born_on: Mapped[date | None]
    born_in: Mapped[int | None]
    address: Mapped[str | None] = mapped_column(String(80))
    identity: Mapped[str | None] = mapped_column(String(24))
    contact: Mapped[str | None] = mapped_column(String(16))
    shares_subscribed: Mapped[int | None] = mapped_column(BigInteger)
    shares_paid: Mapped[int | None] = mapped_column(BigInteger)
    unsaid: Mapped[str | None] = mapped_column(String(80))


class ImportFile(Base):
    """A file that an officer brought to the console, until it is written and some days more. Nobody else sees it.

    `answers` are by question; `confirmed` says how many rows of which verdict the officer's PIN agreed to, with `only_good`.
    """

    __tablename__ = "import_files"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    answers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    confirmed: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    at: Mapped[datetime] = mapped_column(Utc, index=True)
