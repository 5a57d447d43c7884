"""What a call does on each screen is counted: shown, answered after how long, refused; nothing of who called."""

from tests import sample_cooperative


def test_a_screen_is_shown_answered_after_a_time_or_refused(handset, store, clock):
    phone = handset()
    phone.dial()
    clock.forward(seconds=4)
    pin = phone.type("1")
    clock.forward(seconds=6)
    phone.type("12")
    clock.forward(seconds=2)
    balances = phone.type("2468")
    counts = dict(store.counts)
    assert counts.pop("home|shown|fr") == counts.pop("home|answered|fr") == 1
    assert counts.pop("home|ms|fr") == 4_000
    assert counts.pop(f"{pin.screen}|refused|fr") == 1
    assert counts.pop(f"{pin.screen}|ms|fr") == 2_000
    assert counts == {f"{pin.screen}|shown|fr": 1, f"{pin.screen}|answered|fr": 1, f"{balances.screen}|shown|fr": 1}


def test_a_hop_that_comes_again_is_counted_once(handset, store):
    phone = handset()
    phone.dial()
    phone.type("3")
    before = dict(store.counts)
    phone.again()
    assert dict(store.counts) == before


def test_no_number_and_nothing_typed_is_in_a_count(handset, store):
    phone = handset()
    phone.dial()
    phone.type("1")
    phone.type("9753")
    assert not [name for name in store.counts if "9753" in name or sample_cooperative.AWA[4:] in name]
