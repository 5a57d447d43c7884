"""`jappoo box`: what cash lies there, and what comes and goes."""

import json
from functools import partial

import pytest

from tests import sample_declarations


@pytest.fixture
def run(run, sqlite_database):
    sample_declarations.staffed(sqlite_database)
    return partial(run, "box")


def test_the_box_is_shown_filled_and_emptied_but_never_overdrawn(run):
    assert run("show", "cps1").out == "CPS1: 1022500 F in the box, 0 F promised, 1022500 F free\n"
    assert run("note", "CPS1", "500", "--source", "sale").out.startswith("CPS1: 1023000 F")
    refused = run("note", "CPS1", "1023001", "--source", "bank", "--out")
    assert (refused.code, "only 1023000 F may leave this box" in refused.err) == (1, True)
    assert run("note", "CPS1", "1023000", "--source", "bank", "--out").code == 0
    assert json.loads(run("show", "CPS1", "--json").out)["free"] == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "CPS9"), 1),
        (("note", "CPS1", "0", "--source", "sale"), 2),
        (("note", "CPS1", "5", "--source", "wind"), 2),
    ],
)
def test_what_is_none_is_refused_in_a_line(run, arguments, code):
    done = run(*arguments)
    assert (done.code, done.err.count("\n")) == (code, 1)


@pytest.mark.parametrize("amount", ["100000000", "100000000000000000000"])
def test_more_than_one_act_moves_is_refused_in_a_line(run, amount):
    refused = run("note", "CPS1", amount, "--source", "count")
    assert (refused.code, refused.err) == (1, f"jappoo: {amount} F can't be moved at once\n")
    assert run("show", "CPS1").out.startswith("CPS1: 1022500 F in the box")
