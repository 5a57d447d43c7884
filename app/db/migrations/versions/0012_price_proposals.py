"""Prices that officers propose."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_proposals",
        sa.Column("id", Id, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("cooperative_id", Id, nullable=True),
        sa.Column("grade", sa.String(length=8), nullable=True),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("proposed_by", Id, nullable=False),
        sa.Column("proposed_at", Utc(), nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'waiting', 'published', 'refused', 'overtaken')", name=op.f("ck_price_proposals_state")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_price_proposals_product_id")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_price_proposals_cooperative_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name=op.f("fk_price_proposals_proposed_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_price_proposals_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_proposals")),
        sa.UniqueConstraint("operation", name=op.f("uq_price_proposals_operation")),
    )
    op.create_index("ix_price_proposals_scope", "price_proposals", ["cooperative_id", "state"], unique=False)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
