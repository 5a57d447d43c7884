"""A shell on SQLite checks no foreign keys: what is deleted there leaves postings that still sum to zero."""

import sqlite3

import pytest

from app.coop.verify import verify
from tests.sample_cooperative import build


@pytest.mark.parametrize(("table", "wrong"), [("journal_entries", "no entry"), ("accounts", "no account")])
def test_verify_finds_postings_whose_entry_or_account_was_deleted(sqlite_database, table, wrong):
    build(sqlite_database)
    shell = sqlite3.connect(sqlite_database.engine.url.database)
    shell.execute("DROP TRIGGER journal_entries_no_delete")
    shell.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of the table above
    shell.commit()
    shell.close()
    with sqlite_database.read() as reader:
        found = verify(reader).wrong
    assert len([one for one in found if one.endswith(wrong)]) == 4
