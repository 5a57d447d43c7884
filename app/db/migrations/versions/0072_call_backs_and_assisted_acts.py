"""Call backs that officers take and close; what officers type for members."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("call_backs") as table:
        table.add_column(sa.Column("taken_by", Id, nullable=True))
        table.add_column(sa.Column("taken_at", Utc(), nullable=True))
        table.add_column(sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False))
        table.add_column(sa.Column("again_at", Utc(), nullable=True))
        table.add_column(sa.Column("outcome", sa.String(length=10), nullable=True))
        table.add_column(sa.Column("done_by", Id, nullable=True))
        table.create_foreign_key(op.f("fk_call_backs_taken_by"), "people", ["taken_by"], ["id"])
        table.create_foreign_key(op.f("fk_call_backs_done_by"), "people", ["done_by"], ["id"])
    op.create_table(
        "assisted_acts",
        sa.Column("id", Id, nullable=False),
        sa.Column("declaration_id", Id, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("officer_id", Id, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("act", sa.String(length=9), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("answer", sa.String(length=9), nullable=True),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.Column("answered_by", sa.String(length=8), nullable=True),
        sa.CheckConstraint("act IN ('declared', 'cancelled')", name=op.f("ck_assisted_acts_act")),
        sa.CheckConstraint("answer IN ('right', 'contested')", name=op.f("ck_assisted_acts_answer")),
        sa.ForeignKeyConstraint(["declaration_id"], ["declarations.id"], name=op.f("fk_assisted_acts_declaration_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_assisted_acts_member_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name=op.f("fk_assisted_acts_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assisted_acts")),
        sa.UniqueConstraint("operation", name=op.f("uq_assisted_acts_operation")),
    )
    op.create_index(op.f("ix_assisted_acts_declaration_id"), "assisted_acts", ["declaration_id"], unique=False)
    op.create_index("ix_assisted_acts_member", "assisted_acts", ["member_id", "at"], unique=False)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
