"""A payout may be an aid of the solidarity fund."""

from alembic import op

revision = "2026_11_26_payout_kinds"
down_revision = "2026_11_26_training_sessions"
branch_labels = None
depends_on = None

ALLOWED = {"ban-drop-constraint": "a wider one takes its place in the same transaction"}
KINDS = "'withdrawal', 'advance', 'leasing', 'settlement'"


def upgrade() -> None:
    """Widen the CHECK. SQLite has no statement for it, and says how it may be done (lang_altertable, 7): no row is touched."""
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint("ck_payouts_kind", "payouts", type_="check")
        op.execute(f"ALTER TABLE payouts ADD CONSTRAINT ck_payouts_kind CHECK (kind IN ({KINDS}, 'aid')) NOT VALID")
        return
    op.execute("PRAGMA writable_schema = ON")
    quoted = KINDS.replace("'", "''")
    widened = f"replace(sql, '{quoted})', '{quoted}, ''aid'')')"
    op.execute(f"UPDATE sqlite_master SET sql = {widened} WHERE type = 'table' AND name = 'payouts'")  # noqa: S608 - our own words
    op.execute("PRAGMA writable_schema = RESET")


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
