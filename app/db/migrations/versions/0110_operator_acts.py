"""What operators did on the command line, append-only; and indexes by which old acts' arguments are found."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Json, Utc

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None

TOLD = sa.text("CAST(arguments AS VARCHAR) <> '{}'")


def upgrade() -> None:
    op.create_table(
        "operator_acts",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("os_user", sa.String(length=40), nullable=False),
        sa.Column("host", sa.String(length=60), nullable=False),
        sa.Column("command", sa.String(length=40), nullable=False),
        sa.Column("arguments", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_acts")),
    )
    append_only("operator_acts")
    op.create_index("ix_operations_at", "operations", ["at"], unique=False)
    op.create_index("ix_operations_told", "operations", ["at"], unique=False, sqlite_where=TOLD, postgresql_where=TOLD)


def append_only(table: str) -> None:
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
