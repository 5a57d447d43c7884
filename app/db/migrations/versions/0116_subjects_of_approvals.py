"""What an approval decides is a row of a table, by its number, instead of words to be read."""

import sqlalchemy as sa
from alembic import op

revision = "0116"
down_revision = "0114"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT count(*) FROM approvals")).scalar():
        raise RuntimeError("make clean-demo")
    waiting = sa.text("state = 'waiting'")
    op.drop_index("uq_approvals_waiting", "approvals")
    with op.batch_alter_table("approvals") as table:
        table.drop_column("about")
        table.add_column(sa.Column("subject", sa.String(16), nullable=False))
        table.add_column(sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False))
        table.add_column(sa.Column("details", sa.JSON(), nullable=False))
        table.alter_column("operation", type_=sa.String(110), existing_type=sa.String(80))
    op.create_index(
        "uq_approvals_waiting", "approvals", ["kind", "subject_id"], unique=True, sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
