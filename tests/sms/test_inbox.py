"""What came in is a row, once, whatever it holds."""

from sqlalchemy import select

from app.sms import inbox
from app.sms.models import Inbound


def test_an_id_is_kept_once(post):
    def keep():
        with post.database.transaction() as session:
            return inbox.keep(
                session,
                "fake",
                "1",
                sender="+221770000001",
                to="21512",
                text="PRIX",
                state="handled",
                word="PRIX",
                now=post.clock(),
            )

    assert (keep(), keep()) == (True, False)


def test_what_cant_be_read_is_kept_once_and_cut(post):
    for expected in (True, False):
        with post.database.transaction() as session:
            assert inbox.keep_unreadable(session, "fake", "report:ab", "a\0" * 5000, now=post.clock()) is expected
    with post.database.read() as reader:
        [row] = reader.execute(select(Inbound.__table__)).all()
    assert (row.state, len(row.text), row.sender) == ("unreadable", 2000, "?")
