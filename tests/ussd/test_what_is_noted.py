"""With an act is written what the act read of what the session kept, and nothing else of it."""

import msgspec
import pytest
from sqlalchemy import select

from app.db.operations import Operation
from menus.whole import bindings

READINGS = {
    "one of two": (lambda kept: kept["quantity"], {"quantity"}),
    "the other, which may not be there": (lambda kept: kept.get("product"), {"product"}),
    "both": (lambda kept: (kept["product"], kept["quantity"]), {"product", "quantity"}),
    "none": (lambda kept: None, set()),  # noqa: ARG005 - that is the point
    "what isn't there": (lambda kept: kept.get("nobody"), set()),
}


@pytest.mark.parametrize(("read", "noted"), READINGS.values(), ids=READINGS)
def test_what_an_act_reads_is_noted(handset, peopled, monkeypatch, read, noted):
    declare = bindings.effects["declare"]

    def reading(hop, session):
        read(hop.kept)
        blind = msgspec.structs.replace(hop, kept=dict(hop.kept))
        return declare.call(blind, session)

    monkeypatch.setitem(bindings.effects, "declare", msgspec.structs.replace(declare, call=reading))
    phone = handset()
    for entries in ((), ("2",), ("2468",), ("2",), ("25",), ("1",)):
        said = phone.type(*entries) if entries else phone.dial()
    assert "Enregistré" in said.text
    with peopled.read() as reader:
        [arguments] = reader.scalars(select(Operation.arguments)).all()
    assert set(arguments) == noted
