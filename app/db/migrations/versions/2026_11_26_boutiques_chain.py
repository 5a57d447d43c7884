"""Co-operatives whose producers aren't told what became of their lots."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_boutiques_chain"
down_revision = "2026_11_26_boutiques_orders"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "quiet_chains",
        sa.Column("cooperative_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_quiet_chains_cooperative_id"),
        sa.PrimaryKeyConstraint("cooperative_id", name="pk_quiet_chains"),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
