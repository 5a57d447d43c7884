"""Figures of a month as they are published, and what calls do by screen and day."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_figures"
down_revision = "2026_11_26_import_files"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "figure_months",
        sa.Column("id", ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("reason", sa.String(80)),
        sa.CheckConstraint("revision > 0", name="ck_figure_months_revision"),
        sa.PrimaryKeyConstraint("id", name="pk_figure_months"),
        sa.UniqueConstraint("month", "revision", name="uq_figure_months_month_revision"),
    )
    gathering = sa.text("published_at IS NULL")
    op.create_index(
        "uq_figure_months_gathering", "figure_months", ["month"], unique=True,
        sqlite_where=gathering, postgresql_where=gathering,
    )  # fmt: skip
    op.create_table(
        "figure_rows",
        sa.Column("month_id", ID, nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("commune", sa.String(40), nullable=False),
        sa.Column("filiere", sa.String(16), nullable=False),
        sa.Column("gathered", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["month_id"], ["figure_months.id"], name="fk_figure_rows_month_id"),
        sa.PrimaryKeyConstraint("month_id", "code", name="pk_figure_rows"),
    )
    op.create_table(
        "screen_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("screen", sa.String(60), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "screen", "outcome", "language", name="pk_screen_counts"),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
