"""Where the code or the card's number is asked, the keys that the screen names lead to the call back, wherever one stands."""

import re

import pytest

from tests import sample_cooperative, sample_declarations

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WAYS = (["1"], ["6", "1"], ["4", "2", "1"], ["7"])


def keys_named(said):
    return re.search(r"tapez (\d+), puis (\d)", said).groups()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("phone", [sample_cooperative.AWA, sample_cooperative.NEW])
def test_the_keys_named_lead_a_member_to_the_call_back(line, phone, way):
    talk = line(phone)
    first, then = keys_named(talk.dial(way))
    talk.type(first)
    assert talk.type(then).startswith("On vous rappelle ?")


@pytest.mark.parametrize("way", [*WAYS, ["8", "1"], ["8", "3", "1"]])
def test_the_keys_named_lead_an_officer_to_the_page_that_offers_it_under_the_same_key(line, way):
    talk = line(sample_declarations.PRESIDENT)
    first, then = keys_named(talk.dial(way))
    talk.type(first)
    assert f"\n{then} Rappelez-moi\n" in talk.type(then)
    assert talk.type(then).startswith("On vous rappelle ?")
