"""`jappoo sms count`, as an operator types it."""

import json

import pytest
from click.testing import CliRunner

from app.cli.sms import sms


def ran(*arguments, stdin=None):
    return CliRunner().invoke(sms, ["count", *arguments], input=stdin)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"alphabet": "GSM-7", "units": 0, "parts": 0}),
        ("a" * 160, {"alphabet": "GSM-7", "units": 160, "parts": 1}),
        ("a" * 152 + "€" + "a" * 152, {"alphabet": "GSM-7", "units": 306, "parts": 3}),
        ("pêche", {"alphabet": "UCS-2", "units": 5, "parts": 1}),
        ("ê" * 71, {"alphabet": "UCS-2", "units": 71, "parts": 2}),
        ("-5 kg", {"alphabet": "GSM-7", "units": 5, "parts": 1}),
        (" a\n", {"alphabet": "GSM-7", "units": 3, "parts": 1}),
    ],
)
def test_json_has_the_size_of_the_text_as_given(text, expected):
    done = ran(text, "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, expected)


def test_a_dash_reads_standard_input_to_the_last_character():
    assert json.loads(ran("-", "--json", stdin="déjà\r\n").stdout) == {"alphabet": "GSM-7", "units": 6, "parts": 1}


def test_words_name_what_costs_and_what_folding_would_give():
    lines = ran("forêt\u202f" * 20).stdout.splitlines()
    assert lines == ["2 parts, UCS-2, 120 units", "UCS-2 because of: ê U+202F", "folded: 1 part, GSM-7, 120 units"]


def test_words_are_one_line_for_gsm7():
    assert ran("Réunion").stdout == "1 part, GSM-7, 7 units\n"


def test_bytes_that_are_no_text_are_refused_in_one_line():
    done = ran("-", stdin=b"\xff\xfe")
    assert (done.exit_code, done.stderr) == (1, "Error: standard input is not UTF-8\n")


def test_a_missing_text_is_wrong_use():
    assert ran().exit_code == 2
