"""Two handsets on an engine of which everything fails at every call: what must hold of acts, and of the words on them."""

import re
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import msgspec
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from sqlalchemy import select, text

from app.db.database import Database
from app.db.operations import Operation
from app.ussd.engine import Engine
from app.ussd.entries import Accumulated, Call, Latest
from app.ussd.menus import Reply
from app.ussd.redis_store import RedisStore
from menus.runtime import SqlActs
from tests.conftest import Clock
from tests.honesty import till
from tests.honesty.faults import (
    CALLS,
    HOWS,
    Died,
    Fault,
    Faults,
    FaultyShelf,
    FaultyStore,
    break_bindings,
    break_database,
    break_engine,
)
from tests.honesty.talks import ASKED, FIGURES, Talk, entries

DIALECTS = ("africastalking", "hubtel")
"""All that was typed on each request, or the last entry with its number."""
ID_COMES_AGAIN = (timedelta(seconds=20), timedelta(minutes=5), timedelta(days=2))
"""How long after a call its session id is given to the next; after two days the store holds nothing of the first."""
Key = tuple[int, tuple[str, ...]]
"""A hop: the call's number, all that was typed."""
DONE = re.compile(r"Fait: (\d+)")
PLACES = st.sampled_from([(service, at) for service, calls in CALLS.items() for at in range(calls)])
a_fault = st.builds(lambda place, how, lasts: Fault(*place, how, lasts), PLACES, st.sampled_from(HOWS), st.booleans())
faults_of_a_hop = st.lists(a_fault, max_size=2).map(tuple)
phones, dialects = st.sampled_from(sorted(till.PINS)), st.sampled_from(DIALECTS)
ways, figures = st.sampled_from(("2", "1", "5")), st.sampled_from(FIGURES)


class Ground(msgspec.Struct, frozen=True):
    """What all examples stand on: a PostgreSQL, migrated, and a client of a Valkey, to which all processes have one `line`."""

    database: Database
    valkey: Any
    start: datetime
    line: threading.local = msgspec.field(default_factory=threading.local)


class Honesty(RuleBasedStateMachine):
    """Hops that repeat, come late, shorter, twice at once, in two dialects; session ids that are given again; a Valkey that is
    emptied; a web process that dies between two steps.
    """

    ground: ClassVar[Ground]
    steps: ClassVar[int] = 0
    struck: ClassVar[int] = 0
    acted: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock(self.ground.start)
        self.ground.valkey.flushall()
        with self.ground.database.transaction() as session:
            session.execute(text("TRUNCATE operations"))
        self.faults = Faults(self.empty_the_store)
        self.menders = [break_database(self.ground.database, self.faults), break_engine(self.faults)]
        self.engine = self.process()
        self.calls: list[Talk] = []
        self.talks: dict[str, Talk] = {}
        self.past: list[tuple[Talk, tuple[str, ...]]] = []
        self.effects: dict[Key, list[str]] = {}
        self.confirmed: dict[Key, int | None] = {}

    def teardown(self) -> None:
        self.faults.quiet()
        for mend in self.menders:
            mend()
        kept = [self.ground.valkey.get(key) or b"" for key in self.ground.valkey.scan_iter("ussd:s:*")]
        with self.ground.database.read() as reader:
            kept += [str(row).encode() for row in reader.execute(select(Operation))]
        for secret in till.PINS.values():
            assert not any(re.search(rf"(?<![0-9a-f]){secret}(?![0-9a-f])".encode(), value) for value in kept), "a PIN at rest"

    def process(self) -> Engine[till.Desk]:
        """Start a web process anew: it knows nothing, and recalls nothing of what the one before put."""
        store = RedisStore(self.ground.valkey)
        store._threads = self.ground.line  # a connection each would use up what the client may have
        return Engine(
            store=FaultyStore(store, self.faults),
            shelf=FaultyShelf(till.menu, self.faults),
            acts=SqlActs(self.ground.database, self.clock),
            bindings=break_bindings(till.bindings, self.faults),
            desk=till.Desk(self.ground.database),
            secret=b"k" * 32,
            constants={},
            now=self.clock,
            sleep=lambda seconds: self.clock.forward(seconds=seconds),
            clock=lambda: self.clock().timestamp(),
        )

    @rule(phone=phones, dialect=dialects, fails=faults_of_a_hop)
    def dial(self, phone: str, dialect: str, fails: tuple[Fault, ...]) -> None:
        self.begin(phone, dialect, f"s{len(self.calls)}", fails)

    @rule(
        phone=phones,
        dialect=dialects,
        way=ways,
        figure=figures,
        left=st.sampled_from((0, 0, 1, 2)),
        fails=st.lists(a_fault, min_size=1, max_size=2).map(tuple),
    )
    def walk(self, phone: str, dialect: str, way: str, figure: str, left: int, fails: tuple[Fault, ...]) -> None:
        """Dial, and type what leads to an act, all going well but for the last entry: what is worth breaking begins there."""
        self.begin(phone, dialect, f"s{len(self.calls)}", ())
        self.types(phone, (way, till.PINS[phone], figure, "1")[: 4 - left], fails)

    @precondition(lambda self: any(call.parts for call in self.calls))
    @rule(data=st.data(), pause=st.sampled_from(ID_COMES_AGAIN), fails=faults_of_a_hop, repeated=st.booleans())
    def give_the_id_again(self, data: st.DataObject, pause: timedelta, fails: tuple[Fault, ...], repeated: bool) -> None:
        """A call's session id goes to the next one, where the same is typed, or to another number while the first goes on."""
        before = data.draw(st.sampled_from([call for call in self.calls if call.parts][-3:]), "call")
        phone = data.draw(st.sampled_from((before.phone, before.phone, *sorted(till.PINS))), "phone")
        if phone == before.phone:  # the network has forgotten the first
            self.past = [one for one in self.past if one[0].session != before.session or one[0].phone != phone]
        self.clock.forward(seconds=pause.total_seconds())
        if pause > timedelta(hours=1):
            self.empty_the_store()
        first, *rest = [till.PINS[phone] if part in till.PINS.values() else part for part in before.parts]
        straight = before.dialect == "africastalking" and rest and data.draw(st.booleans(), "by a dial string")
        self.begin(phone, before.dialect, before.session, (), *([first] if straight else []))
        self.types(phone, rest if straight else [first, *rest], fails)
        if repeated:
            self.bring_again(self.talks[phone], tuple(self.talks[phone].parts), ())

    def begin(self, phone: str, dialect: str, session: str, fails: tuple[Fault, ...], *dialled: str) -> None:
        """Dial; a gateway may give what was dialled behind the code as if it had been typed."""
        self.talks[phone] = Talk(len(self.calls), self.clock(), phone, dialect, session, dialled, [*dialled])
        self.calls.append(self.talks[phone])
        self.hop(self.talks[phone], fails)

    def types(self, phone: str, entries: Sequence[str], fails: tuple[Fault, ...]) -> None:
        """Type one after the other while the call goes on; the last one fails."""
        talk = self.talks[phone]
        for left, entry in zip(reversed(range(len(entries))), entries, strict=True):
            if talk.sees and talk.sees.more:
                self.type(talk, entry, () if left else fails)

    @precondition(lambda self: any(talk.sees and talk.sees.more for talk in self.talks.values()))
    @rule(data=st.data(), fails=faults_of_a_hop, lost=st.booleans())
    def answer(self, data: st.DataObject, fails: tuple[Fault, ...], lost: bool) -> None:
        talk = data.draw(st.sampled_from([one for one in self.talks.values() if one.sees and one.sees.more]), "talk")
        assert talk.sees is not None
        entry = data.draw(st.sampled_from(entries(talk)), "entry")
        self.type(talk, entry, fails)
        if lost:
            talk.sees = None

    def type(self, talk: Talk, entry: str, fails: tuple[Fault, ...]) -> None:
        """Answer what is seen; a figure is meant where one is asked for."""
        if talk.sees and any(word in talk.sees.text for word in ("somme", "kg")) and entry.isdigit():
            talk.meant.add(int(entry))
        talk.parts += [entry] if talk.dialect == "hubtel" else entry.split("*")
        self.hop(talk, fails)

    @precondition(lambda self: bool(self.past))
    @rule(data=st.data(), fails=faults_of_a_hop, seconds=st.sampled_from((0, 3)))
    def repeat(self, data: st.DataObject, fails: tuple[Fault, ...], seconds: int) -> None:
        """The gateway brings a hop again, mostly the last one of a call."""
        talk, parts = data.draw(st.sampled_from([(one, tuple(one.parts)) for one in self.talks.values()] + self.past[-6:]), "hop")
        self.clock.forward(seconds=seconds)
        self.bring_again(talk, parts, fails)

    def bring_again(self, talk: Talk, parts: tuple[str, ...], fails: tuple[Fault, ...]) -> None:
        """Bring a hop once more, as a gateway does that had no answer."""
        talk.smooth = False
        self.hop(talk, fails, parts)

    @rule()
    def empty_the_store(self) -> None:
        self.ground.valkey.flushall()
        for talk in self.calls:
            talk.smooth, talk.forgotten = False, True

    @rule()
    def restart_the_web(self) -> None:
        self.engine = self.process()

    def hop(self, talk: Talk, fails: tuple[Fault, ...], parts: tuple[str, ...] | None = None) -> None:
        """Bring a hop to the engine and hold what it did and said to what is promised."""
        Honesty.steps += 1
        latest = parts is None or list(parts) == talk.parts
        parts = tuple(talk.parts) if parts is None else parts
        if parts and parts not in [known for one, known in self.past if one is talk]:
            self.past.append((talk, parts))
        key = (talk.number, parts)
        asked = ASKED.search(talk.sees.text) if talk.sees and parts[-1:] == ("1",) and key not in self.confirmed else None
        if latest:
            self.confirmed.setdefault(key, int(asked[1]) if asked else None)
        last = Latest(len(parts), parts[-1] if parts else None)
        sent = last if talk.dialect == "hubtel" else Accumulated(parts, talk.dialled)
        call = Call(talk.dialect, talk.session, talk.phone, sent)
        talk.forgotten = talk.forgotten or any(fault.service == "store" for fault in fails)
        self.clock.forward(seconds=1)
        self.faults.begin(fails)
        self.faults.meanwhile = lambda: self.judge(key, talk, self.engine.answer(call))
        try:
            reply = self.engine.answer(call)
        except Died:
            reply, self.engine = None, self.process()
        struck = self.faults.struck
        self.faults.quiet()
        talk.smooth = talk.smooth and not struck
        new = self.news(key)
        Honesty.struck, Honesty.acted = Honesty.struck + struck, Honesty.acted + len(new)
        note(f"{parts} {fails} -> {reply and (reply.text, reply.more)} acts {new}")
        assert len(self.effects.get(key, ())) <= 1, "one confirmation acted twice"
        if new:
            assert new == [self.confirmed.get(key)], "an act that nobody confirmed, or of another figure"
        elif asked and talk.smooth:
            raise AssertionError("what was confirmed wasn't done")
        if latest:
            talk.sees = reply
        if reply:
            self.judge(key, talk, reply)
            if self.effects.get(key) and latest and not struck and not self.claimed():
                assert "vérifions" not in reply.text, "what is known is said to be unknown"

    def judge(self, key: Key, talk: Talk, reply: Reply) -> None:
        """Hold the words of an answer to the books as they are now. What comes late is shown the screen of the latest hop."""
        self.news(key)
        key = (talk.number, tuple(talk.parts)) if reply.event == "shorter" else key
        if self.effects.get(key):
            assert "Rien" not in reply.text, "nothing is recorded, it says; it is"
        elif "Fait" in reply.text:
            assert self.figures(talk), "done, it says; it isn't"
        said = DONE.search(reply.text)
        assert not said or int(said[1]) in self.figures(talk), "another's figure is said to be done"
        asked = ASKED.search(reply.text)
        assert not asked or int(asked[1]) in talk.meant, "a figure that nobody meant"
        for other in till.PINS:
            assert other == talk.phone or f"de {other[-4:]}" not in reply.text, "somebody else's account"
        assert talk.phone == till.OFFICER or "Bureau" not in reply.text, "an officer's choice on a member's home"

    def figures(self, talk: Talk) -> set[int | None]:
        """Return the figures of the acts of a call; once it is forgotten, of the calls that had its id too."""
        alike = (one for one in self.calls if (one.phone, one.session) == (talk.phone, talk.session))
        calls = {one.number for one in alike if one is talk or (talk.forgotten and talk.at - one.at < timedelta(hours=1))}
        return {self.confirmed[key] for key, acts in self.effects.items() if acts and key[0] in calls}

    def news(self, key: Key) -> list[int]:
        """Return the figures of the acts that weren't there before, and note them as this hop's."""
        known = {one for keys in self.effects.values() for one in keys}
        with self.ground.database.engine.connect() as reader:
            acts = reader.execute(select(Operation.key, Operation.arguments)).all()
        new = [row for row in acts if row.key not in known]
        self.effects.setdefault(key, []).extend(row.key for row in new)
        return [row.arguments["amount"] for row in new]

    def claimed(self) -> bool:
        """Tell whether a hop that died may still hold a turn."""
        return any(b'"claim"' in (self.ground.valkey.get(key) or b"") for key in self.ground.valkey.scan_iter("ussd:s:*"))
