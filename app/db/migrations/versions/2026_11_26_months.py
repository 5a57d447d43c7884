"""Messages, their changes and reports stand by months on PostgreSQL, so that a month that is over goes as a whole.

The rows are copied within the transaction; whoever puts a message waits meanwhile.
"""

import sqlalchemy as sa
from alembic import op

from app.db import triggers

revision = "2026_11_26_months"
down_revision = "2026_11_26_acts_at"
branch_labels = None
depends_on = None

COPIED = "the table is made anew by months, with all its rows, in the same transaction"
ALLOWED = {
    "ban-drop-table": COPIED,
    "renaming-table": COPIED,
    "ban-drop-constraint": COPIED,
    "require-concurrent-index-creation": COPIED,
    "adding-serial-primary-key-field": COPIED,
    "disallowed-unique-constraint": COPIED,
    "constraint-missing-not-valid": COPIED,
}
MOMENT = sa.DateTime(timezone=True)
TABLES = {"sms_messages": "created_at", "sms_state_changes": "at", "sms_reports": "at"}
LISTED = ", ".join(f"('{table}', '{column}')" for table, column in TABLES.items())
QUEUED, SENDING, MAYBE = "WHERE state = 'queued'", "WHERE state = 'sending'", "WHERE state = 'maybe'"
NEW, PARKED = "WHERE fate = 'new'", "WHERE fate = 'parked'"
INDEXES = (
    f"ix_sms_messages_claimed ON sms_messages (claimed_at) {SENDING}",
    "ix_sms_messages_created ON sms_messages USING brin (created_at)",
    f"ix_sms_messages_doubted ON sms_messages (changed_at) {MAYBE}",
    f"ix_sms_messages_due ON sms_messages (lane, next_at, id) {QUEUED}",
    f"ix_sms_messages_expiring ON sms_messages (expires_at) {QUEUED}",
    "ix_sms_messages_number ON sms_messages (to_number, created_at)",
    "ix_sms_messages_provider ON sms_messages (provider, provider_id)",
    "ix_sms_state_changes_message_id ON sms_state_changes (message_id)",
    f"ix_sms_reports_new ON sms_reports (id) {NEW}",
    f"ix_sms_reports_parked ON sms_reports (at) {PARKED}",
    f"ix_sms_reports_parked_number ON sms_reports (number) {PARKED}",
    "ix_sms_reports_provider ON sms_reports (provider, provider_id, fate)",
)

# These two are all that the service's own role may do to the schema. They run as its owner: with a search path of their own, or
# a temporary table of a caller's could stand in for one of ours. Half a second for a lock: others wait behind who waits.
GUARDED = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms'"
ADD = f"""
CREATE FUNCTION add_sms_month(day date) RETURNS integer {GUARDED} AS $$
DECLARE
    first timestamptz := date_trunc('month', day::timestamp) AT TIME ZONE 'UTC';
    next timestamptz := (date_trunc('month', day::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    made integer := 0;
    parent text;
    moment text;
    month text;
BEGIN
    PERFORM pg_advisory_xact_lock(7236114907003);
    FOR parent, moment IN VALUES {LISTED} LOOP
        month := parent || to_char(day, '_YYYY_MM');
        CONTINUE WHEN to_regclass(month) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', month, parent);
        -- Rows that came before their month was made stand in the default partition, which may hold none of it from now on.
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
        EXECUTE format('WITH early AS (DELETE FROM %I WHERE %I >= $1 AND %I < $2 RETURNING *) INSERT INTO %I SELECT * FROM early',
            parent || '_default', moment, moment, month) USING first, next;
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, month, first, next);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$
"""  # noqa: S608 - ours
DROP = f"""
CREATE FUNCTION drop_sms_months(before timestamptz) RETURNS integer {GUARDED} AS $$
DECLARE
    dropped integer := 0;
    month text;
BEGIN
    FOR month IN
        SELECT one.relname FROM pg_inherits JOIN pg_class one ON one.oid = inhrelid
            WHERE inhparent IN (SELECT to_regclass(parent) FROM (VALUES {LISTED}) AS of (parent, moment))
                AND one.relname ~ '_[0-9]{{4}}_[0-9]{{2}}$'
                AND to_date(right(one.relname, 7), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC' < before
            ORDER BY right(one.relname, 7), one.relname
    LOOP
        EXECUTE format('DROP TABLE %I', month);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$
"""  # noqa: S608 - ours
# Of a year at the most: what is older goes soon, and waits for it in the default partition.
MONTHS = """
DO $$
DECLARE oldest date := (SELECT least(now(), min(created_at)) FROM sms_messages_before) AT TIME ZONE 'UTC';
BEGIN
    PERFORM add_sms_month(month::date) FROM generate_series(date_trunc('month', greatest(oldest, now()::date - 365)),
        date_trunc('month', now()) + interval '2 months', '1 month') AS month;
END $$
"""

KEEP = """
CREATE FUNCTION keep_sms_cause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO sms_causes (cause, to_number, at) VALUES (NEW.cause, NEW.to_number, NEW.created_at) ON CONFLICT DO NOTHING;
    IF FOUND THEN RETURN NEW; END IF;
    RETURN NULL; END $$
"""
SINGLE = "NEW.cause NOT LIKE 'broadcast:%'"
KNOWN = "SELECT 1 FROM sms_causes WHERE cause = NEW.cause AND to_number = NEW.to_number"
TRIGGERS = (
    triggers.on_postgresql(
        "sms_messages", "sms_messages_cause", "BEFORE INSERT", f"FOR EACH ROW WHEN ({SINGLE}) EXECUTE FUNCTION keep_sms_cause()"
    ),
    triggers.on_sqlite(
        "sms_messages",
        "sms_messages_cause",
        "BEFORE INSERT",
        f"WHEN {SINGLE} BEGIN SELECT RAISE(IGNORE) WHERE EXISTS ({KNOWN}); "  # noqa: S608 - ours
        "INSERT INTO sms_causes (cause, to_number, at) VALUES (NEW.cause, NEW.to_number, NEW.created_at); END",
    ),
)


def upgrade() -> None:
    """Make the causes, the months and what keeps them."""
    op.create_table(
        "sms_causes",
        sa.Column("cause", sa.String(120), nullable=False),
        sa.Column("to_number", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("cause", "to_number", name="pk_sms_causes"),
    )
    op.create_index("ix_sms_causes_at", "sms_causes", ["at"])
    op.execute(
        "INSERT INTO sms_causes (cause, to_number, at) "
        "SELECT cause, to_number, created_at FROM sms_messages WHERE cause NOT LIKE 'broadcast:%'"
    )
    if op.get_context().dialect.name == "postgresql":
        _by_months()
        op.execute(KEEP)
    else:
        with triggers.alter_table("sms_messages") as table:
            table.drop_constraint("uq_sms_messages_cause_to_number", type_="unique")
            table.create_unique_constraint("uq_sms_messages_cause", ["cause", "to_number", "created_at"])
        with triggers.alter_table("sms_state_changes") as table:
            table.drop_constraint("fk_sms_state_changes_message_id", type_="foreignkey")
    triggers.create(*TRIGGERS)


def _by_months() -> None:
    """Make the three tables anew. Of a broadcast that is being written all rows are of one instant, as those to come will be."""
    op.execute("ALTER TABLE sms_state_changes DROP CONSTRAINT fk_sms_state_changes_message_id")
    for table, moment in TABLES.items():
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
        op.execute(f"CREATE TABLE {table} (LIKE {table}_before INCLUDING DEFAULTS) PARTITION BY RANGE ({moment})")
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
        op.execute(f"ALTER SEQUENCE {table}_id_seq OWNED BY {table}.id")
    op.execute(
        "UPDATE sms_messages_before SET created_at = confirmed_at FROM broadcasts "
        "WHERE broadcasts.state = 'expanding' AND cause = 'broadcast:' || broadcasts.id AND created_at <> confirmed_at"
    )
    op.execute(ADD)
    op.execute(DROP)
    op.execute("REVOKE ALL ON FUNCTION add_sms_month, drop_sms_months FROM PUBLIC")
    op.execute(MONTHS)
    for table, moment in TABLES.items():
        op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before")  # noqa: S608 - ours
        op.execute(f"DROP TABLE {table}_before")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY (id, {moment})")
    op.execute("ALTER TABLE sms_messages ADD CONSTRAINT uq_sms_messages_cause UNIQUE (cause, to_number, created_at)")
    for index in INDEXES:
        op.execute(f"CREATE INDEX {index}")
    op.execute("ANALYZE sms_messages, sms_state_changes, sms_reports")


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
