"""What is for sale, and which training is open."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Quantity, Utc

revision = "0060"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("id", Id, nullable=False),
        sa.Column("cooperative_id", Id, nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("quantity", Quantity(), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("until_at", Utc(), nullable=False),
        sa.CheckConstraint("quantity >= 0 AND amount > 0", name=op.f("ck_offers_amounts")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_offers_cooperative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index(op.f("ix_offers_cooperative_id"), "offers", ["cooperative_id"], unique=False)
    op.create_index("ix_offers_until_at", "offers", ["until_at"], unique=False)
    op.create_table(
        "training_sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("title", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_training_sessions_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_sessions")),
    )
    op.create_index(op.f("ix_training_sessions_starts_on"), "training_sessions", ["starts_on"], unique=False)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
