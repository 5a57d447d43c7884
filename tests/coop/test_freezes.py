"""For a day after a PIN or a number changes no money leaves the account."""

from datetime import timedelta

import pytest

from app.coop.access.freezes import FREEZE, MoneyFrozen, check_money, freeze_money
from tests import sample_cooperative
from tests.sample_cooperative import LONG_AGO


@pytest.mark.parametrize(("after", "frozen"), [(0, True), (24 * 60 - 1, True), (24 * 60, False)])
def test_money_is_frozen_for_a_day_and_never_for_less(sqlite_database, after, frozen):
    sample_cooperative.build(sqlite_database)
    now = LONG_AGO + timedelta(minutes=after)
    with sqlite_database.transaction() as session:
        freeze_money(session, 1, LONG_AGO)
        freeze_money(session, 1, LONG_AGO - timedelta(hours=5))
        check_money(session, 2, now)
        if frozen:
            with pytest.raises(MoneyFrozen) as told:
                check_money(session, 1, now)
            assert told.value.until == LONG_AGO + FREEZE
        else:
            check_money(session, 1, now)
