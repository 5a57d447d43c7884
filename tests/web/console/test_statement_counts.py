"""Nothing is asked once more for each row: sweeps, lists and estimates ask as much of twenty members a co-operative as of more."""

from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from app import create_app
from app.coop import subjects
from app.coop.access.models import SignIn
from app.coop.broadcasts.estimates import Draft, estimate
from app.coop.demo import seed
from app.coop.members.models import Number
from app.coop.offices.models import Role
from app.coop.rights import Office
from app.db import operations
from app.sms import day_figures, outbox, retention, sweeper
from app.sms.broadcasts import rounds
from config.settings import load
from tests import menu_rows, sample_cooperative
from tests.acts import by
from tests.coop.test_broadcasts import TERMS
from tests.web.console.test_route_rights import ours

KEY = sample_cooperative.KEY
SIZES = (60, 240)
CPS = 3
MOST_ROUNDS = 40


class Seeded:
    """The service on a seeded database, and how many statements something takes there."""

    def __init__(self, database, valkey, clock, members):
        self.database, self.clock = database, clock
        secrets = {"SECRET_KEY": sample_cooperative.KEY.decode(), "PIN_PEPPER": sample_cooperative.PEPPERS[1].decode()}
        settings = load({"JAPPOO_ENV": "test", "DATABASE_URL": database.url, "REDIS_URL": valkey.url} | secrets, dotenv=None)
        seed.seed(database, seed.Plan(members, CPS, settings.peppers, settings.key("members"), clock()))
        menu_rows.put(database, clock())
        self.app = create_app(settings, now=clock)
        with database.transaction() as session:
            for number, phone in enumerate(session.scalars(select(Number.phone).limit(members // 4)).all()):
                outbox.put(session, to=phone, text=f"Jappoo {number}", purpose="receipt", cause=f"x:{number}", now=clock())

    @contextmanager
    def counting(self):
        asked = Counter()

        def note(connection, cursor, statement, *rest):
            del connection, cursor, rest
            if not statement.startswith(("PRAGMA", "BEGIN")):
                asked["statements"] += 1

        databases = self.database, self.app.extensions["jappoo"]["database"]
        engines = [engine for one in databases for engine in (one.engine, one.reader)]
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        yield asked
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)

    def browser(self, role, place):
        """Sign in who has an office by the seed, and return the browser and the office."""
        at, held_by = self.clock(), select(Role.person_id, Number.phone).join(Number, Number.person_id == Role.person_id)
        with self.database.transaction() as session:
            person, phone = session.execute(
                held_by.where(Role.role == role, Role.cooperative_id.is_not_distinct_from(place))
            ).first()
            signed = {"browser": "b", "known": True, "digest": "", "asked_at": at, "expires_at": at, "opened_at": at}
            row = SignIn(phone=phone, person_id=person, **signed)
            session.add(row)
            session.flush()
            number = row.id
        client = self.app.test_client()
        with client.session_transaction() as held:
            held["held"] = {"sign_in": number, "seen": int(at.timestamp()), "token": "t"}
        return client, Office(person, role, place), phone

    def sweeps(self):
        own = [(sweep.name, sweep.do) for sweep in subjects.SWEEPS]
        return dict(own) | {
            "messages": lambda session, now: sweeper.sweep(session, now=now, wake=[].append),
            "broadcasts": lambda session, now: rounds.follow(session, now=now, wake=[].append),
            "day figures": lambda session, now: day_figures.roll_up(session, now=now),
            "old messages": lambda session, now: retention.forget(session, now=now),
            "old acts": lambda session, now: operations.forget(session, now=now),
        }


@pytest.fixture
def both(another, valkey, clock):
    made = [Seeded(another(), valkey, clock, members) for members in SIZES]
    yield made
    for one in made:
        one.app.extensions["jappoo"]["database"].dispose()


def same(found):
    few, many = found
    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}


def test_a_sweep_asks_as_much_of_many_rows_as_of_few(both):
    def swept(one):
        counts = {}
        for name, do in one.sweeps().items():
            with one.counting() as asked, one.database.transaction() as session:
                do(session, one.clock())
            counts[name] = asked["statements"]
        return counts

    found = []
    for one in both:
        counts, before, left = swept(one), {}, MOST_ROUNDS
        while counts != before and left:  # what is due at first is done: each of its rows takes statements of its own
            counts, before, left = swept(one), counts, left - 1
        found.append(counts)
    same(found)


@pytest.mark.parametrize(("role", "place"), [("administrator", None), ("secretary", 1), ("treasurer", 1)])
def test_a_list_asks_as_much_for_many_rows_as_for_few(both, role, place):
    found = []
    for one in both:
        client, _, _ = one.browser(role, place)
        counts = {}
        for rule in ours(one.app):
            if "GET" in rule.methods and not rule.arguments:
                client.get(rule.rule)
                with one.counting() as asked:
                    answer = client.get(rule.rule)
                counts[rule.rule] = (answer.status_code, asked["statements"])
        found.append(counts)
    assert sum(status == 200 for status, _ in found[0].values()) > 10
    same(found)


def test_an_estimate_asks_as_much_of_many_numbers_as_of_few(both):
    found = []
    for one in both:
        _, office, phone = one.browser("administrator", None)
        counts = {}
        for words in ("TOUS", "CPS1", "PECHE"):
            with one.counting() as asked, one.database.transaction() as session:
                estimate(session, by(office, words, one.clock(), "sms", phone), Draft(words, "Bonjour"), key=KEY, terms=TERMS)
            counts[words] = asked["statements"]
        found.append(counts)
    same(found)
