"""Alphabet is policy, and money is counted by the part."""

import pytest

from app.sms.policy import prepare
from app.sms.purposes import lane_of


@pytest.mark.parametrize(
    ("text", "leaves", "alphabet", "parts"),
    [
        ("Être là", "Être là", "UCS-2", 1),
        ("ê" * 70, "ê" * 70, "UCS-2", 1),
        ("ê" * 71, "e" * 71, "GSM-7", 1),
        ("é" * 160, "é" * 160, "GSM-7", 1),
        ("é" * 161, "é" * 161, "GSM-7", 2),
        ("œ" + "a" * 100, "oe" + "a" * 100, "GSM-7", 1),
        ("", "", "GSM-7", 0),
    ],
)
def test_short_texts_keep_their_accents_and_longer_ones_are_folded(text, leaves, alphabet, parts):
    travelling = prepare(text)
    assert (travelling.text, travelling.alphabet, travelling.parts) == (leaves, alphabet, parts)


@pytest.mark.parametrize(
    ("purpose", "recipients", "lane"),
    [("broadcast", 200, "notice"), ("broadcast", 201, "bulk"), ("notice", 201, "bulk"), ("urgent", 1_000_000, "urgent")],
)
def test_more_than_two_hundred_recipients_go_by_bulk_by_themselves(purpose, recipients, lane):
    assert lane_of(purpose, recipients) == lane
