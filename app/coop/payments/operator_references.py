"""The operator's references, a file of them: what would become of each line, and each taken in by itself."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from app.coop.act import Act
from app.coop.payments import files, notices
from app.coop.payments.files import TakenLine
from app.coop.scope import Scope
from app.db.database import Database

Line = tuple[int, dict[str, str]]


def take(database: Database, act: Act, scope: Scope, lines: Sequence[Line]) -> Iterator[TakenLine]:
    """Take each line in a transaction of its own: nobody waits for the file; cut off, the same file goes on where it stopped."""
    for line, row in lines:
        with database.transaction() as session:
            done = files.take_in(session, act, scope, line, row)
            if done.outcome == "accepted" and done.payment_id:
                notices.tell_handed_over(session, act, done.payment_id)
        yield done


def forecast(database: Database, act: Act, scope: Scope, lines: Sequence[Line]) -> Iterator[TakenLine]:
    """Say what would become of each line, and change nothing: first comes what the lines before it did to the same payment, or by
    the same reference of the operator's.
    """
    accepted: dict[str, list[Line]] = defaultdict(list)
    for line, row in lines:
        keys = row["reference"].zfill(6), files.as_compared(row["operator_reference"])
        with database.session() as session:
            for before in [one for key in keys for one in accepted[key]]:
                files.take_in(session, act, scope, *before)
            done = files.take_in(session, act, scope, line, row)
            session.rollback()
        if done.outcome == "accepted":
            for key in keys:
                accepted[key].append((line, row))
        yield done
