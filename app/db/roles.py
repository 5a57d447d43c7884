"""What the service's own role may do on PostgreSQL: read and write rows, and nothing to the schema or to what is written for good.

The schema's owner runs migrations and backups, and grants this after each migration; web, workers and scheduler are the service.
"""

from sqlalchemy import Connection, text

from app.db import schema

LOCKED = ("journal_entries",)
"""Books whose rows are locked: PostgreSQL asks for the right to change some column, which the trigger refuses all the same."""
FUNCTIONS = ("add_sms_month", "drop_sms_months")
"""What runs as the owner: months of messages are made and dropped by the scheduler."""


class RoleUnknown(Exception):
    """There is no such role, or it is one that needs no right: its argument says which."""


def grant(connection: Connection, role: str) -> None:
    """Give a role the service's rights on a migrated PostgreSQL database, and take others away; again changes nothing.

    To be committed by the caller, the tables' owner. Raises RoleUnknown also for the owner, and for a superuser.
    """
    able = text("SELECT NOT rolsuper AND rolname <> current_user FROM pg_roles WHERE rolname = :role")
    if not connection.scalar(able, {"role": role}):
        raise RoleUnknown(f"{role} is no role, or owns the tables, or may do everything")
    name = connection.dialect.identifier_preparer.quote(role)
    tables = f"ALL TABLES IN SCHEMA public {{}} {name}"
    books = ", ".join(sorted(_books()))
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        # All is taken away first: a right that isn't named below may stand from another grant.
        f"REVOKE ALL ON {tables.format('FROM')}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables.format('TO')}",
        f"REVOKE UPDATE, DELETE ON {books}, alembic_version FROM {name}",
        f"REVOKE INSERT ON alembic_version FROM {name}",
        f"GRANT UPDATE (id) ON {', '.join(LOCKED)} TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {name}",
    ):
        connection.execute(text(statement))


def _books() -> set[str]:
    """Return the tables that triggers keep as they are."""
    triggers = (trigger.partition(".") for trigger in schema.expected("postgresql"))
    return {table for table, _, name in triggers if name == f"{table}_append_only"}
