"""Bring a database's schema up to date, and hold it against the models."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from app.db.database import Database

_FOLDER = Path(__file__).parent / "migrations"


class Drift(Exception):
    """The database's schema is not what the models say; its argument says how."""


def upgrade(database: Database) -> None:
    """Run what migrations are missing, in one transaction."""
    with database.engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(database: Database, metadata: MetaData) -> None:
    """Raise Drift when migrations are missing or the models' metadata says something else."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        head = ScriptDirectory.from_config(_config()).get_current_head()
        if context.get_current_revision() != head:
            raise Drift(f"at {context.get_current_revision()}, not {head}: run jappoo db upgrade")
        differences = compare_metadata(context, metadata)
    if differences:
        raise Drift("; ".join(str(difference) for difference in differences))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config
