"""`jappoo ledger approvals`: what a co-operative wants of its officers."""

import json
from functools import partial

import pytest

from tests import sample_declarations


@pytest.fixture
def run(run, sqlite_database):
    sample_declarations.staffed(sqlite_database)
    return partial(run, "ledger")


def of(run, kind):
    return next(row for row in json.loads(run("approvals", "CPS1", "--json")[1]) if row["kind"] == kind)


def test_a_rule_is_set_shown_and_dropped(run):
    assert of(run, "withdrawal") | {"roles": 0} == {
        "kind": "withdrawal",
        "member": 2,
        "officer": 2,
        "roles": 0,
        "own": False,
        "holders": 3,
    }
    code, out, err = run("approvals", "cps1", "withdrawal", "--needed", "1", "--roles", "treasurer,president")
    assert (code, err) == (0, "")
    assert "withdrawal: 1 when a member asks, 1 when an officer does; treasurer, president (own rule)" in out
    assert of(run, "withdrawal")["holders"] == 2
    run("approvals", "CPS1", "withdrawal", "--usual")
    assert of(run, "withdrawal")["own"] is False


def test_a_rule_that_too_few_officers_can_meet_is_pointed_out(run):
    code, _, err = run("approvals", "CPS1", "withdrawal", "--needed", "2", "--roles", "treasurer,president")
    assert (code, "only 2 hold these offices" in err) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("CPS9",), 1, "no co-operative has the code CPS9"),
        (("CPS1", "dance", "--needed", "1"), 1, "not a rule"),
        (("CPS1", "price", "--needed", "1", "--roles", "delegate"), 1, "not a rule"),
        (("CPS1", "price"), 2, "--needed"),
        (("CPS1", "price", "--needed", "0"), 2, "--needed"),
        (("CPS1", "--needed", "1"), 2, "KIND"),
    ],
)
def test_what_is_no_rule_is_refused_in_one_line(run, arguments, code, words):
    got, _, err = run("approvals", *arguments)
    assert (got, words in err, err.count("\n")) == (code, True, 1)


def test_the_books_are_verified(run):
    code, out, _ = run("verify")
    assert (code, "3 entries, 6 postings" in out) == (0, True)
