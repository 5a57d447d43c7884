"""Which column of a co-operative's files is which field is confirmed once, and kept."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_import_columns"
down_revision = "2026_11_26_imports_whose_chk"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "import_columns",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("field", sa.String(20), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_import_columns_cooperative_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_columns"),
    )
    op.create_index("ix_import_columns_cooperative_id", "import_columns", ["cooperative_id", "kind"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
