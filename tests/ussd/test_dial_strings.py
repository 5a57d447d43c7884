"""A dial string, in whatever form and wherever the gateway puts it."""

import pytest

from tests.ussd.conftest import asked


@pytest.mark.parametrize(
    "hops",
    [
        (("*384*44135*3#", ""), ("*384*44135#", "2")),
        (("*384*44135*3#", ""), ("*384*44135*3#", "3*2")),
        (("*384*44135*3#", ""), ("*384*44135#", "3*2")),
        (("*384*44135*3#", ""), ("*384*44135*3#", "3"), ("*384*44135*3#", "3*2")),
        (("*384*44135*3#", ""), ("*384*44135*3#", "2")),
        (("*384*44135#", "3"), ("*384*44135#", "3*2")),
        (("384*44135*3#", ""), ("384*44135*3#", "2")),
        (("*384*44135#", ""), ("*384*44135#", "3"), ("*384*44135#", "3*2")),
    ],
)
def test_a_sub_code_means_the_same_wherever_the_gateway_puts_it(engine, hops):
    seen = [asked(engine, code, text) for code, text in hops]
    prices = next(words for words in seen if "Prix CPS1" in words)
    assert "2 Yeet" in prices
    assert seen[-1].startswith("Yeet")


@pytest.mark.parametrize(("code", "text"), [("*384*44135*#", ""), ("*384*44135#", "*384*44135#"), ("*384*44135#", "")])
def test_an_empty_sub_code_is_home_without_a_complaint(engine, code, text):
    assert asked(engine, code, text).startswith("Jappoo. Gratuit\n1 Mes soldes")
