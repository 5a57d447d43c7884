"""Each subject declares what others must know; nothing that names a member is forgotten when accounts are merged or erased."""

import msgspec
import pytest
from sqlalchemy import String

from app.coop.approvals import kinds
from app.coop.handover import kinds as handover
from app.coop.handover.box import sums
from app.coop.models import Base
from app.coop.subject import declared
from app.coop.subjects import SUBJECTS

OF_SOMEBODY = {"phone", "sender", "to_number", "number", "spender", "person_id", "member_id"}
"""Columns that name a member or a person, or hold a number, whether or not a key says so."""
NEVER = {"menu_versions", "people", "sms_halts"}
"""Persons themselves, whose name is what is erased; a publisher by the machine's user; a halt, of no number."""


def names_somebody(table):
    keys = {key.column.table.name for column in table.columns for key in column.foreign_keys}
    named = {column.name for column in table.columns if column.name != "number" or isinstance(column.type, String)}
    return bool(keys & {"members", "people"} or named & OF_SOMEBODY)


def test_every_table_that_names_somebody_is_named_under_merge_and_erase():
    said = [rows.model.__tablename__ for subject in SUBJECTS for rows in subject.rows]
    wanted = {table.name for table in Base.metadata.sorted_tables if names_somebody(table)} - NEVER
    assert sorted(said) == sorted(set(said)), "one subject speaks for a table"
    assert set(said) == wanted


def test_what_stays_has_its_reason():
    for subject in SUBJECTS:
        for rows in subject.rows:
            assert rows.merged == "move" or len(rows.merged) > 15, rows
            assert callable(rows.erased) or len(rows.erased) > 15, rows


def test_a_table_that_moves_has_a_member():
    assert all(hasattr(rows.model, "member_id") for one in SUBJECTS for rows in one.rows if rows.merged == "move")


def test_two_kinds_of_approvals_never_have_one_name():
    taken = next(iter(kinds.KINDS.values()))
    with pytest.raises(ValueError, match=taken.name):
        kinds.register([kinds.ApprovalKind(taken.name, taken.approved)])


def test_two_kinds_of_hand_over_never_have_one_name():
    taken = handover.handover_kinds()["payout"]
    with pytest.raises(ValueError, match="payout"):
        handover.register([msgspec.structs.replace(taken, signed="another")])
    assert handover.handover_kinds()["payout"] is taken


def test_the_box_is_not_read_before_what_leaves_it_is_declared(monkeypatch):
    monkeypatch.setattr(handover, "_KINDS", {})
    with pytest.raises(LookupError):
        sums.__wrapped__()


def test_names_of_subjects_sweeps_and_movements_are_each_ones_own():
    assert declared() == SUBJECTS
    for names in (
        [one.name for one in SUBJECTS],
        [sweep.name for one in SUBJECTS for sweep in one.sweeps],
        [kind for one in SUBJECTS for kind in one.movements],
        [kind for one in SUBJECTS for kind in one.reversible],
    ):
        assert len(names) == len(set(names))
