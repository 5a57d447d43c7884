"""SMS are kept for a year, as members are told; then they are gone, with their history and their reports."""

from sqlalchemy import func, select

from app.sms import inbox, retention
from app.sms.models import Inbound, Message, Report, StateChange
from tests.sms.test_reports import report


def everything(post, cause):
    post.put(cause)
    post.send()
    report(post, "Success", post.all()[-1].provider_id)
    with post.database.transaction() as session:
        told = {"sender": "+221770000001", "to": "21512", "text": "PRIX", "state": "handled", "word": "PRIX"}
        inbox.keep(session, "fake", cause, **told, now=post.clock())


def left(post):
    with post.database.read() as reader:
        return [reader.scalar(select(func.count()).select_from(kind)) for kind in (Message, StateChange, Inbound, Report)]


def forget(post):
    with post.database.transaction() as session:
        return retention.forget(session, now=post.clock())


def test_what_is_older_than_a_year_is_deleted_and_nothing_else(post, monkeypatch):
    everything(post, "a")
    one = left(post)
    post.wait(days=300)
    everything(post, "b")
    assert (forget(post), left(post)) == (False, [2 * count for count in one])
    post.wait(days=66)
    monkeypatch.setattr(retention, "MOST", 1)
    assert forget(post) is True
    assert (forget(post), left(post)) == (False, one)
    assert [message.cause for message in post.all()] == ["b"]
