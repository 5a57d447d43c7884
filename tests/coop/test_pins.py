import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from nacl import pwhash

from app.coop.access import pins
from app.coop.access.pins import Busy, Locked, Right, Wrong
from app.coop.members.models import Person
from config.settings import PIN_THREADS
from tests.sample_cooperative import LONG_AGO, PEPPERS

SERVED = pins.MEMORY_KIB, pins.PASSES
"""As the service has them: each test's own are cheap."""
TRIVIAL = [
    ("0000", True), ("9999", True), ("1234", True), ("6789", True), ("7890", True), ("4321", True), ("0987", True), ("2580", True),
    ("1950", True), ("1999", True), ("2007", True), ("2026", True), ("0012", True), ("2468", True), ("1357", True),
    ("8642", True), ("1122", True), ("0852", True), ("6969", True), ("1004", True), ("4774", True), ("5683", True),
    ("7391", False), ("5083", False), ("7193", False), ("2100", False), ("1235", False), ("8068", False),
]  # fmt: skip


@pytest.mark.parametrize(("pin", "expected"), TRIVIAL)
def test_what_anybody_would_guess_is_trivial(pin, expected):
    assert pins.trivial(pin, "+221770000012") is expected


def test_nine_thousand_four_hundred_and_fifty_four_pins_are_left_to_choose():
    pins_left = [pin for pin in (f"{number:04d}" for number in range(10_000)) if not pins.trivial(pin, "+221770000012")]
    assert len(pins_left) == 9454


@pytest.mark.parametrize(
    ("pin", "expected"),
    [("2468", True), ("246", False), ("24680", False), ("24a8", False), ("٢٤٦٨", False), ("", False), ("²468", False)],
)
def test_a_pin_is_four_plain_digits(pin, expected):
    assert pins.well_formed(pin) is expected


def test_a_pin_matches_its_hash_with_its_pepper_only():
    hashed, number = pins.hash_pin("2468", {1: b"a" * 32, 7: b"b" * 32})
    assert number == 7
    assert pins.matches("2468", hashed, b"b" * 32)
    assert not pins.matches("2468", hashed, b"a" * 32)
    assert not pins.matches("2469", hashed, b"b" * 32)


def test_a_pin_costs_what_the_field_recommends(monkeypatch):
    memory, passes = SERVED
    monkeypatch.setattr(pins, "MEMORY_KIB", memory)
    monkeypatch.setattr(pins, "PASSES", passes)
    assert pins.hash_pin("2468", PEPPERS)[0].startswith("$argon2id$v=19$m=7168,t=5,p=1$")


class Trier:
    """Tries PINs for one person, each on a hop of its own unless told otherwise."""

    def __init__(self, database, now=LONG_AGO, person=1):
        self.database, self.now, self.person, self.hops, self.told = database, now, person, 0, []

    def __call__(self, pin, mark=None, peppers=PEPPERS):
        self.hops += 1
        mark = mark or f"hop {self.hops}"
        return pins.try_pin(
            self.database,
            self.person,
            pin,
            mark,
            peppers=peppers,
            now=self.now,
            tell=lambda _, locked: self.told.append(locked.round),
        )

    def wrong(self, times=3):
        return [self("0000") for _ in range(times)]


def test_the_third_wrong_pin_locks_for_an_hour_the_next_three_for_a_day_the_next_for_good(village):
    attempt = Trier(village)
    for number, lock in enumerate((timedelta(hours=1), timedelta(days=1)), 1):
        until = attempt.now + lock
        assert attempt.wrong() == [Wrong(2), Wrong(1), Locked(until, fresh=True, round=number)]
        attempt.now = until - timedelta(seconds=1)
        assert attempt("2468") == Locked(until)
        attempt.now = until
    assert attempt.wrong() == [Wrong(2), Wrong(1), Locked(None, fresh=True, round=3)]
    attempt.now += timedelta(days=10_000)
    assert attempt("2468") == Locked(None)
    assert attempt.told == [1, 2, 3]


def test_a_right_pin_clears_tries_and_rounds(village):
    attempt = Trier(village)
    attempt.wrong()
    attempt.now += timedelta(hours=1)
    assert attempt.wrong(2) == [Wrong(2), Wrong(1)]
    assert isinstance(attempt("2468"), Right)
    assert attempt.wrong()[-1] == Locked(attempt.now + timedelta(hours=1), fresh=True, round=1)


def test_the_same_hop_sent_twice_is_one_try(village):
    attempt = Trier(village)
    assert [attempt("0000", "one") for _ in range(5)] == [Wrong(2)] * 5
    assert attempt("0000", "two") == Wrong(1)
    assert attempt("0000", "three").fresh
    assert attempt("0000", "three") == Locked(attempt.now + timedelta(hours=1))
    assert attempt.told == [1]


def test_a_new_pin_frees_from_every_lock(village):
    attempt = Trier(village)
    for _ in range(3):
        attempt.wrong()
        attempt.now += timedelta(days=2)
    hashed, pepper = pins.hash_pin("7193", PEPPERS)
    with village.transaction() as session:
        pins.set_pin(session, 1, hashed, pepper, now=attempt.now)
    assert attempt("2468") == Wrong(2)
    assert isinstance(attempt("7193"), Right)


def test_without_the_pepper_of_a_pin_it_is_wrong(village):
    assert Trier(village)("2468", peppers={2: b"q" * 32}) == Wrong(2)


def test_one_without_a_pin_is_never_let_in(village):
    assert Trier(village, person=4)("2468") == Locked(None)


@pytest.mark.parametrize("pin", ["2468", "0000"])
def test_a_third_try_that_was_cut_off_makes_room_after_ten_seconds(village, pin):
    """Until then nobody can know whether it was right; the next one takes its place, and locks when it is wrong."""
    attempt = Trier(village)
    with village.transaction() as session:
        person = session.get_one(Person, 1)
        person.pin_tries, person.pin_tried_at = 3, attempt.now
        person.pin_last_try = "a hop whose process died before its hash was checked"
    attempt.now += timedelta(seconds=9)
    assert attempt(pin) == Busy()
    attempt.now += timedelta(seconds=1)
    answer = attempt(pin)
    assert isinstance(answer, Right) if pin == "2468" else answer == Locked(attempt.now + timedelta(hours=1), fresh=True, round=1)


def test_the_right_pin_in_eight_sessions_at_once_is_no_lock(postgres_village):
    attempt = Trier(postgres_village)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: attempt("2468", f"thread {number}"), range(8)))
    assert {type(answer) for answer in answers} <= {Right, Busy}
    assert Right in {type(answer) for answer in answers}
    assert attempt.told == []
    assert isinstance(attempt("2468"), Right)


def test_eight_at_once_never_get_more_than_three_hashes_checked(postgres_village, monkeypatch):
    checked, verify = [], pwhash.argon2id.verify

    def counting(*given):
        checked.append(1)
        return verify(*given)

    monkeypatch.setattr(pwhash.argon2id, "verify", counting)
    attempt = Trier(postgres_village)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: attempt("0000", f"thread {number}"), range(8)))
    assert len(checked) == 3
    assert sorted(answer.left for answer in answers if isinstance(answer, Wrong)) == [1, 2]
    assert sum(isinstance(answer, Locked) and answer.fresh for answer in answers) == 1
    assert {answer.until for answer in answers if isinstance(answer, Locked)} == {attempt.now + timedelta(hours=1)}
    assert {type(answer) for answer in answers} <= {Wrong, Locked, Busy}
    assert attempt.told == [1]


def test_more_tries_at_once_than_seats_are_told_to_come_again_and_count_nothing(village, monkeypatch):
    attempt = Trier(village)
    monkeypatch.setattr(pins, "_seats", threading.BoundedSemaphore(1))
    held, go = threading.Event(), threading.Event()
    verify = pins._verify

    def slowly(hashed, peppered):
        held.set()
        assert go.wait(30)
        return verify(hashed, peppered)

    monkeypatch.setattr(pins, "_verify", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(attempt, "2468")
        assert held.wait(30)
        assert attempt("0000") == Busy()
        go.set()
        assert isinstance(first.result(), Right)
    assert attempt("0000") == Wrong(2)


def test_threads_that_wait_for_a_pin_leave_some_for_others():
    assert PIN_THREADS > pins.SEATS
