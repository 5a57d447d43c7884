"""Files that officers bring to the console are kept until they are written."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_import_files"
down_revision = "2026_11_26_entry_day"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "import_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("confirmed", sa.JSON(), nullable=False),
        sa.Column("import_id", ID),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_import_files_person_id"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_import_files_cooperative_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_files_import_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_files"),
    )
    op.create_index("ix_import_files_person_id", "import_files", ["person_id"])
    op.create_index("ix_import_files_at", "import_files", ["at"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
