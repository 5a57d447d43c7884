"""A hop: who asks, what is new, what it does, what is answered. The same entries get the same bytes, and act once."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Generic, TypeVar

import msgspec

from app.ussd.bindings import Bindings
from app.ussd.decision import Certainty, HopKind, Known, decide, ending_of
from app.ussd.entries import Call, TooLong, Trail, journey_of
from app.ussd.menu import Menu
from app.ussd.menus import Menus, Reply
from app.ussd.ports import Acts, Doubtful, Shelf, Store, StoreDown
from app.ussd.session import CLAIM_SECONDS, Claim, Session, Step, counts_of, read, write
from app.ussd.turn import Services, Turn
from app.ussd.walk import Walk

D = TypeVar("D")


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
        self._store, self._shelf, self._acts, self._bindings = store, shelf, acts, bindings
        self._services = Services(store, acts, desk, now, sleep, clock)
        self._secret, self._before, self._now = secret, before, now
        self._menus = menus = Menus(shelf, bindings, constants)
        self.ending, self.served = menus.ending, menus.served

    def answer(self, call: Call) -> Reply:
        """Return the answer to a hop. Never raises: whatever fails becomes one of the honest endings."""
        known, secret = Known(), self._secret
        journey = journey_of(secret, call)
        try:
            if self._before and (secret := self._key_of(call)) != self._secret:
                journey = journey_of(secret, call)
            trail = Trail(secret, call.entries, journey)
            reply = self._hop(Turn(self._services, call, trail, journey, known))
        except TooLong:
            reply = self.ending("diverged")
        except Exception as fault:
            if call.entries.typed:
                known.doubt()  # who knows what this call has done
            reply = self._menus.ended(known, fault)
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

    def _hop(self, hop: Turn[D]) -> Reply:
        if reply := self._at_once(hop):
            return reply
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
                value, settled = hop.wait(value)
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

    def _at_once(self, hop: Turn[D]) -> Reply | None:
        """Answer a dialling, or what follows the hop last kept here, without a look; None unless the store takes it so."""
        value, pointer = self._store.recall(hop.journey)
        session = read(value) if value else None
        if session is None:
            if pointer is None or not hop.trail.begins:
                return None
            version, menu = self._shelf.current(pointer)
            walk, reply = self._afresh(hop, version, menu)
            return self._save(hop, walk, None, reply, lost=True, recalled=True, current=version)[0]
        hop.known.begun = session.begun
        kind, parts = decide(session, hop.trail, self._now().timestamp())
        return self._turn(hop, session, value, parts, recalled=True)[0] if kind is HopKind.TAKE else None

    def _begin(self, hop: Turn[D], pointer: str | None, old: bytes | None) -> tuple[Reply | None, bytes | None]:
        """Serve a new call, or one that was lost: what it has done first, then its static choices, the rest unread.

        `old` is what stands in the store: nothing, what can't be read, or a call that is over.
        """
        version, menu = self._shelf.current(pointer)
        acting = hop.known.certainty is Certainty.UNKNOWN and not hop.trail.begins
        walk, reply = self._afresh(hop, version, menu)
        if acting and hop.known.certainty is Certainty.UNKNOWN:  # another hop was at it when the store lost the call
            return self._menus.ended(hop.known, reply.fault), old
        return self._save(hop, walk, old, reply, lost=True)

    def _afresh(self, hop: Turn[D], version: str, menu: Menu) -> tuple[Walk, Reply]:
        """Begin on the first screen, with this hop's entries taken.

        What kind of caller this is gets asked here, once a session. Entries that no walk may take can have led to an act: then a
        failure must not say that there was none.
        """
        session = Session(version, hop.trail.turn, hop.trail.mark, [Step(menu.start)], language=menu.languages[0])
        session.history, session.echoes, session.dialled = hop.trail.history(""), hop.trail.echoes, hop.trail.dial_mark
        session.begun = self._now().timestamp() if hop.trail.begins else 0
        walk = hop.walk(self.served(version, menu), session)
        walk.left = len(hop.trail.walkable)

        def take() -> None:
            done, unasked = None, None
            try:
                session.caller = self._bindings.caller_of(hop.lend(session)) if self._bindings.caller_of else ""
                done = hop.outcome()
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
            if hop.unread(walk) and not hop.trail.begins and not walk.notice and "lost" in menu.words:
                walk.notice = walk.served.word("lost", session.language)

        return walk, self._step(hop, walk, take, lost=True)

    def _turn(
        self, hop: Turn[D], session: Session, value: bytes | None, parts: tuple[str, ...], *, recalled: bool = False
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
                if recalled:  # who else acts on it, the store alone knows
                    return None, value
                hop.doubt(walk)
                return self._told(hop, fault, own=True), value  # the same hop, brought twice at once, can have acted meanwhile
            if not swapped:
                return None, stands
            value = claimed
        session.turn, session.mark, session.claim = hop.trail.turn, hop.trail.mark, None
        session.history, session.echoes = hop.trail.history(session.history), session.echoes or hop.trail.echoes
        asked = session.screen
        reply = self._step(hop, walk, lambda: self._take(hop, walk, parts))
        saved, stands = self._save(hop, walk, value, reply, asked=asked, recalled=recalled and not acting)
        return (saved or reply if acting else saved), stands

    def _take(self, hop: Turn[D], walk: Walk, parts: tuple[str, ...]) -> None:
        """Take new entries; when they have opened the call, offer what the one before left."""
        opened = walk.session.opened
        walk.take(parts)
        if walk.session.opened and not opened:
            walk.session.offer = hop.offer(walk)

    def _step(self, hop: Turn[D], walk: Walk, take: Callable[[], None], *, lost: bool = False) -> Reply:
        """Run one step and say honestly how it went."""
        session = walk.session
        try:
            take()
            walk.show()
        except Exception as fault:
            hop.doubt(walk, lost=lost)
            return self._failed(hop, walk, fault)
        return Reply(session.said, session.more, session.screen, walk.event)

    def _failed(self, hop: Turn[D], walk: Walk, fault: Exception) -> Reply:
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
        reply = self._menus.ended(hop.known, fault)
        session.said, session.more = reply.text, False
        return reply

    def _save(
        self,
        hop: Turn[D],
        walk: Walk,
        old: bytes | None,
        reply: Reply,
        *,
        lost: bool = False,
        asked: str = "",
        recalled: bool = False,
        current: str | None = None,
    ) -> tuple[Reply | None, bytes | None]:
        """Keep the turn; return (None, what stands) when another hop was first. A lost session is written anew.
        What was only `recalled` counts for nothing where the store doesn't hold it, or has another menu than `current`.
        What isn't known isn't kept as an answer: the hop may ask again. A screen that takes more than choices isn't shown
        when it can't be kept: the next entry would be read as the answer to another.
        A call that the PIN has opened is noted as its person's last, unless it still offers an earlier one.
        """
        if not reply.more and hop.known.certainty is Certainty.UNKNOWN:
            return (None if recalled else reply), old
        session, now = walk.session, self._now().timestamp()
        counts, session.at = counts_of(session, reply.screen, reply.event, asked, now), now
        new = write(session)
        note = (session.opened, f"{hop.journey} {now:.0f}") if session.opened and not session.offer else None
        put = partial(self._store.swap, hop.journey, new=new, seconds=session.seconds, counts=counts, note=note)
        try:
            swapped, stands = put(old=old, current=current)
            if not swapped and stands is None and not recalled:
                swapped, stands = put(old=None)
        except StoreDown as fault:
            if recalled:
                return None, None
            hop.doubt(walk, lost=lost)
            if reply.more and (walk.screen.form != "choices" or hop.known.certainty is Certainty.DONE):
                return self._menus.ended(hop.known, fault), None
            return msgspec.structs.replace(reply, fault=reply.fault or fault), None
        return (reply, new) if swapped else (None, stands)

    def _unsettled(self, hop: Turn[D]) -> Reply:
        """Answer when the hop that acts gave no sign: its outcome if it is known by now, else that we don't know yet."""
        hop.known.doubt()
        return self._told(hop)

    def _told(self, hop: Turn[D], fault: Exception | None = None, *, own: bool = False) -> Reply:
        """Answer from the outcome that is known by now, of this very hop (`own`) or its call, else with the honest ending."""
        try:
            done = hop.outcome(own=own)
        except Exception as unasked:
            hop.known.doubt()
            return self._menus.ended(hop.known, unasked)
        if done is None:
            return self._menus.ended(hop.known, fault)
        version, menu = self._shelf.remembered()
        walk = hop.walk(self.served(version, menu), Session(version, hop.trail.turn, hop.trail.mark, [Step(menu.start)]))
        return self._step(hop, walk, lambda: walk.deliver(done))

    def _storeless(self, hop: Turn[D], fault: StoreDown) -> Reply:
        """Serve without a store: outcomes, and static screens walked anew each time; no PIN, no question, no act."""
        walk, reply = self._afresh(hop, *self._shelf.remembered())
        if reply.more and (walk.screen.form != "choices" or hop.unread(walk)):
            if hop.unread(walk):
                hop.known.doubt()
            return self._menus.ended(hop.known, fault)
        return msgspec.structs.replace(reply, fault=reply.fault or fault)
