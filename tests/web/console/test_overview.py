"""What the overview reads, on both databases."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import update

from app.coop.broadcasts.queries import spent_today
from app.coop.correspondence import call_backs
from app.coop.rights import Office
from app.db.database import Database
from app.sms import outbox
from app.sms.models import Inbound
from app.web.console.overview import OpenCount, health, look
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.conftest import PATIENT_MS
from tests.sending_broadcasts import CLERK, TERMS, Sending

FEDERATION = Office(103, "administrator", None)


def test_the_overview_of_both_scopes(database, valkey, clock):
    Sending(database, clock, women=2).order()
    with database.transaction() as session:
        call_backs.ask(session, sample_cooperative.AWA, "Aide", person_id=1, cooperative_id=1, now=clock())
        incoming_sms.letter(session, "Salut", sample_cooperative.NOBODY, clock(), cooperative_id=None)
        outbox.put(session, to=sample_cooperative.AWA, text="1", purpose="code", cause="a", now=clock())
    federation, own = (look(database, redis.Redis.from_url(valkey.url), office, clock(), TERMS) for office in (FEDERATION, CLERK))
    assert [lane.queued for lane in federation.lanes][:3] == [1, 0, 0]
    assert federation.lanes[0].oldest == clock()
    assert {place.code: (place.call_backs.number, place.letters.number) for place in federation.places} == {
        "CPS1": (1, 0),
        None: (0, 1),
    }
    assert next(place for place in federation.places if place.id == 1).call_backs == OpenCount(1, clock())
    assert [(task.title, task.number, task.since) for task in own.tasks] == [("rappel à faire", 1, clock())]
    assert [(task.title, task.number) for task in federation.tasks] == [("SMS à lire", 1)]
    assert federation.broadcasting == {"notice": 6}
    assert (own.lanes, own.spent, federation.spent) == ([], None, 20)
    assert [(line.says, line.ill) for line in federation.health][:2] == [("Répond.", False), ("Tout est traité.", False)]
    for seen in (federation, own):
        [sent] = seen.broadcasts
        assert (sent.recipients, sent.counts.queued, sent.whole, sent.under_way) == (6, 6, 120, True)
        assert (seen.day.reserved, seen.day.own, seen.day.budget) == (120, 120, 100_000)
        assert sample_declarations.SECRETARY not in str(seen)


def test_what_is_ill_is_marked(sqlite_database, clock):
    with sqlite_database.transaction() as session:
        incoming_sms.letter(session, "Salut", sample_cooperative.NOBODY, clock(), cooperative_id=None)
        session.execute(update(Inbound).values(state="new"))
    clock.forward(minutes=6)
    with sqlite_database.read() as reader:
        found = health(reader, redis.Redis(port=1, retry=Retry(NoBackoff(), 0)), clock())
    assert [line.part for line in found if line.ill] == ["Redis", "SMS reçus"]
    assert found[1].says == "1 message à traiter, le premier depuis 6 min."


def test_a_days_cost_that_cant_be_added_up_in_time_is_left_out(tmp_path, clock):
    empty = Database(f"sqlite:///{tmp_path}/empty.db", statement_ms=PATIENT_MS)
    assert spent_today(empty, TERMS, clock()) is None
    empty.dispose()
