"""Weighings in a list; what a co-operative keeps of a delivery, and from when a price needs a second officer."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Quantity, Utc

revision = "0011"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column, percent in (("solidarity_percent", 2), ("instalment_percent", 20), ("price_threshold_percent", 20)):
        op.add_column("cooperatives", sa.Column(column, sa.Integer(), nullable=False, server_default=sa.text(str(percent))))
    op.create_table(
        "weighings",
        sa.Column("id", Id, nullable=False),
        sa.Column("cooperative_id", Id, nullable=False),
        sa.Column("officer_id", Id, nullable=False),
        sa.Column("declaration_id", Id, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("weight", Quantity(), nullable=False),
        sa.Column("grade", sa.String(length=8), nullable=True),
        sa.Column("weighed_at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("on_the_spot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("noted_at", Utc(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=True),
        sa.Column("gross", sa.BigInteger(), nullable=True),
        sa.Column("share", sa.BigInteger(), nullable=True),
        sa.Column("repaid", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", Id, nullable=True),
        sa.Column("confirmed_by", sa.String(length=80), nullable=True),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.CheckConstraint("state IN ('noted', 'undone', 'credited', 'refused')", name=op.f("ck_weighings_state")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_weighings_cooperative_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name=op.f("fk_weighings_officer_id")),
        sa.ForeignKeyConstraint(["declaration_id"], ["declarations.id"], name=op.f("fk_weighings_declaration_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_weighings_member_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_weighings_product_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name=op.f("fk_weighings_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weighings")),
        sa.UniqueConstraint("operation", name=op.f("uq_weighings_operation")),
    )
    op.create_index(op.f("ix_weighings_member_id"), "weighings", ["member_id"], unique=False)
    noted, standing = sa.text("state = 'noted'"), sa.text("state <> 'undone'")
    op.create_index("ix_weighings_open", "weighings", ["officer_id"], sqlite_where=noted, postgresql_where=noted)
    op.create_index(
        "uq_weighings_declaration",
        "weighings",
        ["declaration_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "half_lines",
        sa.Column("officer_id", Id, nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name=op.f("fk_half_lines_officer_id")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_half_lines")),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
