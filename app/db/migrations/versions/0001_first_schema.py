"""The first schema, with the triggers that keep the books append-only."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Quantity, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "communes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communes")),
        sa.UniqueConstraint("name", name=op.f("uq_communes_name")),
    )
    op.create_table(
        "filieres",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filieres")),
        sa.UniqueConstraint("code", name=op.f("uq_filieres_code")),
    )
    op.create_table(
        "menu_versions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("compiled", sa.Text(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("published_at", Utc(), nullable=False),
        sa.Column("published_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_menu_versions")),
    )
    op.create_table(
        "operations",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_operations")),
    )
    with op.batch_alter_table("operations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operations_person_id"), ["person_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("pin_hash", sa.String(length=128), nullable=True),
        sa.Column("pin_pepper", sa.Integer(), nullable=False),
        sa.Column("pin_tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("pin_rounds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("pin_locked_until", Utc(), nullable=True),
        sa.Column("pin_locked_for_good", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("pin_last_try", sa.String(length=80), nullable=True),
        sa.Column("pin_set_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "sms_inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("sender", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("word", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_inbox")),
        sa.UniqueConstraint("provider", "provider_id", name=op.f("uq_sms_inbox_provider_provider_id")),
    )
    with op.batch_alter_table("sms_inbox", schema=None) as batch_op:
        batch_op.create_index("ix_sms_inbox_sender", ["sender", "received_at"], unique=False)

    op.create_table(
        "sms_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.Column("to_number", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("alphabet", sa.String(length=6), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("claimed_at", Utc(), nullable=True),
        sa.Column("provider", sa.String(length=20), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("cost", sa.String(length=24), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("trace", sa.String(length=64), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_messages")),
        sa.UniqueConstraint("cause", "to_number", name=op.f("uq_sms_messages_cause_to_number")),
    )
    with op.batch_alter_table("sms_messages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sms_messages_claimed",
            ["claimed_at"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index(
            "ix_sms_messages_due",
            ["lane", "next_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index("ix_sms_messages_number", ["to_number", "created_at"], unique=False)
        batch_op.create_index("ix_sms_messages_provider", ["provider", "provider_id"], unique=False)

    op.create_table(
        "sms_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("fate", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_reports")),
    )
    with op.batch_alter_table("sms_reports", schema=None) as batch_op:
        batch_op.create_index("ix_sms_reports_provider", ["provider", "provider_id", "fate"], unique=False)
        batch_op.create_index(
            "ix_sms_reports_parked",
            ["at"],
            unique=False,
            sqlite_where=sa.text("fate = 'parked'"),
            postgresql_where=sa.text("fate = 'parked'"),
        )

    op.create_table(
        "activations",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_try", sa.String(length=80), nullable=True),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_activations_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_activations")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("notice", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_consents_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index("ix_consents_phone_purpose", ["phone", "purpose", "id"], unique=False)

    op.create_table(
        "cooperatives",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("filiere_id", sa.Integer(), nullable=False),
        sa.Column("legal_form", sa.String(length=8), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.CheckConstraint("legal_form IN ('SCOOPS', 'COOP-CA', 'GIE', 'AER')", name=op.f("ck_cooperatives_legal_form")),
        sa.ForeignKeyConstraint(["commune_id"], ["communes.id"], name=op.f("fk_cooperatives_commune_id")),
        sa.ForeignKeyConstraint(["filiere_id"], ["filieres.id"], name=op.f("fk_cooperatives_filiere_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperatives")),
        sa.UniqueConstraint("code", name=op.f("uq_cooperatives_code")),
    )
    op.create_table(
        "menu_pointer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("current", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("moved_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["current"], ["menu_versions.hash"], name=op.f("fk_menu_pointer_current")),
        sa.ForeignKeyConstraint(["previous"], ["menu_versions.hash"], name=op.f("fk_menu_pointer_previous")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_pointer")),
    )
    op.create_table(
        "numbers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("registered_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_numbers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
        sa.UniqueConstraint("phone", "person_id", name=op.f("uq_numbers_phone_person_id")),
        sa.UniqueConstraint("phone", "place", name=op.f("uq_numbers_phone_place")),
    )
    with op.batch_alter_table("numbers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_numbers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("divisible", sa.Boolean(), nullable=False),
        sa.Column("filiere_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["filiere_id"], ["filieres.id"], name=op.f("fk_products_filiere_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("name", name=op.f("uq_products_name")),
    )
    op.create_table(
        "sms_state_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["sms_messages.id"], name=op.f("fk_sms_state_changes_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_state_changes")),
    )
    with op.batch_alter_table("sms_state_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sms_state_changes_message_id"), ["message_id"], unique=False)

    op.create_table(
        "call_backs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("done_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_call_backs_cooperative_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_call_backs_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_backs")),
    )
    with op.batch_alter_table("call_backs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_backs_cooperative_id"), ["cooperative_id"], unique=False)
        batch_op.create_index(
            "uq_call_backs_open",
            ["phone"],
            unique=True,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "cooperative_products",
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("slot % 10 BETWEEN 1 AND 8", name=op.f("ck_cooperative_products_slot")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cooperative_products_cooperative_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_cooperative_products_product_id")),
        sa.PrimaryKeyConstraint("cooperative_id", "slot", name=op.f("pk_cooperative_products")),
        sa.UniqueConstraint("cooperative_id", "product_id", name=op.f("uq_cooperative_products_cooperative_id_product_id")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("card", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("amounts_by_sms", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'active', 'blocked', 'departed')", name=op.f("ck_members_state")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_members_cooperative_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_members_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("card", name=op.f("uq_members_card")),
        sa.UniqueConstraint("person_id", name=op.f("uq_members_person_id")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_members_cooperative_id"), ["cooperative_id"], unique=False)

    op.create_table(
        "prices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("grade", sa.String(length=8), nullable=True),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("from_at", Utc(), nullable=False),
        sa.Column("published_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_prices_cooperative_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_prices_product_id")),
        sa.ForeignKeyConstraint(["published_by"], ["people.id"], name=op.f("fk_prices_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prices")),
    )
    with op.batch_alter_table("prices", schema=None) as batch_op:
        batch_op.create_index("ix_prices_product", ["product_id", "cooperative_id", "from_at"], unique=False)

    op.create_table(
        "product_aliases",
        sa.Column("spelling", sa.String(length=30), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_aliases_product_id")),
        sa.PrimaryKeyConstraint("spelling", name=op.f("pk_product_aliases")),
    )
    with op.batch_alter_table("product_aliases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_aliases_product_id"), ["product_id"], unique=False)

    op.create_table(
        "roles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_roles_cooperative_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roles_cooperative_id"), ["cooperative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roles_person_id"), ["person_id"], unique=False)

    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_accounts_cooperative_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_accounts_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("member_id", "kind", name=op.f("uq_accounts_member_id_kind")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accounts_cooperative_id"), ["cooperative_id"], unique=False)

    op.create_table(
        "declarations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=6), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", Quantity(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("declared_at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("cancelled_at", Utc(), nullable=True),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.CheckConstraint("state IN ('declared', 'cancelled', 'weighed')", name=op.f("ck_declarations_state")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_declarations_cooperative_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_declarations_member_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_declarations_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
        sa.UniqueConstraint("cooperative_id", "season", "reference", name=op.f("uq_declarations_cooperative_id_season_reference")),
        sa.UniqueConstraint("operation", name=op.f("uq_declarations_operation")),
    )
    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.create_index("ix_declarations_member", ["member_id", "declared_at"], unique=False)

    op.create_table(
        "journal_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_journal_entries_cooperative_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_journal_entries_member_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["journal_entries.id"], name=op.f("fk_journal_entries_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint("operation", name=op.f("uq_journal_entries_operation")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_journal_entries_reverses_id")),
    )
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entries_member_id"), ["member_id"], unique=False)

    op.create_table(
        "postings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_postings_account_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name=op.f("fk_postings_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
    )
    with op.batch_alter_table("postings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_postings_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_postings_entry_id"), ["entry_id"], unique=False)
    _append_only()


def _append_only() -> None:
    """Refuse UPDATE, DELETE and, where SQL knows it, TRUNCATE on the books: a correction is another entry."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only: correct by another entry', TG_TABLE_NAME; END $$"
        )
    for table in ("journal_entries", "postings", "prices", "consents"):
        if postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: correct by another entry'); END"
            )


def downgrade() -> None:
    """Refuse: the first schema is never undone, a backup is restored."""
    raise RuntimeError("restore a backup instead")
