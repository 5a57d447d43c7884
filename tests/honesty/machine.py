"""Several handsets on an engine whose store and database fail at every call: what must hold of acts, and of the words on them."""

import re
from datetime import datetime
from typing import Any, ClassVar

import msgspec
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from sqlalchemy import select, text

from app.db.database import Database
from app.db.operations import Operation
from app.ussd.engine import Engine, Reply
from app.ussd.entries import Accumulated, Call
from app.ussd.redis_store import RedisStore
from menus.runtime import SqlActs
from tests.conftest import Clock
from tests.honesty import till
from tests.honesty.faults import HOWS, Died, Fault, Faults, FaultyStore, break_at

FIGURES = ("25", "40", "333")
"""What is typed for a sum or a weight: never what a choice or a confirmation is."""
Key = tuple[str, str, tuple[str, ...]]
"""A hop as the gateway knows it: number, session, all that was typed."""
ASKED = re.compile(r"(?:Payer|Peser) (\d+) \?")
a_fault = st.builds(Fault, at=st.integers(0, 9), how=st.sampled_from(HOWS), lasts=st.booleans())
faults_of_a_hop = st.lists(a_fault, max_size=2).map(tuple)


class Ground(msgspec.Struct, frozen=True):
    """What all examples stand on: a PostgreSQL, migrated, and a client of a Valkey."""

    database: Database
    valkey: Any
    store: RedisStore
    start: datetime


class OneMenu:
    """A shelf with the till's menu on it."""

    def current(self, version: str | None):  # noqa: ARG002 - one menu whatever the version
        return "v1", till.menu

    def remembered(self):
        return "v1", till.menu

    def version(self, version: str):
        return till.menu if version == "v1" else None


class Talk(msgspec.Struct):
    """One call from one handset: what was typed, what is seen (None when the answer was lost), which figures were meant."""

    phone: str
    session: str
    parts: list[str] = []
    sees: Reply | None = None
    meant: set[int] = set()


class Honesty(RuleBasedStateMachine):
    """Hops that repeat, come late, shorter, twice at once; a Valkey that is emptied; a web process that dies between two steps."""

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
        self.faults = Faults(self.ground.valkey.flushall)
        self.mend = break_at(self.ground.database, self.faults)
        self.engine = self.process()
        self.talks: dict[str, Talk] = {}
        self.past: list[tuple[Talk, tuple[str, ...]]] = []
        self.sessions = 0
        self.effects: dict[Key, list[str]] = {}
        self.confirmed: dict[Key, int | None] = {}

    def teardown(self) -> None:
        self.faults.quiet()
        self.mend()
        kept = [self.ground.valkey.get(key) or b"" for key in self.ground.valkey.scan_iter("ussd:s:*")]
        with self.ground.database.read() as reader:
            kept += [str(row).encode() for row in reader.execute(select(Operation))]
        for secret in till.PINS.values():
            assert not any(re.search(rf"(?<![0-9a-f]){secret}(?![0-9a-f])".encode(), value) for value in kept), "a PIN at rest"

    def process(self) -> Engine[till.Desk]:
        """Start a web process anew: it knows nothing."""
        return Engine(
            store=FaultyStore(self.ground.store, self.faults),
            shelf=OneMenu(),
            acts=SqlActs(self.ground.database, self.clock),
            bindings=till.bindings,
            desk=till.Desk(self.ground.database),
            secret=b"k" * 32,
            constants={},
            now=self.clock,
            sleep=lambda seconds: self.clock.forward(seconds=seconds),
            clock=lambda: self.clock().timestamp(),
        )

    @rule(phone=st.sampled_from(sorted(till.PINS)), fails=faults_of_a_hop)
    def dial(self, phone: str, fails: tuple[Fault, ...]) -> None:
        self.sessions += 1
        self.talks[phone] = Talk(phone, f"s{self.sessions}")
        self.hop(self.talks[phone], fails)

    @rule(
        phone=st.sampled_from(sorted(till.PINS)),
        way=st.sampled_from(("2", "1")),
        figure=st.sampled_from(FIGURES),
        left=st.integers(0, 2),
        fails=st.lists(a_fault, min_size=1, max_size=2).map(tuple),
    )
    def walk(self, phone: str, way: str, figure: str, left: int, fails: tuple[Fault, ...]) -> None:
        """Dial, and type what leads to an act, all going well but for the last entry: what is worth breaking begins there."""
        self.dial(phone, ())
        *before, last = (way, till.PINS[phone], figure, "1")[: 4 - left]
        for entry in before:
            self.type(self.talks[phone], entry, ())
        self.type(self.talks[phone], last, fails)

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
        if talk.sees and any(word in talk.sees.text for word in ("somme", "kg")) and entry in FIGURES:
            talk.meant.add(int(entry))
        talk.parts += entry.split("*")
        self.hop(talk, fails)

    @precondition(lambda self: bool(self.past))
    @rule(data=st.data(), fails=faults_of_a_hop, seconds=st.sampled_from((0, 3)))
    def repeat(self, data: st.DataObject, fails: tuple[Fault, ...], seconds: int) -> None:
        """The gateway brings a hop again, mostly the last one of a call."""
        talk, parts = data.draw(st.sampled_from([(one, tuple(one.parts)) for one in self.talks.values()] + self.past[-6:]), "hop")
        self.clock.forward(seconds=seconds)
        self.hop(talk, fails, parts)

    @rule()
    def empty_the_store(self) -> None:
        self.ground.valkey.flushall()

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
        key = (talk.phone, talk.session, parts)
        asked = ASKED.search(talk.sees.text) if talk.sees and parts[-1:] == ("1",) and key not in self.confirmed else None
        if latest:
            self.confirmed.setdefault(key, int(asked[1]) if asked else None)
        call = Call("africastalking", talk.session, talk.phone, Accumulated(parts))
        self.clock.forward(seconds=1)
        self.faults.begin(fails)
        self.faults.meanwhile = lambda: self.judge(key, talk, self.engine.answer(call))
        try:
            reply = self.engine.answer(call)
        except Died:
            reply, self.engine = None, self.process()
        struck = self.faults.struck
        self.faults.quiet()
        new = self.news(key)
        Honesty.struck, Honesty.acted = Honesty.struck + struck, Honesty.acted + len(new)
        note(f"{parts} {fails} -> {reply and (reply.text, reply.more)} acts {new}")
        assert len(self.effects.get(key, ())) <= 1, "one confirmation acted twice"
        if new:
            assert new == [self.confirmed.get(key)], "an act that nobody confirmed, or of another figure"
        if latest:
            talk.sees = reply
        if reply:
            self.judge(key, talk, reply)
            if self.effects.get(key) and latest and not struck and not self.claimed():
                assert "vérifions" not in reply.text, "what is known is said to be unknown"

    def judge(self, key: Key, talk: Talk, reply: Reply) -> None:
        """Hold the words of an answer to the books as they are now."""
        self.news(key)
        if self.effects.get(key):
            assert "Rien" not in reply.text, "nothing is recorded, it says; it is"
        elif "Fait" in reply.text:
            done = [acts for (phone, session, _), acts in self.effects.items() if (phone, session) == key[:2]]
            assert any(done), "done, it says; it isn't"
        asked = ASKED.search(reply.text)
        assert not asked or int(asked[1]) in talk.meant, "a figure that nobody meant"
        for other in till.PINS:
            assert other == talk.phone or f"de {other[-4:]}" not in reply.text, "somebody else's account"

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


def entries(talk: Talk) -> tuple[str, ...]:
    """Return what the person may type on what they see; the likeliest first, for shorter traces."""
    seen = talk.sees.text if talk.sees else ""
    if "Code secret" in seen:
        return (till.PINS[talk.phone], "1111", "0")
    if ASKED.search(seen):
        return ("1", "0", "00", "7")
    if "somme" in seen or "kg" in seen:
        return (*FIGURES, "12*5", "0")
    return ("2", "1", "3", "4", "0", "00", "9")
