"""Texts of broadcasts that a scope keeps, to send again."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_broadcast_templates"
down_revision = "2026_11_26_name_keys"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "broadcast_templates",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_broadcast_templates"),
    )
    op.create_index("ix_broadcast_templates_scope", "broadcast_templates", ["cooperative_id", "name"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
