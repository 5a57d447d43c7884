"""PostgreSQL connections that give a silent server up in time.

libpq waits for an answer as long as the network seems alive: a server that is stopped, or behind a black hole, would hold a hop
until the gateway hangs up. `statement_timeout` is the server's own and doesn't help there.
"""

from collections.abc import Generator
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from app import deadline

CONNECT_SECONDS = 0.5
MARGIN_SECONDS = 0.2
"""How much longer than its own time-out a server may take to say that a statement timed out."""
REST_SECONDS = 1.0
"""How long a server that didn't answer is left alone: whoever asks meanwhile is refused at once."""


class ServerPatience:
    """How long the servers of some engines are waited for; one that stays silent is left alone by all of them for a while."""

    def __init__(self, engines: tuple[Engine, ...], statement_ms: int) -> None:
        self._engines, self.seconds, self._rests_until = engines, statement_ms / 1000 + MARGIN_SECONDS, 0.0
        for engine in engines:
            event.listen(engine, "do_connect", self._connect)

    def lose(self) -> None:
        """Leave the server alone, and forget the idle connections to it: they would be as silent."""
        self._rests_until = monotonic() + REST_SECONDS
        for engine in self._engines:
            engine.dispose()

    def _connect(self, dialect: Any, record: Any, arguments: Any, options: Any) -> "Bounded":
        del dialect, record
        if monotonic() < self._rests_until:
            raise psycopg.OperationalError("the server didn't answer a moment ago")
        connection = Bounded.connect(*arguments, **options)
        connection.patience = self
        return connection


class Bounded(psycopg.Connection[Any]):
    """A connection that closes itself when an answer doesn't come in time; connecting is bounded too."""

    patience: ServerPatience | None = None

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Generator[Any, Any, Any]:
        """Connect within CONNECT_SECONDS; psycopg's own limit is never below two seconds."""
        until, steps = monotonic() + deadline.left(CONNECT_SECONDS), super()._connect_gen(conninfo)
        try:
            wanted = next(steps)
            while True:
                # psycopg sends "nothing ready" each interval: the one moment to look at the clock.
                ready = yield wanted
                if not ready and monotonic() > until:
                    raise psycopg.errors.ConnectionTimeout("the server takes no connection")
                wanted = steps.send(ready)
        except StopIteration as connected:
            return connected.value

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer as long as the patience lasts, or a hop has time; without one raises OperationalError, and is closed.

        A hop that gives up leaves the server to end its statement by itself: the connection can't be used again before it does.
        """
        if self.patience is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        seconds = deadline.left(self.patience.seconds)
        until = monotonic() + seconds
        try:
            return super().wait(gen, interval, seconds)
        except psycopg.Error as fault:
            if isinstance(fault, psycopg.OperationalError) and monotonic() >= until:
                self.pgconn.finish()
                # Only a wait of full length shows a silent server: a hop near its end gives up on a slow one, too.
                if seconds >= self.patience.seconds:
                    self.patience.lose()
            fault.args = (str(fault).partition("\n")[0],)  # DETAIL and CONTEXT, after it, show a row
            raise
