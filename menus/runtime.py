"""What the application lends the menus' functions, and how an effect happens once in SQL."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import deadline
from app.coop.offices.queries import Directory
from app.db.database import Database, is_outage
from app.db.operations import Operation, key_of, outcomes_of
from app.service import Service
from app.sms.broadcasts.terms import Terms
from app.ussd.ports import SAME_CALL, Doubtful, Outcome

AGAIN_SECONDS = 0.3
"""What a second attempt takes at least: with less time left the first one's fault is the answer."""


class Desk(msgspec.Struct, frozen=True):
    """The database, the keys and the terms of broadcasts that the menus' functions need."""

    database: Database
    peppers: Mapping[int, bytes]
    key: bytes
    officers: Directory
    terms: Terms

    @property
    def service(self) -> Service:
        """Return what messages say of us."""
        return self.database.service

    def read(self) -> AbstractContextManager[Connection]:
        """Open what a source, rows or an answer read with."""
        return self.database.read()


class SqlActs:
    """The engine's Acts on the operations table.

    A transaction that loses its connection is run once more while there is time: its key makes that harmless, also when the lost
    answer was the commit's. When the second one fails too, a commit that was tried leaves doubt, anything else left nothing.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database, self._now = database, now

    def perform(
        self,
        request: str,
        key: str,
        act: str,
        arguments: Callable[[], Mapping[str, Any]],
        person_id: int | None,
        do: Callable[[Any, str], Outcome],
        begun: float = 0,
    ) -> Outcome:
        """Run `do` with a session, once."""

        def attempt(session: Session) -> Outcome:
            now = self._now()
            found, known = key_of(session, request, key, now=now, since=_since(begun, now))
            if known is not None:
                return msgspec.convert(known, Outcome)
            outcome = do(session, found)
            # Told as it is kept: the first answer and one that is read again are the same.
            done = msgspec.to_builtins(outcome)
            noted = dict(arguments())
            session.add(Operation(key=found, request=request, act=act, arguments=noted, outcome=done, person_id=person_id, at=now))
            # The key's collision, and every rule of the database, is seen
            # here, before a commit whose lost answer leaves doubt.
            session.flush()
            return msgspec.convert(done, Outcome)

        doubtful = False
        for last in (False, True):
            session, committing = self._database.session(), False
            try:
                outcome = attempt(session)
                committing = True
                session.commit()
            except Exception as fault:
                refused = isinstance(fault, IntegrityError)  # by the database: a racer was first, or a rule of its own
                doubtful = doubtful or (committing and not refused)
                again = refused or committing or is_outage(fault)
                if again and not last and deadline.left(2 * AGAIN_SECONDS) > AGAIN_SECONDS:
                    continue
                if doubtful:
                    raise Doubtful(str(fault)) from fault
                raise
            else:
                return outcome
            finally:
                with suppress(Exception):  # a connection that is cut behind the answer to COMMIT changes nothing of it
                    session.close()
        raise AssertionError("two attempts end above")

    def outcomes(self, requests: Sequence[str], begun: float = 0) -> Mapping[str, Outcome]:
        """Return the outcomes of these requests that there are."""
        with self._database.read() as reader:
            found = outcomes_of(reader, requests, _since(begun, self._now()))
        return {request: msgspec.convert(known, Outcome) for request, known in found.items()}

    def outage(self, error: BaseException) -> bool:
        """Tell whether the database is out of reach."""
        return is_outage(error)


def _since(begun: float, now: datetime) -> datetime:
    """Return from when on the acts of a request are those of the call that brings it now."""
    return max(now - SAME_CALL, datetime.fromtimestamp(begun, UTC))
