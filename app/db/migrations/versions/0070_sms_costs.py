"""What a part of an SMS costs by date, and what messages really cost."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0070"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_prices",
        sa.Column("id", Id, nullable=False),
        sa.Column("from_at", Utc(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_prices")),
        sa.UniqueConstraint("from_at", name=op.f("uq_sms_prices_from_at")),
    )
    _append_only("sms_prices")
    for column in ("actual_parts", "actual_centimes"):
        op.add_column("sms_messages", sa.Column(column, sa.Integer(), nullable=True))
    op.add_column("sms_reports", sa.Column("cost", sa.String(24), nullable=True))
    op.add_column("sms_reports", sa.Column("parts", sa.Integer(), nullable=True))


def _append_only(table: str) -> None:
    """Refuse UPDATE, DELETE and, where SQL knows it, TRUNCATE; the function is the first schema's."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: correct by another entry'); END"
        )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
