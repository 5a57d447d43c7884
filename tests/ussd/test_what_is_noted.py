"""With an act is written what the act reads of what the session kept, and nothing else of it."""

import msgspec
import pytest
from sqlalchemy import select

from app.db.operations import Operation
from menus.registry import bindings

READ = {
    "one of two": ["quantity"],
    "the other": ["product"],
    "both": ["product", "quantity"],
    "none": [],
    "what isn't there": [("nobody", object, None)],
}
NOTED = {"one of two": {"quantity"}, "the other": {"product"}, "both": {"product", "quantity"}}


@pytest.mark.parametrize("case", READ)
def test_what_an_act_reads_is_noted(handset, peopled, monkeypatch, case):
    shape = msgspec.defstruct("Reading", READ[case])
    monkeypatch.setitem(bindings.effects, "declare", msgspec.structs.replace(bindings.effects["declare"], kept=shape))
    phone = handset()
    for entries in ((), ("2",), ("2468",), ("2",), ("25",), ("1",)):
        said = phone.type(*entries) if entries else phone.dial()
    assert "Enregistré" in said.text
    with peopled.read() as reader:
        [arguments] = reader.scalars(select(Operation.arguments)).all()
    assert set(arguments) == NOTED.get(case, set())
