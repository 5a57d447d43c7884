"""What officers did, append-only."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0010"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "officer_acts",
        sa.Column("id", Id, nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("cooperative_id", Id, nullable=True),
        sa.Column("member_id", Id, nullable=True),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_officer_acts_person_id")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_officer_acts_cooperative_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_officer_acts_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_acts")),
    )
    for column in ("operation", "person_id", "cooperative_id", "member_id"):
        op.create_index(op.f(f"ix_officer_acts_{column}"), "officer_acts", [column], unique=False)
    append_only("officer_acts")


def append_only(table: str) -> None:
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
