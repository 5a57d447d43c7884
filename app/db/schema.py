"""Bring a database's schema up to date, and hold it against the models."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from app.db.database import Database

_TRIGGERS = {
    "postgresql": (
        "SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
    ),
    "sqlite": "SELECT tbl_name || '.' || name FROM sqlite_master WHERE type = 'trigger'",
}
_FOLDER = Path(__file__).parent / "migrations"


APPEND_ONLY = ("approval_votes", "consents", "journal_entries", "officer_acts", "operator_acts", "postings", "prices", "sms_prices")
OTHERS = {
    "postgresql": (
        *("members.members_alone", "numbers.numbers_alone"),
        *("accounts.accounts_open", "members.members_cleared", "postings.postings_sum"),
    ),
    "sqlite": (
        *("members.members_alone_insert", "members.members_alone_update"),
        *("numbers.numbers_alone_delete", "numbers.numbers_alone_insert", "numbers.numbers_alone_update"),
        *("accounts.accounts_open", "members.members_cleared"),
        *("accounts.accounts_side_insert", "accounts.accounts_side_update"),
    ),
}
"""Triggers that keep a count, and those that hold the books, by dialect."""


class Drift(Exception):
    """The database's schema is not what the models say; its argument says how."""


def upgrade(database: Database) -> None:
    """Run what migrations are missing, in one transaction."""
    with database.engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(database: Database, metadata: MetaData) -> None:
    """Raise Drift when migrations or triggers are missing, or the models' metadata says something else."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        head = ScriptDirectory.from_config(_config()).get_current_head()
        if context.get_current_revision() != head:
            raise Drift(f"at {context.get_current_revision()}, not {head}: run jappoo db upgrade")
        differences = [str(difference) for difference in compare_metadata(context, metadata)]
        missing = sorted(expected(database.engine.dialect.name) - working(connection))
    if differences or missing:
        raise Drift("; ".join([*differences, *(f"trigger {name} is missing or disabled" for name in missing)]))


def expected(dialect: str) -> set[str]:
    """Return the triggers that the migrations leave, as `table.trigger`."""
    kept = ("append_only",) if dialect == "postgresql" else ("no_update", "no_delete")
    return {f"{table}.{table}_{what}" for table in APPEND_ONLY for what in kept} | set(OTHERS[dialect])


def working(connection: Connection) -> set[str]:
    """Return the triggers that a database has and would run, as `table.trigger`."""
    return set(connection.scalars(text(_TRIGGERS[connection.dialect.name])))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config
