"""What officers ask at the console and confirm on their phone."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_console_requests"
down_revision = "2026_11_26_jobs"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "console_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("member_id", ID),
        sa.Column("words", sa.String(160), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("outcome", sa.String(160)),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'failed', 'refused', 'withdrawn', 'expired')", name="ck_console_requests_state"
        ),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_console_requests_cooperative_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_console_requests_person_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_console_requests_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_console_requests"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_console_requests_waiting",
        "console_requests",
        ["person_id", "mark"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index(
        "ix_console_requests_expiring", "console_requests", ["expires_at"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("ix_console_requests_person", "console_requests", ["person_id", "id"])
    op.create_index("ix_console_requests_member", "console_requests", ["member_id"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
