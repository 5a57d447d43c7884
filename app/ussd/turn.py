"""One hop under way: what it is known by, what its functions are lent, what is asked of store and database for it."""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from app import deadline
from app.ussd.bindings import Hop
from app.ussd.decision import Known
from app.ussd.entries import Call, Trail
from app.ussd.ports import Acts, Outcome, Store, StoreDown
from app.ussd.served import Served
from app.ussd.session import RESUME_SECONDS, Offer, Session, read
from app.ussd.walk import Walk

D = TypeVar("D")

WAIT_SECONDS = 1.2
"""How long a hop waits for another that acts on the same session: the gateway must have an answer within 2 s."""
POLL_SECONDS = 0.025


class Services(msgspec.Struct, Generic[D], frozen=True):
    """What every hop of an engine stands on."""

    store: Store
    acts: Acts
    desk: D
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    clock: Callable[[], float]


class Turn(msgspec.Struct, Generic[D], frozen=True):
    """Everything that belongs to one hop."""

    services: Services[D]
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

    def doubt(self, walk: Walk, *, lost: bool = False) -> None:
        """Doubt where these entries can have acted before, unasked: in a call begun anew now (`lost`) one that it left unread.

        In one that goes on: where it was begun anew earlier, and how it had begun isn't known.
        """
        if self.unread(walk) if lost else not walk.session.begun:
            self.known.doubt()

    def walk(self, served: Served, session: Session) -> Walk:
        """Return this hop's steps on a session."""
        return Walk(served, session, self.services.acts, self.lend, self.request, self.known)

    def lend(self, session: Session) -> Hop[D]:
        """Return what a function of the menu may know of this hop."""
        return Hop(
            desk=self.services.desk,
            phone=self.call.phone,
            now=self.services.now(),
            operation=self.key_after(session.history),
            trace=f"{self.journey[:12]}-{self.trail.turn}",
            language=session.language,
            who=session.who,
            proved=session.proved,
            kept=session.kept,
        )

    def outcome(self, *, own: bool = False) -> Outcome | None:
        """Return the latest outcome among this journey's marks, or of this very request alone; raises what asking raises.

        What the store said of the call's beginning counts also when it has lost the call since: the same session id may have
        brought the same entries a few minutes before.
        """
        # A call's first request can't have acted: its walk stops before any confirmation.
        if self.trail.begins:
            return None
        requests = [self.request] if own else [f"{self.journey}:{mark}" for mark in self.trail.marks]
        known = self.services.acts.outcomes(requests, self.known.begun)
        # The newest mark first: of a call that acted twice the last act is told.
        return next((known[request] for request in reversed(requests) if request in known), None)

    def offer(self, walk: Walk) -> Offer | None:
        """Return what the same person's last call leaves to go on with; nothing when the store doesn't say.

        The note names that call's journey. Its session is read, so a call that has acted meanwhile, or ended, offers nothing.
        """
        session, store = walk.session, self.services.store
        try:
            journey, _, at = (store.noted(session.opened) or "").partition(" ")
            # A store that lets nothing expire, as the one in memory, has the note still.
            if not at or self.services.now().timestamp() > int(at) + RESUME_SECONDS:
                return None
            value = store.load(journey)[0]
        # The PIN has opened this call: it goes on without an offer.
        except StoreDown:
            return None
        cut = read(value) if value else None
        # Only in the same version of the menu: which screen of another takes its place would be a guess.
        if cut is None or (cut.opened, cut.menu) != (session.opened, session.menu):
            return None
        return walk.served.leaves(cut)

    def wait(self, value: bytes | None) -> tuple[bytes | None, bool]:
        """Wait for the hop that holds the turn; return what stands then, and whether it let go."""
        until = self.services.clock() + min(WAIT_SECONDS, deadline.left(WAIT_SECONDS))
        while self.services.clock() < until:
            self.services.sleep(POLL_SECONDS)
            try:
                value = self.services.store.load(self.journey)[0]
            except StoreDown:
                # Whether the other hop has let go can't be known now, so this one must not act.
                return value, False
            session = read(value) if value else None
            # A session that the store has lost holds no claim either: the hop begins anew, in doubt.
            if session is None or session.claim is None:
                return value, True
        return value, False
