"""Files are taken in: imports with their rows, marks and answers, and what a register says of members."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_imports"
down_revision = "2026_11_26_baseline"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WRITING = sa.text("state = 'writing'")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("begun_by", sa.String(40), nullable=False),
        sa.Column("alive_at", MOMENT, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.CheckConstraint("state IN ('writing', 'stopped', 'done', 'undone')", name="ck_imports_state"),
    )
    op.create_index("uq_imports_writing", "imports", ["state"], unique=True, sqlite_where=WRITING, postgresql_where=WRITING)
    op.create_table(
        "import_rows",
        sa.Column("import_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("act", sa.String(6), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "number", name="pk_import_rows"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_rows_import_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_import_rows_member_id"),
        sa.CheckConstraint("act IN ('create', 'update')", name="ck_import_rows_act"),
    )
    op.create_index("ix_import_rows_member_id", "import_rows", ["member_id"])
    op.create_table(
        "import_marks",
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("cooperative_id", "mark", name="pk_import_marks"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_import_marks_cooperative_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_import_marks_member_id"),
    )
    op.create_index("ix_import_marks_member_id", "import_marks", ["member_id"])
    op.create_table(
        "import_answers",
        sa.Column("question", sa.String(32), nullable=False),
        sa.Column("answer", sa.String(80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("question", name="pk_import_answers"),
    )
    op.create_table(
        "member_profiles",
        sa.Column("member_id", ID, nullable=False, autoincrement=False),
        sa.Column("sex", sa.String(1)),
        sa.Column("born_on", sa.Date()),
        sa.Column("born_in", sa.Integer()),
        sa.Column("address", sa.String(80)),
        sa.Column("identity", sa.String(24)),
        sa.Column("contact", sa.String(16)),
        sa.Column("shares_subscribed", sa.BigInteger()),
        sa.Column("shares_paid", sa.BigInteger()),
        sa.Column("unsaid", sa.String(80)),
        sa.PrimaryKeyConstraint("member_id", name="pk_member_profiles"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_member_profiles_member_id"),
        sa.CheckConstraint("sex IN ('F', 'M')", name="ck_member_profiles_sex"),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
