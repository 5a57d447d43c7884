"""The alphabet against the standard's table and against two public codecs."""

import json
from pathlib import Path

import gsm0338
import pytest
from smspdudecoder.codecs import GSM

from app.gsm7.alphabet import ALL, BASIC, EXTENSION

STANDARD = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
CODEC = gsm0338.Codec()


def test_the_basic_table_is_the_standards():
    assert set(STANDARD["basic_0x00_0x7f"]) - {"\x1b"} == BASIC


def test_the_extension_is_the_standards():
    assert set(STANDARD["extension"].values()) == EXTENSION


def test_no_character_is_in_both():
    assert not BASIC & EXTENSION
    assert len(ALL) == 127 + 10


@pytest.mark.parametrize("character", sorted(ALL))
def test_each_character_has_the_width_that_public_codecs_give_it(character):
    width = 2 if character in EXTENSION else 1
    assert len(CODEC.encode(character)[0]) == width
    assert len(GSM.encode(character)) == 2 * width


@pytest.mark.parametrize("character", "çâêëîïôœûÀÈŋóãɓɗƴ’«»…–—`\t\u00a0\u202f\x1b")
def test_what_costs_dear_is_not_in_it(character):
    assert character not in ALL
