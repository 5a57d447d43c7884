"""The day's figures are added up seldom, and the less often the longer it takes."""

from datetime import timedelta

from sqlalchemy import update

from app.sms import day_figures
from app.sms.models import DayFigures


def roll_up(post):
    with post.database.transaction() as session:
        day_figures.roll_up(session, now=post.clock())


def written(post):
    with post.database.read() as reader:
        found = day_figures.day_sums(reader, post.clock())
    return found and sum(count for _, _, count in found.written)


def test_they_are_those_of_the_last_round_of_the_day_and_none_when_it_is_old(post):
    assert written(post) is None
    post.put("a")
    roll_up(post)
    post.put("b", purpose="receipt")
    assert written(post) == 1
    post.wait(seconds=day_figures.EVERY)
    roll_up(post)
    assert written(post) == 2
    post.wait(minutes=31)
    assert written(post) is None
    post.wait(days=1)
    roll_up(post)
    assert written(post) == 0


def test_what_takes_long_is_done_seldom(post):
    roll_up(post)
    with post.database.transaction() as session:
        session.execute(update(DayFigures).values(took_ms=2_000))
    post.put("a")
    post.wait(seconds=2 * day_figures.SHARE - 1)
    roll_up(post)
    assert written(post) == 0
    post.wait(seconds=1)
    roll_up(post)
    assert written(post) == 1
    assert timedelta(seconds=2 * day_figures.SHARE) < day_figures.STALE
