"""Septets and parts: the vectors, the properties, the packing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gsm7 import NotGsm7, Size, fits, measure, outside, septets
from app.gsm7.alphabet import ALL, EXTENSION

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))["vectors"]
ALPHABETS = {"gsm7": "GSM-7", "ucs2": "UCS-2"}

gsm7_texts = st.text(st.sampled_from(sorted(ALL) + sorted(EXTENSION) * 6), max_size=700)
any_texts = st.text(st.one_of(st.sampled_from("aé€[ŋê😀"), st.characters()), max_size=400)
runs = st.tuples(st.sampled_from("aé€["), st.integers(1, 160)) | st.tuples(st.sampled_from("aŋ😀"), st.integers(1, 80))
long_texts = st.lists(runs, max_size=6).map(lambda found: "".join(character * times for character, times in found))


def vector_name(vector):
    return f"{vector['encoding']}-{vector['units']}-{vector['segments']}"


@pytest.mark.parametrize("vector", VECTORS, ids=vector_name)
def test_a_vector_is_counted_as_published(vector):
    assert measure(vector["text"]) == Size(ALPHABETS[vector["encoding"]], vector["units"], vector["segments"])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 152 + "€" + "a" * 152, 3),  # the pair moves, and pushes one septet into a third part
        ("a" * 151 + "€" + "a" * 153, 2),  # the pair just fits
        ("a" * 152 + "€" + "a" * 151, 2),
        ("€" * 76 + "a" + "€" * 76, 2),
        ("ŋ" * 66 + "😀" + "ŋ" * 66, 3),  # 134 units, but the surrogate pair moves
        ("ŋ" * 65 + "😀" + "ŋ" * 67, 2),
        ("😀" * 35, 1),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
    ],
)
def test_a_pair_never_straddles_two_parts(text, parts):
    assert measure(text).parts == parts


@given(any_texts)
def test_a_text_is_counted_as_gsm7_exactly_when_every_character_is(text):
    assert (measure(text).alphabet == "GSM-7") == all(character in ALL for character in text) == fits(text) == (not outside(text))


@given(gsm7_texts)
def test_septets_are_the_units_of_a_gsm7_text(text):
    assert septets(text) == measure(text).units == sum(2 if character in EXTENSION else 1 for character in text)


@given(any_texts)
def test_units_of_other_texts_are_those_of_utf16(text):
    size = measure(text + "ŋ")
    assert size.units == len((text + "ŋ").encode("utf-16-be", "surrogatepass")) // 2


@given(long_texts)
def test_the_parts_are_what_filling_them_one_by_one_takes(text):
    assert measure(text).parts == len(filled(text))


def filled(text):
    """Fill messages as a phone does, character by character; returns the units in each."""
    pairs, single, each = (EXTENSION, 160, 153) if fits(text) else ({c for c in text if ord(c) > 0xFFFF}, 70, 67)
    units = [2 if character in pairs else 1 for character in text]
    if sum(units) <= single:
        return [sum(units)] if units else []
    parts = [0]
    for unit in units:
        if parts[-1] + unit > each:
            parts.append(0)
        parts[-1] += unit
    return parts


@given(long_texts, long_texts)
def test_a_longer_text_never_takes_fewer_parts(first, second):
    assert measure(first + second).parts >= measure(first).parts


def test_septets_names_each_costly_character_once_and_in_order():
    with pytest.raises(NotGsm7) as refused:
        septets("forêt, cœur, bête")
    assert refused.value.args == ("ê", "œ")


@pytest.mark.parametrize("text", ["", "\n", "\r", "\x1b", "\x00", "\ud800", "ç", "é"])
def test_odd_texts_are_counted_without_failing(text):
    assert measure(text).units == len(text)
