"""Accounts, journal entries and postings. Entries and postings are append-only: triggers refuse the rest."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.db.base import Base, Id, Utc


class Account(Base):
    """One account, in XOF. A member's keeps its balance (debit positive); a co-operative's control account does not,
    since every act would write that one row: it is summed on reading.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("member_id", "kind"),
        Index(
            "uq_accounts_control",
            "cooperative_id",
            "kind",
            unique=True,
            sqlite_where=text("member_id IS NULL"),
            postgresql_where=text("member_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str] = mapped_column(String(16))
    balance: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class JournalEntry(Base):
    """One operation's entry; its postings sum to zero. A correction is another entry that reverses it."""

    __tablename__ = "journal_entries"
    __table_args__ = (Index("ix_journal_entries_day", "cooperative_id", "at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    operation: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"), unique=True)


class Posting(Base):
    """An amount on an account, in XOF: debit positive, credit negative."""

    __tablename__ = "postings"
    __table_args__ = (Index("ix_postings_account", "account_id", "entry_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    amount: Mapped[int] = mapped_column(BigInteger)


Undoing, Undone = aliased(JournalEntry), aliased(JournalEntry)
"""The reversal of an entry, and the entry that a reversal undoes. Made once: it costs ten times what using it does."""
