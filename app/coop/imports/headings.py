"""Which column of a co-operative's files is which field: confirmed once, kept by kind, and changed by saying it anew."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from app.coop.imports.models import ImportColumn
from app.coop.scope import Scope
from app.sheets import Table


def confirmed(reader: Connection | Session, scope: Scope, kind: str) -> dict[str, str]:
    """Return the name of a column by the field that it was said to be. What was said last counts, of a name and of a field."""
    said = select(ImportColumn.name, ImportColumn.field).where(scope.own(ImportColumn.cooperative_id), ImportColumn.kind == kind)
    fields: dict[str, tuple[str, str]] = {}
    for name, field in reader.execute(said.order_by(ImportColumn.id)):
        fields = {key: known for key, known in fields.items() if known[0] != field}
        fields[name.casefold()] = field, name
    return {field: name for field, name in fields.values() if field}


def keep(session: Session, scope: Scope, kind: str, fields: Mapping[str, str], by: str, now: datetime) -> None:
    """Keep what columns were said to be: the field by the name, empty where it is to be left unread."""
    before = {name.casefold(): field for field, name in confirmed(session, scope, kind).items()}
    new = {name: field for name, field in fields.items() if len(name) <= 80 and before.get(name.casefold(), "") != field}
    whose = {"cooperative_id": scope.cooperative_id, "kind": kind, "by": by[:40], "at": now}
    if new:
        session.execute(insert(ImportColumn), [whose | {"name": name, "field": field} for name, field in new.items()])


def named(table: Table, given: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the columns that were given for a file, by name; one without a name can't be known again."""
    return {table.header[field]: field for field in given if table.header[field] in table.names}
