import pytest

from app.phones import e164, is_senegalese_mobile
from tests.gateways.fixtures import load

VECTORS = load("_senegal_numbers")["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["input"] or "empty")
def test_a_number_is_read_as_the_network_would(vector: dict[str, str | bool | None]) -> None:
    read = e164(str(vector["input"]))
    if vector["e164"]:
        assert read == vector["e164"]
    else:
        assert read == vector["input"], "what is no number of ours stays as given"
    assert is_senegalese_mobile(read) is vector["mobile"]


@pytest.mark.parametrize("given", ["21512", "Jappoo", "+", "²²¹771234567", "+221 77 123 45 67 ext 9", "7" * 5000])
def test_what_is_no_number_raises_nothing_and_stays_short(given: str) -> None:
    assert len(e164(given)) <= 20
    assert e164("21512") == "21512", "a short code must not become a number"
