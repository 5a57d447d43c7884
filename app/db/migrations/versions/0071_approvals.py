"""What waits for several officers, their votes (append-only), and what each co-operative wants of them."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("cooperative_id", Id, nullable=True),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=48), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("member_id", Id, nullable=True),
        sa.Column("asked_by", Id, nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("told", sa.String(length=8), nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'refused', 'dead')", name=op.f("ck_approvals_state")),
        sa.CheckConstraint("told IN ('nothing', 'asked', 'ended')", name=op.f("ck_approvals_told")),
        sa.CheckConstraint("needed > 0", name=op.f("ck_approvals_needed")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_approvals_cooperative_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_approvals_member_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_approvals_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_approvals_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("operation", name=op.f("uq_approvals_operation")),
    )
    waiting = {"sqlite_where": sa.text("state = 'waiting'"), "postgresql_where": sa.text("state = 'waiting'")}
    to_tell = {"sqlite_where": sa.text("told <> 'ended'"), "postgresql_where": sa.text("told <> 'ended'")}
    op.create_index("uq_approvals_waiting", "approvals", ["kind", "about"], unique=True, **waiting)
    op.create_index("ix_approvals_waiting_in", "approvals", ["cooperative_id"], unique=False, **waiting)
    op.create_index("ix_approvals_to_tell", "approvals", ["id"], unique=False, **to_tell)
    op.create_table(
        "approval_votes",
        sa.Column("id", Id, nullable=False),
        sa.Column("approval_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name=op.f("fk_approval_votes_approval_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_approval_votes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_votes")),
        sa.UniqueConstraint("approval_id", "person_id", name=op.f("uq_approval_votes_approval_id_person_id")),
    )
    _append_only("approval_votes")
    op.create_table(
        "approval_rules",
        sa.Column("cooperative_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(length=80), nullable=False),
        sa.CheckConstraint("needed > 0", name=op.f("ck_approval_rules_needed")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_approval_rules_cooperative_id")),
        sa.PrimaryKeyConstraint("cooperative_id", "kind", name=op.f("pk_approval_rules")),
    )


def _append_only(table: str) -> None:
    """Refuse UPDATE, DELETE and, where SQL knows it, TRUNCATE; the function is the first schema's."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: correct by another entry'); END"
        )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
