"""Our SMS are one part each, with the longest values, and plain."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.gsm7 import septets
from app.sms import people_texts, texts

AT = datetime(2026, 12, 28, 23, 59, tzinfo=UTC)

LONGEST = {
    "declaration": texts.declaration_receipt("482137", Decimal("99999.125"), "caisseXX", AT),
    "cancel": texts.cancel_receipt("482137", AT),
    "lock": texts.lock_notice(AT, "*384*44135#"),
    "lock for good": texts.lock_notice(None, "*384*44135#"),
    "pin": texts.pin_notice(AT),
    "activation": texts.activation_notice(AT),
    "reset": people_texts.reset_opened(AT, "*" * 20),
    "peer": people_texts.peer_helped(AT),
    "declined": people_texts.reset_declined(AT),
    "number noted": people_texts.number_noted(AT),
    "number proved": people_texts.number_proved(AT),
    "number flagged": people_texts.number_flagged(AT),
    "number released": people_texts.number_released(AT),
    "card": people_texts.card_renewed(AT),
    "applied": people_texts.application_noted("m" * 16),
    "approved": people_texts.application_approved(9, "*" * 20),
    "not approved": people_texts.application_refused(AT),
    "admitted": people_texts.member_admitted("C12345678901", AT),
    "place": people_texts.place_given("771234567", "C12345678901", 9),
    "number wanted": people_texts.number_wanted(AT),
    "leaving": people_texts.leaving_noted(AT, AT.date()),
    "staying": people_texts.staying(AT),
    "excluded": people_texts.excluded(AT, AT.date()),
    "death": people_texts.closed_by_death(AT),
    "reinstated": people_texts.reinstated(AT),
    "departed": people_texts.departed(AT),
    "console code": people_texts.console_code("482137"),
    "console opened": people_texts.console_opened(AT),
    "merged": people_texts.merged(AT),
    "approvals": texts.approvals_wait(999, "*384*44135#", "Gratuit"),
    "approval given": texts.approval_given(AT, "*384*44135#"),
    **{f"approval {state}": texts.approval_ended(state, AT) for state in ("approved", "refused", "dead")},
    **{f"payout asked by {role}": texts.payout_asked("482137", role, AT) for role in texts.BY},
    "payout handed over": texts.payout_handed("482137", AT, "*384*44135#", "Gratuit"),
    "till": texts.till_receipt(999_999_999, AT, "*384*44135#"),
}


@pytest.mark.parametrize("name", LONGEST)
def test_each_text_is_one_part(name):
    assert septets(LONGEST[name]) <= 160, LONGEST[name]


def test_a_receipt_says_reference_quantity_and_day_in_dakar():
    words = texts.declaration_receipt("482137", Decimal("12.5"), "kg", AT)
    assert all(said in words for said in ("réf 482137", "12,5 kg", "28/12/2026"))
