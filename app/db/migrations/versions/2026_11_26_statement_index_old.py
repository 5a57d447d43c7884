"""An index on accounts alone is needless beside the one that begins with them."""

from alembic import op

revision = "2026_11_26_statement_index_old"
down_revision = "2026_11_26_statement_index"
branch_labels = None
depends_on = None

ALLOWED = {"require-concurrent-index-deletion": "a dropped index is gone at once; a lock is waited for two seconds at the most"}


def upgrade() -> None:
    """Drop it."""
    op.drop_index("ix_postings_account_id", "postings")


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
