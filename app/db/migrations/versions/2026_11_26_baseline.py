"""The whole schema of the first release: tables, indexes, and the triggers that hold the books and keep counts.

Types are SQL's own, so that a type of ours that changes later doesn't change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.db.triggers import append_only, create, on_postgresql, on_sqlite

revision = "2026_11_26_baseline"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Sixty-four bits; SQLite only counts up an INTEGER."""
MOMENT = sa.DateTime(timezone=True)
BOOKS = ("approval_votes", "consents", "journal_entries", "officer_acts", "operator_acts", "postings", "prices", "sms_prices")

# An account's balance keeps its side; a closed one stays at zero; who leaves holds nothing.
SIDE = "CASE WHEN {row}member_id IS NULL THEN {row}balance = 0 WHEN {row}kind IN ('advance', 'leasing') THEN {row}balance >= 0 "
SIDE += "ELSE {row}balance <= 0 END"
LEFT = "EXISTS (SELECT 1 FROM members WHERE members.id = {member} AND members.state = 'departed')"
HOLDS = "EXISTS (SELECT 1 FROM accounts WHERE accounts.member_id = NEW.id AND accounts.balance <> 0)"

# A member's row counts the numbers that serve nobody else, in whatever order numbers and members are written.
COUNTED = "SELECT count(*) FILTER (WHERE place IS NULL AND NOT proof_wanted) FROM numbers WHERE person_id = NEW.person_id"
TOLD = (
    "UPDATE members SET alone = alone {change} WHERE person_id = {row}.person_id AND {row}.place IS NULL AND NOT {row}.proof_wanted"
)
MINUS, PLUS = TOLD.format(change="- 1", row="OLD"), TOLD.format(change="+ 1", row="NEW")
RECOUNT = f"BEGIN UPDATE members SET alone = ({COUNTED}) WHERE id = NEW.id; END"  # noqa: S608 - ours
BY_INDEX = "LANGUAGE plpgsql SET enable_seqscan = off"
"""A plan is kept for the session: one made on an empty table would read a great one through for each row that is brought."""

FUNCTIONS = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '% is append-only: correct by another entry', TG_TABLE_NAME; END $$""",
    f"""CREATE FUNCTION count_number_alone() RETURNS trigger {BY_INDEX} AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN {MINUS}; END IF;
        IF TG_OP <> 'DELETE' THEN {PLUS}; END IF;
        RETURN NULL; END $$""",
    f"""CREATE FUNCTION count_numbers_alone() RETURNS trigger {BY_INDEX} AS $$ BEGIN
        NEW.alone := ({COUNTED});
        RETURN NEW; END $$""",
    """CREATE FUNCTION check_entry_sum() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT sum(amount) FROM postings WHERE entry_id = NEW.entry_id) <> 0 THEN
            RAISE EXCEPTION 'entry %: its postings do not sum to zero', NEW.entry_id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL; END $$""",
    f"""CREATE FUNCTION check_account_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF {LEFT.format(member="NEW.member_id")} THEN
            RAISE EXCEPTION 'account %: its member has left', NEW.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    f"""CREATE FUNCTION check_member_cleared() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF {HOLDS} THEN
            RAISE EXCEPTION 'member %: a balance is not zero', NEW.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
)
COUNTERS = (
    on_postgresql(
        "numbers",
        "numbers_alone",
        "AFTER INSERT OR DELETE OR UPDATE OF person_id, place, proof_wanted",
        "FOR EACH ROW EXECUTE FUNCTION count_number_alone()",
    ),
    on_postgresql(
        "members",
        "members_alone",
        "BEFORE INSERT OR UPDATE OF person_id",
        "FOR EACH ROW EXECUTE FUNCTION count_numbers_alone()",
    ),
    on_sqlite("numbers", "numbers_alone_insert", "AFTER INSERT", f"BEGIN {PLUS}; END"),
    on_sqlite("numbers", "numbers_alone_delete", "AFTER DELETE", f"BEGIN {MINUS}; END"),
    on_sqlite("numbers", "numbers_alone_update", "AFTER UPDATE OF person_id, place, proof_wanted", f"BEGIN {MINUS}; {PLUS}; END"),
    on_sqlite("members", "members_alone_insert", "AFTER INSERT", RECOUNT),
    on_sqlite("members", "members_alone_update", "AFTER UPDATE OF person_id", RECOUNT),
)
# SQLite checks nothing at the commit, so that a sum can't be held there; the side is held by triggers instead of a CHECK.
HOLDERS = (
    on_postgresql(
        "postings",
        "postings_sum",
        "AFTER INSERT",
        # deferred: the postings of an entry are written one after the other
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_entry_sum()",
        kind="CONSTRAINT TRIGGER",
    ),
    on_postgresql(
        "accounts",
        "accounts_open",
        "BEFORE UPDATE OF balance",
        "FOR EACH ROW WHEN (NEW.balance <> OLD.balance) EXECUTE FUNCTION check_account_open()",
    ),
    on_postgresql(
        "members",
        "members_cleared",
        "BEFORE UPDATE OF state",
        "FOR EACH ROW WHEN (NEW.state = 'departed') EXECUTE FUNCTION check_member_cleared()",
    ),
    *(
        on_sqlite(
            "accounts",
            f"accounts_side_{act.split()[0].lower()}",
            f"BEFORE {act}",
            f"WHEN NOT ({SIDE.format(row='NEW.')}) BEGIN SELECT RAISE(ABORT, 'account: its balance is on the wrong side'); END",
        )
        for act in ("INSERT", "UPDATE OF balance")
    ),
    on_sqlite(
        "accounts",
        "accounts_open",
        "BEFORE UPDATE OF balance",
        f"WHEN NEW.balance <> OLD.balance AND {LEFT.format(member='NEW.member_id')} "
        "BEGIN SELECT RAISE(ABORT, 'account: its member has left'); END",
    ),
    on_sqlite(
        "members",
        "members_cleared",
        "BEFORE UPDATE OF state",
        f"WHEN NEW.state = 'departed' AND {HOLDS} BEGIN SELECT RAISE(ABORT, 'member: a balance is not zero'); END",
    ),
)
TRIGGERS = (*(trigger for table in BOOKS for trigger in append_only(table)), *COUNTERS, *HOLDERS)


def upgrade() -> None:
    _create_tables()
    if op.get_context().dialect.name == "postgresql":
        op.create_check_constraint("ck_accounts_side", "accounts", SIDE.format(row=""))
        for function in FUNCTIONS:
            op.execute(function)
    create(*TRIGGERS)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")


def where(condition: str) -> dict[str, Any]:
    """Return what makes an index one of some rows, on both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _create_tables() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("sender", sa.String(16), nullable=False),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("alphabet", sa.String(6), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(8), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("capped", sa.Integer(), nullable=False),
        sa.Column("without", sa.Integer(), nullable=False),
        sa.Column("code_digest", sa.String(32), nullable=False),
        sa.Column("wanted_at", MOMENT),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("estimated_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", ID),
        sa.Column("budget_day", sa.Date()),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("frozen_to", ID),
        sa.Column("cursor", ID, nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("doubted", sa.Integer(), nullable=False),
        sa.Column("counted_at", MOMENT),
        sa.Column("rests_at", MOMENT),
        sa.Column("rests_until", MOMENT),
        sa.Column("by_pin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
        sa.CheckConstraint("purpose IN ('broadcast', 'urgent')", name="ck_broadcasts_purpose"),
        sa.CheckConstraint(
            "state IN ('estimated', 'dead', 'expanding', 'scheduled', 'sending', 'done', 'stopping', 'stopped')",
            name="ck_broadcasts_state",
        ),
    )
    op.create_index("ix_broadcasts_code", "broadcasts", ["sender", "code_digest"])
    op.create_index("ix_broadcasts_confirmed", "broadcasts", ["confirmed_at"])
    op.create_index(
        "ix_broadcasts_open", "broadcasts", ["state", "id"], **where("state IN ('expanding', 'scheduled', 'sending', 'stopping')")
    )
    op.create_index("ix_broadcasts_scope", "broadcasts", ["cooperative_id", "confirmed_at"])
    op.create_table(
        "communes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_communes"),
        sa.UniqueConstraint("name", name="uq_communes_name"),
    )
    op.create_table(
        "filieres",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_filieres"),
        sa.UniqueConstraint("code", name="uq_filieres_code"),
    )
    op.create_table(
        "menu_versions",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("compiled", sa.Text(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_menu_versions"),
    )
    op.create_table(
        "operations",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("request", sa.String(80)),
        sa.PrimaryKeyConstraint("key", name="pk_operations"),
    )
    op.create_index("ix_operations_at", "operations", ["at"])
    op.create_index("ix_operations_person_id", "operations", ["person_id"])
    op.create_index("ix_operations_request", "operations", ["request"])
    op.create_index("ix_operations_told", "operations", ["at"], **where("CAST(arguments AS VARCHAR) <> '{}'"))
    op.create_table(
        "operator_acts",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("os_user", sa.String(40), nullable=False),
        sa.Column("host", sa.String(60), nullable=False),
        sa.Column("command", sa.String(40), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_operator_acts"),
    )
    op.create_table(
        "people",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("pin_hash", sa.String(128)),
        sa.Column("pin_pepper", sa.Integer(), nullable=False),
        sa.Column("pin_tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("pin_rounds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("pin_locked_until", MOMENT),
        sa.Column("pin_locked_for_good", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("pin_last_try", sa.String(80)),
        sa.Column("pin_set_at", MOMENT),
        sa.Column("reset_until", MOMENT),
        sa.Column("pin_tried_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "reply_drafts",
        sa.Column("id", ID, nullable=False),
        sa.Column("sender", sa.String(16), nullable=False),
        sa.Column("letter_id", ID, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.String(32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reply_drafts_sender", "reply_drafts", ["sender", "id"])
    op.create_table(
        "sms_allowances",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spender", sa.String(24), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("day", "spender"),
    )
    op.create_table(
        "sms_budget_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_sms_budget_days"),
    )
    op.create_table(
        "sms_code_misses",
        sa.Column("sender", sa.String(20), nullable=False),
        sa.Column("hour_from", MOMENT, nullable=False),
        sa.Column("in_hour", sa.Integer(), nullable=False),
        sa.Column("day_from", MOMENT, nullable=False),
        sa.Column("in_day", sa.Integer(), nullable=False),
        sa.Column("dead_until", MOMENT),
        sa.PrimaryKeyConstraint("sender"),
    )
    op.create_table(
        "sms_halts",
        sa.Column("id", ID, nullable=False),
        sa.Column("lane", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.Column("mended_at", MOMENT),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_halts"),
    )
    op.create_index("uq_sms_halts_open", "sms_halts", ["lane"], unique=True, **where("mended_at IS NULL"))
    op.create_table(
        "sms_inbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("provider_id", sa.String(80), nullable=False),
        sa.Column("sender", sa.String(20), nullable=False),
        sa.Column("recipient", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("word", sa.String(16)),
        sa.Column("reason", sa.String(40)),
        sa.Column("cooperative_id", ID),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_by", ID),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_inbox"),
        sa.UniqueConstraint("provider", "provider_id", name="uq_sms_inbox_provider_provider_id"),
    )
    op.create_index(
        "ix_sms_inbox_letters", "sms_inbox", ["cooperative_id", "id"], **where("state = 'unparsed' AND closed_at IS NULL")
    )
    op.create_index("ix_sms_inbox_new", "sms_inbox", ["tries", "id"], **where("state = 'new'"))
    op.create_index("ix_sms_inbox_sender", "sms_inbox", ["sender", "received_at"])
    op.create_table(
        "sms_messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("cause", sa.String(120), nullable=False),
        sa.Column("to_number", sa.String(16), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("cooperative_id", ID),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("lane", sa.String(8), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("alphabet", sa.String(6), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("claim", sa.String(32)),
        sa.Column("claimed_at", MOMENT),
        sa.Column("provider", sa.String(20)),
        sa.Column("provider_id", sa.String(64)),
        sa.Column("cost", sa.String(24)),
        sa.Column("reason", sa.String(60)),
        sa.Column("trace", sa.String(64)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("actual_parts", sa.Integer()),
        sa.Column("actual_centimes", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_sms_messages"),
        sa.UniqueConstraint("cause", "to_number", name="uq_sms_messages_cause_to_number"),
    )
    op.create_index("ix_sms_messages_claimed", "sms_messages", ["claimed_at"], **where("state = 'sending'"))
    op.create_index("ix_sms_messages_created", "sms_messages", ["created_at"], postgresql_using="brin")
    op.create_index("ix_sms_messages_doubted", "sms_messages", ["changed_at"], **where("state = 'maybe'"))
    op.create_index("ix_sms_messages_due", "sms_messages", ["lane", "next_at", "id"], **where("state = 'queued'"))
    op.create_index("ix_sms_messages_expiring", "sms_messages", ["expires_at"], **where("state = 'queued'"))
    op.create_index("ix_sms_messages_number", "sms_messages", ["to_number", "created_at"])
    op.create_index("ix_sms_messages_provider", "sms_messages", ["provider", "provider_id"])
    op.create_table(
        "sms_prices",
        sa.Column("id", ID, nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_prices"),
        sa.UniqueConstraint("from_at", name="uq_sms_prices_from_at"),
    )
    op.create_table(
        "sms_reports",
        sa.Column("id", ID, nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("reason", sa.String(60)),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fate", sa.String(10), nullable=False),
        sa.Column("cost", sa.String(24)),
        sa.Column("parts", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_sms_reports"),
    )
    op.create_index("ix_sms_reports_new", "sms_reports", ["id"], **where("fate = 'new'"))
    op.create_index("ix_sms_reports_parked", "sms_reports", ["at"], **where("fate = 'parked'"))
    op.create_index("ix_sms_reports_parked_number", "sms_reports", ["number"], **where("fate = 'parked'"))
    op.create_index("ix_sms_reports_provider", "sms_reports", ["provider", "provider_id", "fate"])
    op.create_table(
        "training_sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(20), nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_training_sessions"),
        sa.CheckConstraint("seats >= 0", name="ck_training_sessions_seats"),
    )
    op.create_index("ix_training_sessions_starts_on", "training_sessions", ["starts_on"])
    op.create_table(
        "activations",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_try", sa.String(80)),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("person_id", name="pk_activations"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_activations_person_id"),
    )
    op.create_table(
        "consents",
        sa.Column("id", ID, nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("notice", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_consents_person_id"),
    )
    op.create_index("ix_consents_phone_purpose", "consents", ["phone", "purpose", "id"])
    op.create_index("ix_consents_stopped", "consents", ["purpose", "phone", "id"], **where("given IS FALSE"))
    op.create_table(
        "cooperatives",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("filiere_id", sa.Integer(), nullable=False),
        sa.Column("legal_form", sa.String(8), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("solidarity_percent", sa.Integer(), server_default=sa.text("2"), nullable=False),
        sa.Column("instalment_percent", sa.Integer(), server_default=sa.text("20"), nullable=False),
        sa.Column("price_threshold_percent", sa.Integer(), server_default=sa.text("20"), nullable=False),
        sa.Column("payment_threshold", sa.BigInteger(), server_default=sa.text("500000"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cooperatives"),
        sa.ForeignKeyConstraint(["commune_id"], ["communes.id"], name="fk_cooperatives_commune_id"),
        sa.ForeignKeyConstraint(["filiere_id"], ["filieres.id"], name="fk_cooperatives_filiere_id"),
        sa.UniqueConstraint("code", name="uq_cooperatives_code"),
        sa.CheckConstraint("legal_form IN ('SCOOPS', 'COOP-CA', 'GIE', 'AER')", name="ck_cooperatives_legal_form"),
    )
    op.create_table(
        "half_lines",
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("officer_id", name="pk_half_lines"),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name="fk_half_lines_officer_id"),
    )
    op.create_table(
        "menu_pointer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("current", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64)),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_menu_pointer"),
        sa.ForeignKeyConstraint(["current"], ["menu_versions.hash"], name="fk_menu_pointer_current"),
        sa.ForeignKeyConstraint(["previous"], ["menu_versions.hash"], name="fk_menu_pointer_previous"),
    )
    op.create_table(
        "number_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("phone", sa.String(16)),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("by_person_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_number_changes"),
        sa.ForeignKeyConstraint(["by_person_id"], ["people.id"], name="fk_number_changes_by_person_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_number_changes_person_id"),
    )
    op.create_index("ix_number_changes_person_id", "number_changes", ["person_id"])
    op.create_index("ix_number_changes_phone", "number_changes", ["phone"])
    op.create_table(
        "numbers",
        sa.Column("id", ID, nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("place", sa.Integer()),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("trusted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("proof_wanted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_numbers"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_numbers_person_id"),
        sa.UniqueConstraint("phone", "person_id", name="uq_numbers_phone_person_id"),
        sa.UniqueConstraint("phone", "place", name="uq_numbers_phone_place"),
    )
    op.create_index("ix_numbers_person_id", "numbers", ["person_id"])
    op.create_index("ix_numbers_shared", "numbers", ["phone"], **where("place IS NOT NULL"))
    op.create_index("uq_numbers_alone", "numbers", ["phone"], unique=True, **where("place IS NULL"))
    op.create_table(
        "products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("divisible", sa.Boolean(), nullable=False),
        sa.Column("filiere_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sa.ForeignKeyConstraint(["filiere_id"], ["filieres.id"], name="fk_products_filiere_id"),
        sa.UniqueConstraint("name", name="uq_products_name"),
    )
    op.create_table(
        "resets",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("first_by", ID, nullable=False),
        sa.Column("first_phone", sa.String(16), nullable=False),
        sa.Column("second_by", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_resets"),
        sa.ForeignKeyConstraint(["first_by"], ["people.id"], name="fk_resets_first_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_resets_person_id"),
        sa.ForeignKeyConstraint(["second_by"], ["people.id"], name="fk_resets_second_by"),
        sa.CheckConstraint("kind IN ('officer', 'peers')", name="ck_resets_kind"),
    )
    op.create_index("ix_resets_first_by", "resets", ["first_by"])
    op.create_index("ix_resets_person_id", "resets", ["person_id"])
    op.create_index("ix_resets_second_by", "resets", ["second_by"])
    op.create_table(
        "sign_ins",
        sa.Column("id", ID, nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("person_id", ID),
        sa.Column("opened_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sign_ins_person_id"),
    )
    op.create_index("ix_sign_ins_phone", "sign_ins", ["phone", "asked_at"])
    op.create_table(
        "sms_state_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(60)),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_state_changes"),
        sa.ForeignKeyConstraint(["message_id"], ["sms_messages.id"], name="fk_sms_state_changes_message_id"),
    )
    op.create_index("ix_sms_state_changes_message_id", "sms_state_changes", ["message_id"])
    op.create_table(
        "wrong_pins",
        sa.Column("id", ID, nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
    )
    op.create_index("ix_wrong_pins_at", "wrong_pins", ["at"])
    op.create_index("ix_wrong_pins_person", "wrong_pins", ["person_id", "at"])
    op.create_index("ix_wrong_pins_phone", "wrong_pins", ["phone", "at"])
    op.create_table(
        "approval_rules",
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("cooperative_id", "kind", name="pk_approval_rules"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_approval_rules_cooperative_id"),
        sa.CheckConstraint("needed > 0", name="ck_approval_rules_needed"),
    )
    op.create_table(
        "call_backs",
        sa.Column("id", ID, nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("cooperative_id", ID),
        sa.Column("topic", sa.String(24), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("taken_by", ID),
        sa.Column("taken_at", MOMENT),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("again_at", MOMENT),
        sa.Column("outcome", sa.String(10)),
        sa.Column("done_by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_call_backs"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_call_backs_cooperative_id"),
        sa.ForeignKeyConstraint(["done_by"], ["people.id"], name="fk_call_backs_done_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_call_backs_person_id"),
        sa.ForeignKeyConstraint(["taken_by"], ["people.id"], name="fk_call_backs_taken_by"),
    )
    op.create_index("ix_call_backs_cooperative_id", "call_backs", ["cooperative_id"])
    op.create_index("uq_call_backs_open", "call_backs", ["phone"], unique=True, **where("done_at IS NULL"))
    op.create_table(
        "cooperative_products",
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("cooperative_id", "slot", name="pk_cooperative_products"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_cooperative_products_cooperative_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_cooperative_products_product_id"),
        sa.UniqueConstraint("cooperative_id", "product_id", name="uq_cooperative_products_cooperative_id_product_id"),
        sa.CheckConstraint("slot % 10 BETWEEN 1 AND 8", name="ck_cooperative_products_slot"),
    )
    op.create_table(
        "members",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("card", sa.String(12), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date()),
        sa.Column("amounts_by_sms", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("leaving_on", sa.Date()),
        sa.Column("money_frozen_until", MOMENT),
        sa.Column("paper", sa.String(10)),
        sa.Column("alone", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_members_cooperative_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_members_person_id"),
        sa.UniqueConstraint("card", name="uq_members_card"),
        sa.UniqueConstraint("person_id", name="uq_members_person_id"),
        sa.CheckConstraint("state IN ('pending', 'active', 'blocked', 'departed')", name="ck_members_state"),
    )
    op.create_index("ix_members_cooperative_id", "members", ["cooperative_id"])
    op.create_table(
        "offers",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_offers_cooperative_id"),
        sa.CheckConstraint("quantity >= 0 AND amount > 0", name="ck_offers_amounts"),
    )
    op.create_index("ix_offers_cooperative_id", "offers", ["cooperative_id"])
    op.create_index("ix_offers_until_at", "offers", ["until_at"])
    op.create_table(
        "payment_batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("product_id", sa.Integer()),
        sa.Column("way", sa.String(6), nullable=False),
        sa.Column("state", sa.String(7), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payment_batches"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_payment_batches_cooperative_id"),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name="fk_payment_batches_made_by"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_payment_batches_product_id"),
        sa.UniqueConstraint("operation", name="uq_payment_batches_operation"),
        sa.CheckConstraint("state IN ('waiting', 'open', 'closed')", name="ck_payment_batches_state"),
        sa.CheckConstraint("way IN ('cash', 'mobile')", name="ck_payment_batches_way"),
    )
    op.create_index("ix_payment_batches_scope", "payment_batches", ["cooperative_id", "state"])
    op.create_table(
        "price_proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("grade", sa.String(8)),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("before", sa.Integer()),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("proposed_by", ID, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", MOMENT),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_price_proposals"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_price_proposals_cooperative_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_price_proposals_decided_by"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_price_proposals_product_id"),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name="fk_price_proposals_proposed_by"),
        sa.UniqueConstraint("operation", name="uq_price_proposals_operation"),
        sa.CheckConstraint(
            "state IN ('proposed', 'waiting', 'published', 'refused', 'overtaken')", name="ck_price_proposals_state"
        ),
    )
    op.create_index("ix_price_proposals_scope", "price_proposals", ["cooperative_id", "state"])
    op.create_table(
        "prices",
        sa.Column("id", ID, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("grade", sa.String(8)),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("published_by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_prices"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_prices_cooperative_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_prices_product_id"),
        sa.ForeignKeyConstraint(["published_by"], ["people.id"], name="fk_prices_published_by"),
    )
    op.create_index("ix_prices_product", "prices", ["product_id", "cooperative_id", "from_at"])
    op.create_table(
        "product_aliases",
        sa.Column("spelling", sa.String(30), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("spelling", name="pk_product_aliases"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_product_aliases_product_id"),
    )
    op.create_index("ix_product_aliases_product_id", "product_aliases", ["product_id"])
    op.create_table(
        "roles",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_roles_cooperative_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_roles_person_id"),
    )
    op.create_index("ix_roles_cooperative_id", "roles", ["cooperative_id"])
    op.create_index("ix_roles_person_id", "roles", ["person_id"])
    op.create_table(
        "accounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("member_id", ID),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_accounts_cooperative_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_accounts_member_id"),
        sa.UniqueConstraint("member_id", "kind", name="uq_accounts_member_id_kind"),
    )
    op.create_index("ix_accounts_cooperative_id", "accounts", ["cooperative_id"])
    op.create_index("uq_accounts_control", "accounts", ["cooperative_id", "kind"], unique=True, **where("member_id IS NULL"))
    op.create_table(
        "applications",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("phone", sa.String(16)),
        sa.Column("paper", sa.String(10)),
        sa.Column("entered_by", ID),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", MOMENT),
        sa.Column("member_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_applications_cooperative_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_applications_decided_by"),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name="fk_applications_entered_by"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_applications_member_id"),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'refused')", name="ck_applications_state"),
    )
    op.create_index("ix_applications_phone", "applications", ["phone"])
    op.create_index("ix_applications_scope", "applications", ["cooperative_id", "state"])
    op.create_table(
        "approvals",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(48), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("member_id", ID),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(80), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("told", sa.String(8), nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", MOMENT),
        sa.Column("operation", sa.String(110), nullable=False),
        sa.Column("why", sa.String(48)),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_approvals_asked_by"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_approvals_cooperative_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_approvals_decided_by"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_approvals_member_id"),
        sa.UniqueConstraint("operation", name="uq_approvals_operation"),
        sa.CheckConstraint("needed > 0", name="ck_approvals_needed"),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'refused', 'dead')", name="ck_approvals_state"),
        sa.CheckConstraint("told IN ('nothing', 'asked', 'ended')", name="ck_approvals_told"),
    )
    op.create_index("ix_approvals_to_tell", "approvals", ["id"], **where("told <> 'ended'"))
    op.create_index("ix_approvals_waiting_in", "approvals", ["cooperative_id"], **where("state = 'waiting'"))
    op.create_index("uq_approvals_waiting", "approvals", ["kind", "subject_id"], unique=True, **where("state = 'waiting'"))
    op.create_table(
        "card_aliases",
        sa.Column("card", sa.String(12), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("card", name="pk_card_aliases"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_card_aliases_member_id"),
    )
    op.create_index("ix_card_aliases_member_id", "card_aliases", ["member_id"])
    op.create_table(
        "declarations",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(6), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("cancelled_at", MOMENT),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_declarations"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_declarations_cooperative_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_declarations_member_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_declarations_product_id"),
        sa.UniqueConstraint("cooperative_id", "season", "reference", name="uq_declarations_cooperative_id_season_reference"),
        sa.UniqueConstraint("operation", name="uq_declarations_operation"),
        sa.CheckConstraint("state IN ('declared', 'cancelled', 'weighed')", name="ck_declarations_state"),
    )
    op.create_index("ix_declarations_member", "declarations", ["member_id", "declared_at"])
    op.create_table(
        "departures",
        sa.Column("id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("reason", sa.String(24)),
        sa.Column("paper", sa.String(10)),
        sa.Column("noted_by", ID),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_by", ID),
        sa.Column("closed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_departures"),
        sa.ForeignKeyConstraint(["closed_by"], ["people.id"], name="fk_departures_closed_by"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_departures_member_id"),
        sa.ForeignKeyConstraint(["noted_by"], ["people.id"], name="fk_departures_noted_by"),
        sa.CheckConstraint("kind IN ('withdrawal', 'exclusion', 'death')", name="ck_departures_kind"),
        sa.CheckConstraint("state IN ('open', 'closed', 'withdrawn')", name="ck_departures_state"),
    )
    op.create_index("ix_departures_member_id", "departures", ["member_id"])
    op.create_index("uq_departures_open", "departures", ["member_id"], unique=True, **where("state = 'open'"))
    op.create_table(
        "journal_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("member_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reverses_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entries"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_journal_entries_cooperative_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_journal_entries_member_id"),
        sa.ForeignKeyConstraint(["reverses_id"], ["journal_entries.id"], name="fk_journal_entries_reverses_id"),
        sa.UniqueConstraint("operation", name="uq_journal_entries_operation"),
        sa.UniqueConstraint("reverses_id", name="uq_journal_entries_reverses_id"),
    )
    op.create_index("ix_journal_entries_member_id", "journal_entries", ["member_id"])
    op.create_table(
        "officer_acts",
        sa.Column("id", ID, nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("member_id", ID),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_officer_acts"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_officer_acts_cooperative_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_officer_acts_member_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_officer_acts_person_id"),
    )
    op.create_index("ix_officer_acts_cooperative_id", "officer_acts", ["cooperative_id"])
    op.create_index("ix_officer_acts_member_id", "officer_acts", ["member_id"])
    op.create_index("ix_officer_acts_operation", "officer_acts", ["operation"])
    op.create_index("ix_officer_acts_person_id", "officer_acts", ["person_id"])
    op.create_table(
        "payment_exports",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payment_exports"),
        sa.ForeignKeyConstraint(["batch_id"], ["payment_batches.id"], name="fk_payment_exports_batch_id"),
    )
    op.create_index("ix_payment_exports_batch_id", "payment_exports", ["batch_id"])
    op.create_table(
        "approval_votes",
        sa.Column("id", ID, nullable=False),
        sa.Column("approval_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_approval_votes"),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name="fk_approval_votes_approval_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_approval_votes_person_id"),
        sa.UniqueConstraint("approval_id", "person_id", name="uq_approval_votes_approval_id_person_id"),
    )
    op.create_table(
        "assisted_acts",
        sa.Column("id", ID, nullable=False),
        sa.Column("declaration_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("act", sa.String(9), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("answer", sa.String(9)),
        sa.Column("answered_at", MOMENT),
        sa.Column("answered_by", sa.String(8)),
        sa.PrimaryKeyConstraint("id", name="pk_assisted_acts"),
        sa.ForeignKeyConstraint(["declaration_id"], ["declarations.id"], name="fk_assisted_acts_declaration_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_assisted_acts_member_id"),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name="fk_assisted_acts_officer_id"),
        sa.UniqueConstraint("operation", name="uq_assisted_acts_operation"),
        sa.CheckConstraint("act IN ('declared', 'cancelled')", name="ck_assisted_acts_act"),
        sa.CheckConstraint("answer IN ('right', 'contested')", name="ck_assisted_acts_answer"),
    )
    op.create_index("ix_assisted_acts_declaration_id", "assisted_acts", ["declaration_id"])
    op.create_index("ix_assisted_acts_member", "assisted_acts", ["member_id", "at"])
    op.create_table(
        "payments",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(6), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(11), nullable=False),
        sa.Column("handed_by", ID),
        sa.Column("handed_role", sa.String(16)),
        sa.Column("handed_at", MOMENT),
        sa.Column("handed_entry_id", ID),
        sa.Column("provider_reference", sa.String(40)),
        sa.Column("signature", sa.String(10)),
        sa.Column("signed_by", ID),
        sa.Column("countersigned_by", ID),
        sa.Column("paid_at", MOMENT),
        sa.Column("paid_entry_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.ForeignKeyConstraint(["batch_id"], ["payment_batches.id"], name="fk_payments_batch_id"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_payments_cooperative_id"),
        sa.ForeignKeyConstraint(["countersigned_by"], ["people.id"], name="fk_payments_countersigned_by"),
        sa.ForeignKeyConstraint(["handed_by"], ["people.id"], name="fk_payments_handed_by"),
        sa.ForeignKeyConstraint(["handed_entry_id"], ["journal_entries.id"], name="fk_payments_handed_entry_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_payments_member_id"),
        sa.ForeignKeyConstraint(["paid_entry_id"], ["journal_entries.id"], name="fk_payments_paid_entry_id"),
        sa.ForeignKeyConstraint(["signed_by"], ["people.id"], name="fk_payments_signed_by"),
        sa.UniqueConstraint("cooperative_id", "season", "reference", name="uq_payments_cooperative_id_season_reference"),
        sa.CheckConstraint("amount > 0", name="ck_payments_amount"),
        sa.CheckConstraint("state IN ('open', 'handed_over', 'paid', 'contested', 'cancelled')", name="ck_payments_state"),
    )
    op.create_index("ix_payments_batch_id", "payments", ["batch_id"])
    op.create_index("ix_payments_member", "payments", ["member_id", "state"])
    op.create_index("ix_payments_open", "payments", ["cooperative_id"], **where("state = 'open'"))
    op.create_index("ix_payments_paid", "payments", ["cooperative_id", "paid_at"])
    op.create_index("ix_payments_reference", "payments", ["reference"])
    op.create_index("uq_payments_provider_reference", "payments", ["provider_reference"], unique=True)
    op.create_table(
        "payouts",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asset", sa.String(20)),
        sa.Column("instalments", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(6), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("handed_by", ID),
        sa.Column("handed_at", MOMENT),
        sa.Column("handed_entry_id", ID),
        sa.Column("signature", sa.String(10)),
        sa.Column("signed_by", ID),
        sa.Column("countersigned_by", ID),
        sa.Column("paid_at", MOMENT),
        sa.Column("paid_entry_id", ID),
        sa.Column("contested", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("paper", sa.String(10)),
        sa.PrimaryKeyConstraint("id", name="pk_payouts"),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_payouts_asked_by"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_payouts_cooperative_id"),
        sa.ForeignKeyConstraint(["countersigned_by"], ["people.id"], name="fk_payouts_countersigned_by"),
        sa.ForeignKeyConstraint(["handed_by"], ["people.id"], name="fk_payouts_handed_by"),
        sa.ForeignKeyConstraint(["handed_entry_id"], ["journal_entries.id"], name="fk_payouts_handed_entry_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_payouts_member_id"),
        sa.ForeignKeyConstraint(["paid_entry_id"], ["journal_entries.id"], name="fk_payouts_paid_entry_id"),
        sa.ForeignKeyConstraint(["signed_by"], ["people.id"], name="fk_payouts_signed_by"),
        sa.UniqueConstraint("cooperative_id", "reference", name="uq_payouts_cooperative_id_reference"),
        sa.UniqueConstraint("handed_entry_id", name="uq_payouts_handed_entry_id"),
        sa.UniqueConstraint("operation", name="uq_payouts_operation"),
        sa.UniqueConstraint("paid_entry_id", name="uq_payouts_paid_entry_id"),
        sa.CheckConstraint("amount > 0 OR (amount = 0 AND kind = 'settlement')", name="ck_payouts_amount"),
        sa.CheckConstraint("kind IN ('withdrawal', 'advance', 'leasing', 'settlement')", name="ck_payouts_kind"),
        sa.CheckConstraint("state IN ('asked', 'approved', 'handed', 'paid', 'refused', 'cancelled')", name="ck_payouts_state"),
    )
    op.create_index("ix_payouts_member_id", "payouts", ["member_id"])
    op.create_index("ix_payouts_scope", "payouts", ["cooperative_id", "state"])
    op.create_index(
        "uq_payouts_open", "payouts", ["member_id", "kind"], unique=True, **where("state IN ('asked', 'approved', 'handed')")
    )
    op.create_table(
        "postings",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_postings"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_postings_account_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name="fk_postings_entry_id"),
    )
    op.create_index("ix_postings_account_id", "postings", ["account_id"])
    op.create_index("ix_postings_entry_id", "postings", ["entry_id"])
    op.create_table(
        "weighings",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("declaration_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.String(8)),
        sa.Column("weighed_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(16)),
        sa.Column("on_the_spot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("price", sa.Integer()),
        sa.Column("gross", sa.BigInteger()),
        sa.Column("share", sa.BigInteger()),
        sa.Column("repaid", sa.BigInteger()),
        sa.Column("entry_id", ID),
        sa.Column("confirmed_by", sa.String(80)),
        sa.Column("confirmed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_weighings"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_weighings_cooperative_id"),
        sa.ForeignKeyConstraint(["declaration_id"], ["declarations.id"], name="fk_weighings_declaration_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name="fk_weighings_entry_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_weighings_member_id"),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name="fk_weighings_officer_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_weighings_product_id"),
        sa.UniqueConstraint("operation", name="uq_weighings_operation"),
        sa.CheckConstraint("state IN ('noted', 'undone', 'credited', 'refused')", name="ck_weighings_state"),
    )
    op.create_index("ix_weighings_member_id", "weighings", ["member_id"])
    op.create_index("ix_weighings_open", "weighings", ["officer_id"], **where("state = 'noted'"))
    op.create_index("ix_weighings_scope", "weighings", ["cooperative_id", "weighed_at"])
    op.create_index("uq_weighings_declaration", "weighings", ["declaration_id"], unique=True, **where("state <> 'undone'"))
    op.create_table(
        "contests",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("number", sa.String(6), nullable=False),
        sa.Column("subject", sa.String(8), nullable=False),
        sa.Column("payment_id", ID),
        sa.Column("weighing_id", ID),
        sa.Column("reference", sa.String(6), nullable=False),
        sa.Column("before", sa.String(11)),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("investigate_by", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("note", sa.String(60)),
        sa.Column("answered_by", ID),
        sa.Column("answered_at", MOMENT),
        sa.Column("payout_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_contests"),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name="fk_contests_answered_by"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_contests_cooperative_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_contests_member_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_contests_payment_id"),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="fk_contests_payout_id"),
        sa.ForeignKeyConstraint(["weighing_id"], ["weighings.id"], name="fk_contests_weighing_id"),
        sa.UniqueConstraint("cooperative_id", "number", name="uq_contests_cooperative_id_number"),
        sa.UniqueConstraint("subject", "payment_id", name="uq_contests_payment"),
        sa.UniqueConstraint("subject", "payout_id", name="uq_contests_payout"),
        sa.UniqueConstraint("subject", "weighing_id", name="uq_contests_weighing"),
        sa.CheckConstraint(
            "CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END + CASE WHEN weighing_id IS NULL THEN 0 ELSE 1 END + CASE WHEN "
            "payout_id IS NULL THEN 0 ELSE 1 END = 1",
            name="ck_contests_about",
        ),
        sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name="ck_contests_state"),
    )
    op.create_index("ix_contests_member_id", "contests", ["member_id"])
    op.create_index("ix_contests_scope", "contests", ["state", "cooperative_id"])
    op.create_table(
        "instalments",
        sa.Column("payout_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("payout_id", "number", name="pk_instalments"),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="fk_instalments_payout_id"),
    )
    op.create_table(
        "payment_export_lines",
        sa.Column("export_id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("export_id", "payment_id", name="pk_payment_export_lines"),
        sa.ForeignKeyConstraint(["export_id"], ["payment_exports.id"], name="fk_payment_export_lines_export_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_payment_export_lines_payment_id"),
    )
    op.create_table(
        "payment_lines",
        sa.Column("weighing_id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("weighing_id", name="pk_payment_lines"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_payment_lines_payment_id"),
        sa.ForeignKeyConstraint(["weighing_id"], ["weighings.id"], name="fk_payment_lines_weighing_id"),
    )
    op.create_index("ix_payment_lines_payment_id", "payment_lines", ["payment_id"])
