"""Our SMS are one part each, with the longest values, and plain."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.gsm7 import septets
from app.sms import texts

AT = datetime(2026, 12, 28, 23, 59, tzinfo=UTC)

LONGEST = {
    "declaration": texts.declaration_receipt("482137", Decimal("99999.125"), "caisseXX", AT),
    "cancel": texts.cancel_receipt("482137", AT),
    "lock": texts.lock_notice(AT, "*384*44135#"),
    "lock for good": texts.lock_notice(None, "*384*44135#"),
    "pin": texts.pin_notice(AT),
    "activation": texts.activation_notice(AT),
}


@pytest.mark.parametrize("name", LONGEST)
def test_each_text_is_one_part(name):
    assert septets(LONGEST[name]) <= 160, LONGEST[name]


def test_a_receipt_says_reference_quantity_and_day_in_dakar():
    words = texts.declaration_receipt("482137", Decimal("12.5"), "kg", AT)
    assert all(said in words for said in ("réf 482137", "12,5 kg", "28/12/2026"))
