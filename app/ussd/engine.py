"""A hop: who asks, what is new, what it does, what is answered. The same entries get the same bytes, and act once."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from app import deadline
from app.gsm7 import fold
from app.ussd.bindings import Bindings, Hop
from app.ussd.decision import Certainty, HopKind, Known, decide, ending_of
from app.ussd.entries import Call, TooLong, Trail, journey_of
from app.ussd.kinds import Kind
from app.ussd.menu import Menu
from app.ussd.ports import Acts, Doubtful, Outcome, Shelf, Store, StoreDown
from app.ussd.session import CLAIM_SECONDS, RESUME_SECONDS, Claim, Offer, Session, Step, read, write
from app.ussd.vocabulary import Vocabulary
from app.ussd.walking import Served, Walk

D = TypeVar("D")

WAIT_SECONDS = 1.2
"""How long a hop waits for another that acts on the same session: the gateway must have an answer within 2 s."""
POLL_SECONDS = 0.025


class Reply(msgspec.Struct, frozen=True):
    """What the handset shows, whether it may answer (`more`), and what to count and log: screen, event, journey, a fault."""

    text: str
    more: bool
    screen: str
    event: str
    journey: str = ""
    fault: BaseException | None = None


class Engine(Generic[D]):
    """Serve hops. Holds nothing of any hop, so one engine serves all threads.

    `before` are keys that journeys had until `secret` took their place: a call that began under one goes on under it.
    `constants` are the placeholders that never change while the service runs (`cost`, `code`), already folded.
    """

    def __init__(
        self,
        *,
        store: Store,
        shelf: Shelf,
        acts: Acts,
        bindings: Bindings,
        desk: D,
        secret: bytes,
        before: Sequence[bytes] = (),
        constants: dict[str, str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._shelf, self._acts, self._bindings, self._desk = store, shelf, acts, bindings, desk
        self._secret, self._constants, self._now, self._sleep = secret, constants, now, sleep
        self._clock, self._before = clock, before
        self._served: dict[str, Served] = {}

    def answer(self, call: Call) -> Reply:
        """Return the answer to a hop. Never raises: whatever fails becomes one of the honest endings."""
        known, secret = Known(), self._secret
        journey = journey_of(secret, call)
        try:
            secret = self._key_of(call) if self._before else secret
            journey = journey_of(secret, call)
            trail = Trail(secret, call.entries, journey)
            reply = self._hop(_Hop(self, call, trail, journey, known))
        except TooLong:
            reply = self.ending("diverged")
        except Exception as fault:
            if call.entries.typed:
                known.doubt()  # who knows what this call has done
            reply = self._ended(known, fault)
        return msgspec.structs.replace(reply, journey=journey)

    def _key_of(self, call: Call) -> bytes:
        """Return the key under which a call goes on: an earlier one that its session or its outcome was kept under, if any."""
        for key in self._before:
            journey = journey_of(key, call)
            requests = [f"{journey}:{mark}" for mark in Trail(key, call.entries, journey).marks]
            with suppress(Exception):  # what can't be asked now is no reason not to answer
                if self._store.load(journey)[0] or self._acts.outcomes(requests):
                    return key
        return self._secret

    def ending(self, word: str, fault: BaseException | None = None) -> Reply:
        """Return one of the menu's endings; of the current menu, for no session is needed."""
        served = self.served(*self._shelf.remembered())
        words = fold(served.menu.said(served.menu.word(word), served.menu.languages[0]))
        for name, value in self._constants.items():
            words = words.replace(f"{{{name}}}", value)
        return Reply(words, False, f"@{word}", "ended", fault=fault)

    def served(self, version: str, menu: Menu) -> Served:
        """Return a menu made ready, once for each version."""
        if version not in self._served:
            kinds = {name: Kind("constant", value) for name, value in self._constants.items()}
            self._served[version] = Served(menu, self._bindings, Vocabulary(menu, self._bindings, kinds), self._constants)
        return self._served[version]

    def _ended(self, known: Known, fault: BaseException | None) -> Reply:
        """Return the honest ending of a hop that failed where no screen can be shown."""
        word = ending_of(known.certainty, outage=True)
        if word == "done" and known.words:
            return Reply(known.words, False, "@done", "acted", fault=fault)
        return self.ending(word, fault)

    def _hop(self, hop: "_Hop") -> Reply:
        try:
            value, pointer = self._store.load(hop.journey)
        except StoreDown as fault:
            return self._storeless(hop, fault)
        for _ in range(4):
            session = read(value) if value else None
            if session:
                hop.known.begun = session.begun
                if session.claim:
                    hop.known.doubt()
            kind, parts = decide(session, hop.trail, self._now().timestamp())
            if kind is HopKind.WAIT:
                value, settled = self._wait(hop, value)
                if not settled:
                    return self._unsettled(hop)
            elif session is None or kind is HopKind.BEGIN:
                reply, value = self._begin(hop, pointer, value)
                if reply:
                    return reply
            elif kind is HopKind.TAKE:
                reply, value = self._turn(hop, session, value, parts)
                if reply:
                    return reply
            elif kind is HopKind.DIVERGED:
                return self.ending("diverged")
            else:
                return Reply(session.said, session.more, session.screen, kind.value)
        return self._unsettled(hop)

    def _begin(self, hop: "_Hop", pointer: str | None, old: bytes | None) -> tuple[Reply | None, bytes | None]:
        """Serve a new call, or one that was lost: what it has done first, then its static choices, the rest unread.

        `old` is what stands in the store: nothing, what can't be read, or a call that is over.
        """
        version, menu = self._shelf.current(pointer)
        acting = hop.known.certainty is Certainty.UNKNOWN and not hop.trail.begins
        walk, reply = self._afresh(hop, version, menu)
        if acting and hop.known.certainty is Certainty.UNKNOWN:  # another hop was at it when the store lost the call
            return self._ended(hop.known, reply.fault), old
        return self._save(hop, walk, old, reply)

    def _afresh(self, hop: "_Hop", version: str, menu: Menu) -> tuple[Walk, Reply]:
        """Begin on the first screen, with this hop's entries taken.

        What kind of caller this is gets asked here, once a session. Entries that no walk may take can have led to an act: then a
        failure must not say that there was none.
        """
        session = Session(version, hop.trail.turn, hop.trail.mark, [Step(menu.start)], language=menu.languages[0])
        session.history, session.echoes = hop.trail.history(""), hop.trail.echoes
        session.begun = self._now().timestamp() if hop.trail.begins else 0
        walk = hop.walk(self.served(version, menu), session)
        walk.left = len(hop.trail.walkable)

        def take() -> None:
            done, unasked = None, None
            try:
                session.caller = self._bindings.caller_of(self._lend(hop, session)) if self._bindings.caller_of else ""
                done = self._outcome(hop)
            except Exception as fault:
                if not self._acts.outage(fault):
                    raise
                unasked = fault
            if done:
                walk.deliver(done)
                return
            walk.take(hop.trail.walkable)
            if unasked and hop.unread(walk):
                raise unasked

        return walk, self._step(hop, walk, take, lost=True)

    def _turn(
        self, hop: "_Hop", session: Session, value: bytes | None, parts: tuple[str, ...]
    ) -> tuple[Reply | None, bytes | None]:
        """Take new entries; return (None, what stands) when another hop was first.

        Where the store has lost how the call began, these entries can have acted before it did: a failure doubts.
        """
        menu = self._shelf.version(session.menu)
        if menu is None:
            return (self.ending("moved") if hop.known.certainty is Certainty.NOTHING else self._unsettled(hop)), value
        walk = hop.walk(self.served(session.menu, menu), session)
        acting = len(parts) == 1 and walk.acts_on(parts[0].strip())
        if acting:
            claim = Claim(hop.trail.mark, self._now().timestamp() + CLAIM_SECONDS)
            claimed = write(msgspec.structs.replace(session, claim=claim))
            try:
                swapped, stands = self._store.swap(hop.journey, value, claimed, seconds=session.seconds)
            except StoreDown as fault:
                if not session.begun:
                    hop.known.doubt()
                return self._ended(hop.known, fault), value
            if not swapped:
                return None, stands
            value = claimed
        session.turn, session.mark, session.claim = hop.trail.turn, hop.trail.mark, None
        session.history, session.echoes = hop.trail.history(session.history), session.echoes or hop.trail.echoes
        reply = self._step(hop, walk, lambda: self._take(hop, walk, parts))
        saved, stands = self._save(hop, walk, value, reply)
        return (saved or reply if acting else saved), stands

    def _take(self, hop: "_Hop", walk: Walk, parts: tuple[str, ...]) -> None:
        """Take new entries; when they have opened the call, offer what the one before left."""
        opened = walk.session.opened
        walk.take(parts)
        if walk.session.opened and not opened:
            walk.session.offer = self._offer(hop, walk)

    def _offer(self, hop: "_Hop", walk: Walk) -> Offer | None:
        """Return what the same person's last call leaves to go on with; nothing when the store doesn't say.

        The note names that call's journey. Its session is read, so a call that has acted meanwhile, or ended, offers nothing.
        """
        session = walk.session
        try:
            journey, _, at = (self._store.noted(session.opened) or "").partition(" ")
            if not at or self._now().timestamp() > int(at) + RESUME_SECONDS:
                return None
            value = self._store.load(journey)[0]
        except StoreDown:
            return None
        cut = read(value) if value else None
        if cut is None or (cut.opened, cut.menu) != (session.opened, session.menu):
            return None
        return hop.walk(walk.served, cut).leaves()

    def _step(self, hop: "_Hop", walk: Walk, take: Callable[[], None], *, lost: bool = False) -> Reply:
        """Run one step and say honestly how it went. In a call that was lost, an entry unread or to come can have acted."""
        session = walk.session
        try:
            take()
            walk.show()
        except Exception as fault:
            if hop.unread(walk) if lost else not session.begun:
                hop.known.doubt()
            return self._failed(hop, walk, fault)
        return Reply(session.said, session.more, session.screen, walk.event)

    def _failed(self, hop: "_Hop", walk: Walk, fault: Exception) -> Reply:
        """End a step that failed by what is known of its act; with nothing done and the database alive, offer the call back."""
        session, served = walk.session, walk.served
        outage = isinstance(fault, Doubtful) or self._acts.outage(fault)
        if ending_of(hop.known.certainty, outage=outage) == "trouble":
            session.steps, session.page, session.wanted = [Step(served.menu.start), Step(served.menu.trouble)], 0, None
            walk.notice = ""
            try:
                walk.show()
            except Exception as again:
                fault = again
            else:
                return Reply(session.said, session.more, served.menu.trouble, "trouble", fault=fault)
        return self._end(session, self._ended(hop.known, fault))

    def _end(self, session: Session, reply: Reply) -> Reply:
        session.said, session.more = reply.text, False
        return reply

    def _save(self, hop: "_Hop", walk: Walk, old: bytes | None, reply: Reply) -> tuple[Reply | None, bytes | None]:
        """Keep the turn; return (None, what stands) when another hop was first. A lost session is written anew.

        What isn't known isn't kept as an answer: the hop may ask again. A screen that takes more than choices isn't shown
        when it can't be kept: the next entry would be read as the answer to another.
        A call that the PIN has opened is noted as its person's last, unless it still offers an earlier one.
        """
        if not reply.more and hop.known.certainty is Certainty.UNKNOWN:
            return reply, old
        session, now = walk.session, self._now().timestamp()
        session.at = now
        new, counts = write(session), (f"{reply.screen}|{reply.event}",)
        last = session.opened and not session.offer
        note = (session.opened, f"{hop.journey} {now:.0f}") if last else None
        try:
            swapped, stands = self._store.swap(hop.journey, old, new, seconds=session.seconds, counts=counts, note=note)
            if not swapped and stands is None:
                swapped, stands = self._store.swap(hop.journey, None, new, seconds=session.seconds, counts=counts, note=note)
        except StoreDown as fault:
            if reply.more and (walk.screen.form != "choices" or hop.known.certainty is Certainty.DONE):
                return self._ended(hop.known, fault), None
            return msgspec.structs.replace(reply, fault=reply.fault or fault), None
        return (reply, new) if swapped else (None, stands)

    def _wait(self, hop: "_Hop", value: bytes | None) -> tuple[bytes | None, bool]:
        """Wait for the hop that holds the turn; return what stands then, and whether it let go."""
        until = self._clock() + min(WAIT_SECONDS, deadline.left(WAIT_SECONDS))
        while self._clock() < until:
            self._sleep(POLL_SECONDS)
            try:
                value = self._store.load(hop.journey)[0]
            except StoreDown:
                return value, False
            session = read(value) if value else None
            if session is None or session.claim is None:
                return value, True
        return value, False

    def _unsettled(self, hop: "_Hop") -> Reply:
        """Answer when the hop that acts gave no sign: its outcome if it is known by now, else that we don't know yet."""
        hop.known.doubt()
        try:
            done = self._outcome(hop)
        except Exception as fault:
            return self._ended(hop.known, fault)
        if done is None:
            return self._ended(hop.known, None)
        version, menu = self._shelf.remembered()
        walk = hop.walk(self.served(version, menu), Session(version, hop.trail.turn, hop.trail.mark, [Step(menu.start)]))
        return self._step(hop, walk, lambda: walk.deliver(done))

    def _storeless(self, hop: "_Hop", fault: StoreDown) -> Reply:
        """Serve without a store: outcomes, and static screens walked anew each time; no PIN, no question, no act."""
        walk, reply = self._afresh(hop, *self._shelf.remembered())
        if reply.more and (walk.screen.form != "choices" or hop.unread(walk)):
            if hop.unread(walk):
                hop.known.doubt()
            return self._ended(hop.known, fault)
        return msgspec.structs.replace(reply, fault=reply.fault or fault)

    def _outcome(self, hop: "_Hop") -> Outcome | None:
        """Return the latest outcome among this journey's marks; raises what asking raises.

        What the store said of the call's beginning counts also when it has lost the call since: the same session id may have
        brought the same entries a few minutes before.
        """
        if hop.trail.begins:
            return None
        requests = [f"{hop.journey}:{mark}" for mark in hop.trail.marks]
        known = self._acts.outcomes(requests, hop.known.begun)
        return next((known[request] for request in reversed(requests) if request in known), None)

    def _lend(self, hop: "_Hop", session: Session) -> Hop[D]:
        return Hop(
            desk=self._desk,
            phone=hop.call.phone,
            now=self._now(),
            operation=hop.key_after(session.history),
            trace=f"{hop.journey[:12]}-{hop.trail.turn}",
            language=session.language,
            who=session.who,
            proved=session.proved,
            kept=session.kept,
        )


class _Hop(msgspec.Struct, frozen=True):
    """Everything that belongs to one hop."""

    engine: Engine[Any]
    call: Call
    trail: Trail
    journey: str
    known: Known

    @property
    def request(self) -> str:
        """Return what the gateway brought: the same again is this request once more."""
        return f"{self.journey}:{self.trail.mark}"

    def key_after(self, history: str) -> str:
        """Return what an act of this hop is known by: where the gateway sends only the last entry, the way to it counts too."""
        return f"{self.journey}:{history or self.trail.mark}"

    def unread(self, walk: Walk) -> bool:
        """Tell whether entries of a lost call weren't taken."""
        return walk.left > 0 or not (self.trail.gapless or self.trail.dials)

    def walk(self, served: Served, session: Session) -> Walk:
        return Walk(served, session, self.engine._acts, lambda session: self.engine._lend(self, session), self.request, self.known)
