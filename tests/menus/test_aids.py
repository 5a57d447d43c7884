"""Why aid is asked for stands in one place: not in the record of the act, nor in what is told or noted of it."""

import json

import pytest
from sqlalchemy import inspect, text

from tests import sample_cooperative, sample_declarations

WORDS = ("illness", "maladie")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_why_aid_is_asked_stands_in_one_column(line, database):
    sample_declarations.treasurer(database)
    talk = line(sample_cooperative.AWA)
    talk.dial(["6", "1"])
    said = [talk.type(entry) for entry in ("2468", "5", "00101", "2", "20000", "2468")][-1]
    assert "Demande not" in said
    found = set()
    with database.read() as reader:
        for table in inspect(reader).get_table_names():
            for row in reader.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608 - our own names
                written = {column: json.dumps(value, default=str) for column, value in row.items()}
                found |= {(table, column) for column, said in written.items() if any(word in said for word in WORDS)}
    assert {(table, column) for table, column in found if table != "menu_versions"} == {("aids", "reason")}
