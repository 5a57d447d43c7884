"""Every screen of members and officers, under random hands and a network that drops, repeats, reorders and forgets."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz import Hands, findings
from tests.sample_everything import settle

SESSIONS = 25


@settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 32))
def test_nothing_acts_unconfirmed_or_twice_and_the_books_agree(another, clock, seed):
    database = another()
    settle(database, clock())
    hands = Hands(database, clock, seed)
    for _ in range(SESSIONS):
        hands.session()
    assert findings(database) == []
