"""A member's row counts the numbers that serve nobody else, whoever writes what in whatever order."""

import itertools
from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.members.models import Member, Number, Person

AT = datetime(2026, 11, 24, tzinfo=UTC)
person = st.integers(1, 3)
number = st.integers(1, 6)
_cards = itertools.count(1)
acts = st.one_of(
    st.tuples(st.just("number"), number, person, st.sampled_from([None, None, 1, 2]), st.booleans()),
    st.tuples(st.just("move"), number, person),
    st.tuples(st.just("place"), number, st.sampled_from([None, 3])),
    st.tuples(st.just("proof"), number, st.booleans()),
    st.tuples(st.just("gone"), number),
    st.tuples(st.just("member"), person),
    st.tuples(st.just("left"), person),
    st.tuples(st.just("swap"), person, person),
)


def found(session):
    session.add(Commune(id=1, name="Mbour"))
    session.add(Filiere(id=1, code="PECHE", name="Pêche"))
    session.flush()
    where = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER"}
    session.add(Cooperative(id=1, code="CPS1", name="CPS", created_at=AT, **where))
    session.add_all(Person(id=one, name="Awa", language="fr", pin_pepper=1) for one in range(1, 4))
    session.flush()


def do(session, act, *what):
    """Do one act if it makes sense now: a number's telephone is its id's, so that several may hold it by places."""
    held = set(session.scalars(select(Number.id)))
    members = set(session.scalars(select(Member.person_id)))
    mine = update(Number).where(Number.id == what[0])
    if act == "number" and what[0] not in held:
        row = {"id": what[0], "phone": f"+22177000000{what[0]}", "person_id": what[1], "place": what[2], "proof_wanted": what[3]}
        session.execute(insert(Number).values(registered_at=AT, **row))
    elif act == "move":
        session.execute(mine.values(person_id=what[1]))
    elif act == "place":
        session.execute(mine.values(place=what[1]))
    elif act == "proof":
        session.execute(mine.values(proof_wanted=what[1]))
    elif act == "gone":
        session.execute(delete(Number).where(Number.id == what[0]))
    elif act == "member" and what[0] not in members:
        row = {
            "person_id": what[0],
            "cooperative_id": 1,
            "card": f"C{next(_cards)}",
            "state": "active",
            "joined_on": date(2026, 1, 1),
        }
        session.execute(insert(Member).values(row))
    elif act == "left":
        session.execute(delete(Member).where(Member.person_id == what[0]))
    elif act == "swap" and what[1] not in members:
        session.execute(update(Member).where(Member.person_id == what[0]).values(person_id=what[1]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(acts, max_size=25))
def test_whatever_happens_to_numbers_and_members_the_count_is_right(database, history):
    with database.session() as session:
        found(session)
        for act in history:
            do(session, *act)
        alone = select(func.count()).where(Number.person_id == Member.person_id, Number.place.is_(None), ~Number.proof_wanted)
        kept = session.execute(select(Member.alone, alone.correlate(Member).scalar_subquery())).all()
        assert [row[0] for row in kept] == [row[1] for row in kept]
        session.rollback()
