"""The scheduler keeps what web processes count of screens, whatever becomes of Redis afterwards."""

from datetime import UTC, datetime, timedelta

from app.coop.kpi.screens import funnel
from app.ussd.redis_store import RedisStore
from workers import schedule


def test_counts_outlive_redis(here):
    store, today = RedisStore(here.sessions), datetime.now(UTC).date()
    store.swap("j", None, b"1", seconds=100, counts={"home|shown|fr": 1})
    store.swap("j", b"1", b"2", seconds=100, counts={"home|shown|fr": 1, "home|answered|fr": 1, "home|ms|fr": 2_500})
    schedule._screens()
    here.sessions.flushall()
    schedule._screens()
    store.swap("j", None, b"1", seconds=100, counts={"home|shown|fr": 1})
    schedule._screens()
    with here.database.read() as reader:
        [home] = funnel(reader, today - timedelta(days=1), today)
    assert (home.arrivals, home.answers, home.exits, home.seconds) == (3, 1, 2, 2.5)
    assert "screens" in {sweep.name for sweep in schedule.SWEEPS}
