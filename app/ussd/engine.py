"""A hop: who asks, what is new, what it does, what is answered. The same entries get the same bytes, and act once."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from app.gsm7 import fold
from app.ussd.bindings import Bindings, Hop
from app.ussd.entries import Call, Standing, TooLong, Trail, journey_of
from app.ussd.kinds import Kind
from app.ussd.menu import Menu
from app.ussd.ports import Acts, Doubtful, Outcome, Shelf, Store, StoreDown
from app.ussd.session import CLAIM_SECONDS, RESUME_SECONDS, Claim, Offer, Session, read, write
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
        constants: dict[str, str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store, self._shelf, self._acts, self._bindings, self._desk = store, shelf, acts, bindings, desk
        self._secret, self._constants, self._now, self._sleep = secret, constants, now, sleep
        self._served: dict[str, Served] = {}

    def answer(self, call: Call) -> Reply:
        """Return the answer to a hop. Never raises: whatever fails becomes one of the three honest endings."""
        journey = journey_of(self._secret, call)
        try:
            trail = Trail(self._secret, call.entries, journey)
            reply = self._hop(_Hop(self, call, trail, journey))
        except TooLong:
            reply = self.ending("diverged")
        except Exception as fault:
            reply = self.ending("nothing", fault)
        return msgspec.structs.replace(reply, journey=journey)

    def ending(self, word: str, fault: BaseException | None = None) -> Reply:
        """Return one of the menu's endings; of the current menu, for no session is needed."""
        served = self.served(*self._shelf.remembered())
        words = fold(served.menu.said(served.menu.words[word], served.menu.languages[0]))
        for name, value in self._constants.items():
            words = words.replace(f"{{{name}}}", value)
        return Reply(words, False, f"@{word}", "ended", fault=fault)

    def served(self, version: str, menu: Menu) -> Served:
        """Return a menu made ready, once for each version."""
        if version not in self._served:
            kinds = {name: Kind("constant", value) for name, value in self._constants.items()}
            self._served[version] = Served(menu, self._bindings, Vocabulary(menu, self._bindings, kinds), self._constants)
        return self._served[version]

    def _hop(self, hop: "_Hop") -> Reply:
        try:
            value, pointer = self._store.load(hop.journey)
        except StoreDown as fault:
            return self._storeless(hop, fault)
        for _ in range(4):
            session = read(value) if value else None
            if session is None:
                return self._unknown(hop, pointer, value)
            if session.claim and hop.trail.turn > session.turn and session.claim.until > self._now().timestamp():
                value, waited = self._wait(hop, value)
                if not waited:
                    return self._unsettled(hop)
                continue
            standing, parts = hop.trail.against(session.turn, session.mark)
            if standing in (Standing.REPEAT, Standing.SHORTER):
                return Reply(session.said, session.more, session.path[-1], standing.value)
            if standing is Standing.DIVERGING or not session.more:
                return self.ending("diverged")
            reply, value = self._turn(hop, session, value, parts)
            if reply:
                return reply
        return self._unsettled(hop)

    def _unknown(self, hop: "_Hop", pointer: str | None, old: bytes | None) -> Reply:
        """Serve a session that nobody knows: what it has done first, then its static choices, the rest unread.

        `old` is what stands in the store and can't be read, if anything does.
        """
        version, menu = self._shelf.current(pointer)
        walk, done = self._afresh(hop, version, menu, known=hop.trail.turn > 0)
        reply = self._step(walk, (lambda: walk.deliver(done)) if done else (lambda: walk.take(hop.trail.walkable)))
        return self._save(hop, walk.session, old, reply)[0] or self._hop(hop)

    def _afresh(self, hop: "_Hop", version: str, menu: Menu, *, known: bool) -> tuple[Walk, Outcome | None]:
        """Return a walk that stands on the first screen, with this hop's entries taken; and with `known` the outcome of any.

        What kind of caller this is gets asked here, once a session; of a database that is out of reach nothing else is asked.
        """
        session = Session(version, hop.trail.turn, hop.trail.mark, [menu.start], language=menu.languages[0])
        walk = hop.walk(self.served(version, menu), session)
        try:
            session.caller = self._bindings.caller_of(self._lend(hop, session)) if self._bindings.caller_of else ""
        except Exception as fault:
            if not self._acts.outage(fault):
                raise
            return walk, None
        return walk, self._done(hop) if known else None

    def _turn(
        self, hop: "_Hop", session: Session, value: bytes | None, parts: tuple[str, ...]
    ) -> tuple[Reply | None, bytes | None]:
        """Take new entries; return (None, what stands) when another hop was first."""
        menu = self._shelf.version(session.menu)
        if menu is None:
            return self.ending("moved"), value
        walk = hop.walk(self.served(session.menu, menu), session)
        acting = walk.acts_on(parts[-1].strip())
        if acting:
            claim = Claim(hop.trail.mark, self._now().timestamp() + CLAIM_SECONDS)
            claimed = write(msgspec.structs.replace(session, claim=claim))
            try:
                swapped, stands = self._store.swap(hop.journey, value, claimed, seconds=session.seconds)
            except StoreDown as fault:
                return self.ending("nothing", fault), value
            if not swapped:
                return None, stands
            value = claimed
        session.turn, session.mark, session.claim = hop.trail.turn, hop.trail.mark, None
        reply = self._step(walk, lambda: self._take(hop, walk, parts))
        saved, stands = self._save(hop, session, value, reply)
        return (reply if acting else saved), stands

    def _take(self, hop: "_Hop", walk: Walk, parts: tuple[str, ...]) -> None:
        """Take new entries; when they have opened the call, offer what the one before left."""
        opened = walk.session.opened
        walk.take(parts)
        if walk.session.opened and not opened:
            walk.session.offer = self._offer(hop, walk)

    def _offer(self, hop: "_Hop", walk: Walk) -> Offer | None:
        """Return what the same person's last call leaves to go on with; nothing when the store doesn't say.

        The note only points to it. Its session is asked, so a call that has acted meanwhile, or ended, offers nothing.
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

    def _step(self, walk: Walk, take: Callable[[], None]) -> Reply:
        """Run one step and say honestly how it went."""
        session = walk.session
        try:
            take()
            walk.show()
        except Doubtful as fault:
            return self._end(session, self.ending("unsure", fault))
        except StoreDown:
            raise
        except Exception as fault:
            if self._acts.outage(fault):
                return self._end(session, self.ending("nothing", fault))
            return self._troubled(walk, fault)
        return Reply(session.said, session.more, session.path[-1], walk.event)

    def _troubled(self, walk: Walk, fault: BaseException) -> Reply:
        """Offer the call back after a fault of ours, while the database lives."""
        session, served = walk.session, walk.served
        session.path, session.page, session.wanted = [served.menu.start, served.menu.trouble], 0, None
        walk.notice = ""
        walk.show()
        return Reply(session.said, session.more, served.menu.trouble, "trouble", fault=fault)

    def _end(self, session: Session, reply: Reply) -> Reply:
        session.said, session.more = reply.text, False
        return reply

    def _save(self, hop: "_Hop", session: Session, old: bytes | None, reply: Reply) -> tuple[Reply | None, bytes | None]:
        """Keep the turn; return (None, what stands) when another hop was first. A lost session is written anew.

        A call that the PIN has opened is noted as its person's last, unless it still offers an earlier one.
        """
        new, counts = write(session), (f"{reply.screen}|{reply.event}",)
        last = session.opened and not session.offer
        note = (session.opened, f"{hop.journey} {self._now().timestamp():.0f}") if last else None
        try:
            swapped, stands = self._store.swap(hop.journey, old, new, seconds=session.seconds, counts=counts, note=note)
            if not swapped and stands is None:
                swapped, stands = self._store.swap(hop.journey, None, new, seconds=session.seconds, counts=counts, note=note)
        except StoreDown as fault:
            return msgspec.structs.replace(reply, fault=reply.fault or fault), None
        return (reply, new) if swapped else (None, stands)

    def _wait(self, hop: "_Hop", value: bytes | None) -> tuple[bytes | None, bool]:
        """Wait for the hop that holds the turn; return what stands then, and whether it let go."""
        for _ in range(int(WAIT_SECONDS / POLL_SECONDS)):
            self._sleep(POLL_SECONDS)
            value = self._store.load(hop.journey)[0]
            session = read(value) if value else None
            if session is None or session.claim is None:
                return value, True
        return value, False

    def _unsettled(self, hop: "_Hop") -> Reply:
        """Answer when the hop that acts gave no sign: its outcome if it is known by now, else that we don't know yet."""
        done = self._done(hop)
        if done is None:
            return self.ending("unsure")
        version, menu = self._shelf.remembered()
        walk = hop.walk(self.served(version, menu), Session(version, hop.trail.turn, hop.trail.mark, [menu.start]))
        return self._step(walk, lambda: walk.deliver(done))

    def _storeless(self, hop: "_Hop", fault: StoreDown) -> Reply:
        """Serve without a store: outcomes, and static screens walked anew each time; no PIN, no question, no act."""
        version, menu = self._shelf.remembered()
        walk, done = self._afresh(hop, version, menu, known=hop.trail.turn > 0)
        reply = self._step(walk, (lambda: walk.deliver(done)) if done else (lambda: walk.take(hop.trail.walkable)))
        if reply.more and walk.screen.form != "choices":
            return self.ending("nothing", fault)
        return msgspec.structs.replace(reply, fault=reply.fault or fault)

    def _done(self, hop: "_Hop") -> Outcome | None:
        """Return the latest outcome among this journey's marks; raises nothing: unknown is None."""
        keys = [f"{hop.journey}:{mark}" for mark in hop.trail.marks]
        try:
            known = self._acts.outcomes(keys)
        except Exception as fault:
            if not self._acts.outage(fault):
                raise
            return None
        return next((known[key] for key in reversed(keys) if key in known), None)

    def _lend(self, hop: "_Hop", session: Session) -> Hop[D]:
        return Hop(
            desk=self._desk,
            phone=hop.call.phone,
            now=self._now(),
            operation=f"{hop.journey}:{hop.trail.mark}",
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

    def walk(self, served: Served, session: Session) -> Walk:
        return Walk(served, session, self.engine._acts, lambda session: self.engine._lend(self, session))
