"""The database itself holds the books: an entry's postings sum to zero, a balance keeps its side, a closed account stays at zero.

Also what was exported of which batch, and payments by their reference.
"""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None

SIDE = "CASE WHEN {row}member_id IS NULL THEN {row}balance = 0 WHEN {row}kind IN ('advance', 'leasing') THEN {row}balance >= 0 "
SIDE += "ELSE {row}balance <= 0 END"
LEFT = "EXISTS (SELECT 1 FROM members WHERE members.id = {member} AND members.state = 'departed')"
HOLDS = "EXISTS (SELECT 1 FROM accounts WHERE accounts.member_id = NEW.id AND accounts.balance <> 0)"
ON_POSTGRESQL = (
    f"ALTER TABLE accounts ADD CONSTRAINT ck_accounts_side CHECK ({SIDE.format(row='')})",
    """CREATE FUNCTION check_entry_sum() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT sum(amount) FROM postings WHERE entry_id = NEW.entry_id) <> 0 THEN
            RAISE EXCEPTION 'entry %: its postings do not sum to zero', NEW.entry_id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL; END $$""",
    # deferred: the postings of an entry are written one after the other
    "CREATE CONSTRAINT TRIGGER postings_sum AFTER INSERT ON postings DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION check_entry_sum()",
    f"""CREATE FUNCTION check_account_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF {LEFT.format(member="NEW.member_id")} THEN
            RAISE EXCEPTION 'account %: its member has left', NEW.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    "CREATE TRIGGER accounts_open BEFORE UPDATE OF balance ON accounts FOR EACH ROW WHEN (NEW.balance <> OLD.balance) "
    "EXECUTE FUNCTION check_account_open()",
    f"""CREATE FUNCTION check_member_cleared() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF {HOLDS} THEN
            RAISE EXCEPTION 'member %: a balance is not zero', NEW.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    "CREATE TRIGGER members_cleared BEFORE UPDATE OF state ON members FOR EACH ROW WHEN (NEW.state = 'departed') "
    "EXECUTE FUNCTION check_member_cleared()",
)
# SQLite checks nothing at the commit, so that a sum can't be held there; tables can't get a CHECK without being made anew.
ON_SQLITE = (
    *(
        f"CREATE TRIGGER accounts_side_{act.split()[0].lower()} BEFORE {act} ON accounts WHEN NOT ({SIDE.format(row='NEW.')}) "
        "BEGIN SELECT RAISE(ABORT, 'account: its balance is on the wrong side'); END"
        for act in ("INSERT", "UPDATE OF balance")
    ),
    f"CREATE TRIGGER accounts_open BEFORE UPDATE OF balance ON accounts WHEN NEW.balance <> OLD.balance AND "
    f"{LEFT.format(member='NEW.member_id')} BEGIN SELECT RAISE(ABORT, 'account: its member has left'); END",
    f"CREATE TRIGGER members_cleared BEFORE UPDATE OF state ON members WHEN NEW.state = 'departed' AND {HOLDS} "
    "BEGIN SELECT RAISE(ABORT, 'member: a balance is not zero'); END",
)


def upgrade() -> None:
    for statement in ON_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else ON_SQLITE:
        op.execute(statement)
    op.create_table(
        "payment_exports",
        sa.Column("id", Id, nullable=False),
        sa.Column("batch_id", Id, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["payment_batches.id"], name=op.f("fk_payment_exports_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_exports")),
    )
    op.create_index(op.f("ix_payment_exports_batch_id"), "payment_exports", ["batch_id"])
    op.create_table(
        "payment_export_lines",
        sa.Column("export_id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["payment_exports.id"], name=op.f("fk_payment_export_lines_export_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_export_lines_payment_id")),
        sa.PrimaryKeyConstraint("export_id", "payment_id", name=op.f("pk_payment_export_lines")),
    )
    op.create_index("ix_payments_reference", "payments", ["reference"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
