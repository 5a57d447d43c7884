"""Triggers as a migration declares them: what it makes, and what `jappoo db check` looks for, is the one tuple `TRIGGERS`.

Migrations of the past call what stands here: it is added to, never changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy import text


class Trigger(NamedTuple):
    """A trigger of one dialect."""

    dialect: str
    table: str
    name: str
    statement: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


def on_postgresql(table: str, name: str, when: str, does: str, *, kind: str = "TRIGGER") -> Trigger:
    """Declare one, such as `AFTER INSERT` … `FOR EACH ROW EXECUTE FUNCTION f()`; the migration makes the function first.

    `kind` may be CONSTRAINT TRIGGER.
    """
    return Trigger("postgresql", table, name, f"CREATE {kind} {name} {when} ON {table} {does}")


def on_sqlite(table: str, name: str, when: str, does: str) -> Trigger:
    """Declare one, such as `AFTER INSERT` … `BEGIN … END`."""
    return Trigger("sqlite", table, name, f"CREATE TRIGGER {name} {when} ON {table} {does}")


def append_only(table: str) -> tuple[Trigger, ...]:
    """Declare what refuses UPDATE, DELETE and, where SQL knows it, TRUNCATE: a mistake in the books is another entry."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: correct by another entry'); END"
    return (
        on_postgresql(
            table,
            f"{table}_append_only",
            "BEFORE UPDATE OR DELETE OR TRUNCATE",
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",  # the baseline's
        ),
        on_sqlite(table, f"{table}_no_update", "BEFORE UPDATE", refuse),
        on_sqlite(table, f"{table}_no_delete", "BEFORE DELETE", refuse),
    )


def create(*triggers: Trigger) -> None:
    """Make those of the database's dialect; only inside a migration."""
    for trigger in triggers:
        if trigger.dialect == op.get_context().dialect.name:
            op.execute(trigger.statement)


def drop(*triggers: Trigger) -> None:
    """Drop those of the database's dialect; the migration names them in `DROPPED`, too."""
    for trigger in triggers:
        if trigger.dialect == op.get_context().dialect.name:
            op.execute(f"DROP TRIGGER {trigger.name}" + (f" ON {trigger.table}" if trigger.dialect == "postgresql" else ""))


@contextmanager
def alter_table(table: str) -> Iterator[BatchOperations]:
    """Give what changes a table's columns and constraints. SQLite makes the table anew: its triggers go with it, and come again."""
    kept: list[str] = []
    if op.get_context().dialect.name == "sqlite":
        held = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
        kept = list(op.get_bind().scalars(held, {"name": table}))
    with op.batch_alter_table(table) as changes:
        yield changes
    for statement in kept:
        op.get_bind().exec_driver_sql(statement)
