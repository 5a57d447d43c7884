"""What the application lends the menus' functions, and how an effect happens once in SQL."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.members.offices import Directory
from app.db.database import Database, is_outage
from app.db.operations import once, outcomes_of
from app.sms.broadcasts.timing import Terms
from app.ussd.ports import Doubtful, Outcome


class Desk(msgspec.Struct, frozen=True):
    """The database, the keys, the figures and the terms of broadcasts that the menus' functions need; `cost` says what an answer
    costs its sender.
    """

    database: Database
    peppers: Mapping[int, bytes]
    key: bytes
    code: str
    part_price: int
    officers: Directory
    terms: Terms
    cost: str = ""


class SqlActs:
    """The engine's Acts on the operations table.

    A transaction that loses its connection is run once more: its key makes that harmless, also when the lost answer was the
    commit's. When the second one fails too, a commit that was tried leaves doubt, anything else left nothing.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database, self._now = database, now

    def perform(
        self, key: str, act: str, arguments: Mapping[str, Any], person_id: int | None, do: Callable[[Any], Outcome]
    ) -> Outcome:
        """Run `do` with a session, once."""
        tried = [False]
        for last in (False, True):
            try:
                return self._attempt(key, act, arguments, person_id, do, tried)
            except IntegrityError:
                if last:
                    raise
            except Exception as fault:
                if not is_outage(fault) or last:
                    raise Doubtful(str(fault)) if tried[0] and is_outage(fault) else fault from fault
        raise AssertionError("two attempts end above")

    def outcomes(self, keys: Sequence[str]) -> Mapping[str, Outcome]:
        """Return the outcomes of these keys that there are."""
        with self._database.read() as reader:
            return {key: msgspec.convert(known, Outcome) for key, known in outcomes_of(reader, keys).items()}

    def outage(self, error: BaseException) -> bool:
        """Tell whether the database is out of reach."""
        return is_outage(error)

    def _attempt(
        self,
        key: str,
        act: str,
        arguments: Mapping[str, Any],
        person_id: int | None,
        do: Callable[[Any], Outcome],
        tried: list[bool],
    ) -> Outcome:
        with self._database.session() as session:
            done = once(session, key, act, arguments, _plain(do, session), person_id=person_id, now=self._now())
            tried[0] = True
            session.commit()
            return msgspec.convert(done, Outcome)


def _plain(do: Callable[[Any], Outcome], session: Session) -> Callable[[], dict[str, Any]]:
    return lambda: msgspec.to_builtins(do(session))
