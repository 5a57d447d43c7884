"""A slice of a lane's work: claim, hand over, settle, as many requests under way as there are lines.

No connection to the database is held during a call; what is settled and what is claimed next share a transaction.
"""

import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Event

import structlog

from app.db.database import Database, is_outage
from app.gateways.sms import Answer, MaybeSent, NotSent, SmsGateway
from app.sms import halts
from app.sms.claims import MOST_CLAIMED, Batch, claim, most_of, release
from app.sms.facts import Jitter
from app.sms.marks import Marks, NotMarked
from app.sms.provider_replies import ProviderReply, Replies, SendResult, settle, settle_apart
from app.sms.purposes import LEAVES_AGAIN, Lane
from app.sms.rate import Rate
from app.sms.verdicts import SILENT, SILENT_FROM

log = structlog.get_logger("sms")
LINES = 16
"""Requests that a worker has under way at a time: threads, and kept-alive connections."""
AT_ONCE: dict[Lane, int] = dict.fromkeys(("code", "answer", "notice"), 2 * LINES)
"""Messages that are claimed on lanes of own texts: no more than the lines soon take, so that a kill puts few off."""
SLICE_SECONDS = 1.5
BULK_SECONDS = 15.0
"""A slice of the bulk lane, whose worker has nothing else to do: its lines run dry at each end, for as long as a request takes."""
LOOK_SECONDS = 1.0
"""A slice that waits looks this often whether its worker was asked to end."""
STALE = timedelta(seconds=25)
"""A claim older than this is not sent any more (a frozen machine): at its lease the sweeper takes it for lost."""


class Sender:
    """What it takes to send: the database, the provider, the rate, threads, who is told of a halt, a clock, and the marks.

    Without marks all that is lost is in doubt. Once `leaving` is set a slice hands nothing more over.
    """

    def __init__(
        self,
        database: Database,
        gateway: SmsGateway,
        rate: Rate,
        lines: Executor,
        watch: Callable[[], halts.Watch],
        clock: Callable[[], datetime],
        jitter: Jitter,
        marks: Marks | None = None,
    ) -> None:
        self.database, self.gateway, self.rate, self.lines = database, gateway, rate, lines
        self.watch, self.clock, self.jitter, self.marks = watch, clock, jitter, marks
        self.leaving = Event()
        self._unanswered = Counter[Lane]()

    def silence(self, lane: Lane, reply: ProviderReply) -> str | None:
        """Count a lane's requests in a row that got no answer; return why it should rest, when they are too many."""
        if isinstance(reply, Answer):
            self._unanswered[lane] = 0
        if not isinstance(reply, MaybeSent):
            return None
        self._unanswered[lane] = (self._unanswered[lane] + 1) % SILENT_FROM
        return None if self._unanswered[lane] else SILENT


def send_slice(sender: Sender, lane: Lane) -> bool:
    """Send what is due on a lane for a slice of time; tell whether more may be due.

    Raises what the database raises. What is under way when the time is over is waited for, what isn't goes back.
    """
    # Committed by itself: of several workers of a lane that rests one alone has the try.
    with sender.database.transaction() as session:
        gate = halts.gate(session, lane, now=sender.clock())
    if gate == "shut":
        return False
    until = time.monotonic() + (BULK_SECONDS if lane == "bulk" else SLICE_SECONDS)
    if gate == "try" or lane != "bulk" or sender.database.engine.dialect.name != "postgresql":
        return _Slice(sender, lane, until).run(trying=gate == "try")
    with ThreadPoolExecutor(1, "beside") as beside:  # while one waits for its commit the other works: SQLite has one writer
        other = beside.submit(_Slice(sender, lane, until).run, trying=False)
        mine = _Slice(sender, lane, until).run(trying=False)
        return other.result() or mine


class _Slice:
    """`waiting` is claimed, `under_way` is with the provider, `answered` is to be settled."""

    def __init__(self, sender: Sender, lane: Lane, until: float) -> None:
        self._sender, self._lane, self._until = sender, lane, until
        self._most = AT_ONCE.get(lane, most_of(lane))
        self._waiting, self._answers = deque[Batch](), SimpleQueue[tuple[Batch, ProviderReply]]()
        self._under_way, self._requests = 0, 0
        self._answered: list[tuple[Batch, ProviderReply]] = []
        self._silent: str | None = None
        self._turns, self._reserved, self._turn_at = 0, 0, 0.0
        self._halted = self._empty = self._held_up = False

    def run(self, *, trying: bool) -> bool:
        try:
            if trying and not self._try():
                return False
            while time.monotonic() < self._until and not (
                self._halted or self._held_up or self._silent or self._sender.leaving.is_set()
            ):
                if self._wants_more() or (self._answered and not (self._waiting or self._requests)):
                    self._settle_and_claim(self._most if self._wants_more() else 0)
                elif not (self._waiting or self._requests):
                    break
                self._hand_over()
                if (self._waiting or self._requests) and not self._wants_more():
                    self._wait()
        finally:
            # Asked before the winding up, which gives back what waits.
            more = not (self._halted or self._empty) or bool(self._waiting)
            self._wind_up()
        return more and not self._halted

    def _wants_more(self) -> bool:
        waiting = sum(len(batch.ids) for batch in self._waiting)
        return not (self._empty or self._halted) and waiting < LINES and self._under_way <= self._most

    def _try(self) -> bool:
        """Send one message of a lane that rests; tell whether it was taken."""
        self._settle_and_claim(1)
        # The one message leaves without asking the rate: so seldom a try weighs nothing.
        self._turn_at = self._until
        self._turns = sum(batch.parts for batch in self._waiting)
        self._hand_over()
        while self._requests:
            self._collect(None)
        replies, self._answered, taken = self._answered, [], 0
        try:
            with self._sender.database.transaction() as session:
                now = self._sender.clock()
                taken = settle(session, self._sender.gateway.name, replies, now=now, jitter=self._sender.jitter).taken
                if taken and halts.mend(session, self._lane, self._sender.watch(), now=now):
                    log.warning("the provider takes our messages again; the lane goes on", lane=self._lane)
                if not taken:
                    halts.remind(session, self._lane, self._sender.watch(), now=now)
        except Exception as fault:
            self._settle_apart(replies, fault)
        self._turn_at, self._empty = 0.0, False
        return taken > 0

    def _settle_and_claim(self, most: int) -> None:
        """Settle what was answered and claim what comes next, in one transaction."""
        # No more than leaves in a second: a stop comes late for few, and few are in doubt if worker and Redis die.
        most = min(most, self._sender.rate.second)
        # Before the transaction: the key stands when the claim is committed, and no connection waits for Redis.
        name = self._sender.marks.open() if most and self._sender.marks else None
        now, sender, result, batches = self._sender.clock(), self._sender, SendResult(), list[Batch]()
        try:
            with sender.database.transaction() as session:
                if self._answered:
                    result = settle(session, sender.gateway.name, self._answered, now=now, jitter=sender.jitter)
                    result.halted = result.halted or (None if result.taken else self._silent)
                if result.halted and halts.stop(session, self._lane, result.halted, sender.watch(), now=now):
                    log.error("the provider refuses our account, or is silent; the lane rests", lane=self._lane, why=result.halted)
                if most and not result.halted:
                    batches = claim(session, self._lane, now=now, most=most, second=sender.rate.second, name=name)
        except Exception as fault:
            # The provider has taken these messages: one that can't be written down must not undo the others.
            self._settle_apart(self._answered, fault)
            self._answered = []
            return
        if self._answered:
            log.info("settled", lane=self._lane, requests=len(self._answered), taken=result.taken)
        self._answered = []
        self._halted |= result.halted is not None
        if result.throttled:
            sender.rate.slow()
        self._waiting.extend(batches)
        if most:
            self._empty = sum(len(batch.ids) for batch in batches) < most
        if most and self._lane == "bulk":  # of one text to many more at once; own texts would wait for the lines, and grow stale
            self._most = MOST_CLAIMED if len(batches) <= LINES // 2 else most_of(self._lane)

    def _settle_apart(self, replies: Replies, fault: Exception) -> None:
        """Settle message by message what can't be settled together; raise the fault when that isn't why."""
        if is_outage(fault) or not replies:
            raise fault
        log.error("an answer can't be written down; each of its messages by itself", lane=self._lane, fault=type(fault).__name__)
        sender = self._sender
        settle_apart(sender.database, sender.gateway.name, replies, now=sender.clock(), jitter=sender.jitter)

    def _hand_over(self) -> None:
        leaving = list[Batch]()
        while self._waiting and self._requests < LINES and self._has_turn(self._waiting[0]):
            leaving.append(self._waiting.popleft())
            self._turns -= leaving[-1].parts
            self._under_way += len(leaving[-1].ids)
            self._requests += 1
        marks, requests = self._sender.marks, [(batch.claim, batch.ids.values()) for batch in leaving]
        for batch, may in zip(leaving, marks.hand(requests) if marks else [True] * len(leaving), strict=True):
            if may:
                self._sender.lines.submit(self._call, batch)
            else:
                self._answers.put((batch, NotMarked()))

    def _has_turn(self, next_one: Batch) -> bool:
        """Tell whether the rate lets a request leave now.

        Turns are taken for all that waits at once, to ask Redis less often, but for whole requests: half of one's is lost when the
        slice is over.
        """
        if self._turns >= next_one.parts:
            return True
        now = time.monotonic()
        if now < self._turn_at:
            return False
        if not self._reserved:
            wanted = next_one.parts - self._turns
            for batch in islice(self._waiting, 1, None):
                if wanted + batch.parts > self._sender.rate.second:
                    break
                wanted += batch.parts
            turn = self._sender.rate.take(
                wanted, overdraw=self._lane in LEAVES_AGAIN, patience=min(SLICE_SECONDS, self._until - now)
            )
            self._turn_at = now + turn.wait
            self._reserved = wanted if turn.reserved else 0
            if turn.wait > 0:
                self._held_up = self._turn_at >= self._until and not self._requests
                return False
        self._turns, self._reserved = self._turns + self._reserved, 0
        return True

    def _call(self, batch: Batch) -> None:
        """Send one request, on a thread of the lines."""
        try:
            if self._sender.clock() > batch.at + STALE:
                raise NotSent("claimed too long ago")
            self._answers.put((batch, self._sender.gateway.send(batch.text, list(batch.ids))))
        except (NotSent, MaybeSent) as fault:
            self._answers.put((batch, fault))
        except Exception as fault:
            # It may have failed behind the sending: only a report, or an officer, can settle that.
            log.exception("a request failed in our own code")
            self._answers.put((batch, MaybeSent(type(fault).__name__)))

    def _wait(self) -> None:
        """Wait for an answer, a turn, or the end of the slice, but no longer than it may go unseen that the worker is to end."""
        turn = self._turn_at if self._waiting and self._requests < LINES else self._until
        seconds = max(0.0, min(turn, self._until, time.monotonic() + LOOK_SECONDS) - time.monotonic())
        if self._requests:
            self._collect(seconds)
        else:
            time.sleep(seconds)

    def _collect(self, seconds: float | None) -> None:
        try:
            self._note(self._answers.get(timeout=seconds))
            while True:
                self._note(self._answers.get_nowait())
        except Empty:
            return

    def _note(self, answer: tuple[Batch, ProviderReply]) -> None:
        self._under_way -= len(answer[0].ids)
        self._requests -= 1
        self._answered.append(answer)
        self._silent = self._silent or self._sender.silence(self._lane, answer[1])

    def _wind_up(self) -> None:
        """Give back what wasn't handed over, wait for the rest and settle it; then wait for the rate, if it held us up."""
        try:
            # First what never left, so that another worker has it while we wait for the rest.
            if self._waiting:
                with self._sender.database.transaction() as session:
                    release(session, list(self._waiting), now=self._sender.clock())
                self._waiting.clear()
        finally:
            # Settled also where giving back has failed: these requests have left.
            while self._requests:
                self._collect(None)
            if self._answered:
                self._settle_and_claim(0)
        # Else the lane's next job would come at once, find no turn and end, again and again.
        if self._held_up:
            self._sender.leaving.wait(max(0.0, self._until - time.monotonic()))
