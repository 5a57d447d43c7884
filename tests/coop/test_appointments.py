"""Offices are given and end; all officers of the scope are told; somebody new opens the Bureau with an activation number."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.coop.access import activation, pins
from app.coop.enrolment import appointments
from app.coop.members.models import Number
from app.coop.offices.queries import office_for
from app.coop.rights import NotYours
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.acts import own

TODAY = date(2026, 11, 24)
NEW = "+221780000002"


@pytest.fixture
def peopled(sqlite_database):
    sample_cooperative.build(sqlite_database)
    sample_declarations.appoint(sqlite_database)
    return sqlite_database


def _member(database, clock, role="treasurer", card="C00001", **term):
    with database.transaction() as session:
        return appointments.appoint_member(
            session, "cps1", card, role, **({"from_on": TODAY, "until_on": None} | term), now=clock()
        )


def _federal(database, clock, name="Fatou Sarr", role="administrator", phone=NEW):
    with database.transaction() as session:
        term = {"from_on": TODAY, "until_on": None}
        return appointments.appoint_by_number(session, phone, name, role, **term, now=clock())


def test_an_office_is_held_from_its_first_day_until_it_ends_and_everybody_of_the_scope_is_told(peopled, clock):
    given = _member(peopled, clock, until_on=TODAY + timedelta(days=1))
    with peopled.read() as reader:
        assert office_for(reader, given.person_id, "pay", TODAY).cooperative_id == 1
        for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=2)):
            with pytest.raises(NotYours):
                office_for(reader, given.person_id, "pay", day)
        told = set(reader.scalars(select(Message.to_number).where(Message.cause.like("office:%"))))
        assert told == {sample_cooperative.AWA, sample_declarations.SECRETARY, sample_declarations.PRESIDENT}
        held = appointments.OfficeHeld("Awa 1", "treasurer", "CPS1", "C00001", TODAY, TODAY + timedelta(days=1))
        assert held in appointments.officers(reader, TODAY)
    with peopled.transaction() as session:
        assert appointments.revoke_member(session, "CPS1", "C00001", "treasurer", now=clock())
        assert not appointments.revoke_member(session, "CPS1", "C00001", "treasurer", now=clock())
    with peopled.read() as reader, pytest.raises(NotYours):
        office_for(reader, given.person_id, "pay", TODAY)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"role": "administrator"}, "fédération"),
        ({"card": "C99999"}, "inconnue"),
        ({"card": "C00005"}, "active"),
        ({"until_on": TODAY - timedelta(days=1)}, "avant de commencer"),
        ({"card": "C00101", "role": "secretary"}, "déjà"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_can_not_be_so_is_refused_in_words(peopled, clock, change, why):
    with pytest.raises(appointments.NotAppointed, match=why):
        _member(peopled, clock, **change)


def test_the_federations_offices_are_for_a_number_of_ones_own(peopled, clock):
    for fault in ({"role": "secretary"}, {"phone": sample_cooperative.SHARED}, {"name": None}, {"name": "12"}, {"name": "😀"}):
        with pytest.raises(appointments.NotAppointed):
            _federal(peopled, clock, **fault)
    assert _federal(peopled, clock, phone=sample_cooperative.AWA, name=None, role="auditor").new is False
    assert _federal(peopled, clock).new
    with peopled.transaction() as session:
        assert appointments.revoke_by_number(session, NEW, "administrator", now=clock())
        assert not appointments.revoke_by_number(session, "+221780000009", "administrator", now=clock())


@pytest.mark.parametrize("noted", [{"trusted": True}, {"proof_wanted": True}, {"trusted": True, "proof_wanted": True}], ids=str)
def test_a_number_that_is_anothers_or_not_proved_gives_nobody_an_office(peopled, clock, noted):
    with peopled.transaction() as session:
        session.add(Number(phone=NEW, person_id=1, registered_at=clock(), **noted))
    for name in (None, "Moussa Nouveau"):
        with pytest.raises(appointments.NotAppointed, match="numéro à soi"):
            _federal(peopled, clock, name=name)


def test_a_name_that_is_given_is_the_holders_or_nobody_is_appointed(peopled, clock):
    with pytest.raises(appointments.NotAppointed, match="autre nom"):
        _federal(peopled, clock, phone=sample_cooperative.AWA, name="Moussa Nouveau", role="auditor")
    assert _federal(peopled, clock, phone=sample_cooperative.AWA, name=" awa  1", role="auditor").name == "Awa 1"


def _renew(database, clock, phone=sample_declarations.ADMINISTRATOR):
    with database.transaction() as session:
        given = appointments.renew(session, phone, now=clock())
        return given, activation.issue(session, given.person_id, key=sample_cooperative.KEY, now=clock())


def test_who_runs_the_service_gives_an_administrator_without_a_card_another_first_use(peopled, clock):
    given, number = _renew(peopled, clock)
    assert given.name == "Responsable 103"
    assert pins.try_pin(peopled, 103, "2468", "old", peppers=sample_cooperative.PEPPERS, now=clock()) == pins.Locked(None)
    opened = activation.try_activation(peopled, 103, number, "hop", key=sample_cooperative.KEY, now=clock())
    assert isinstance(opened, activation.ActivationOpened)
    with peopled.transaction() as session:
        hashed, told = sample_cooperative.hashed("7391"), select(Message.to_number).where(Message.cause.like("renewed:%"))
        assert activation.activate(session, own(103, "activate", clock(), phone=sample_declarations.ADMINISTRATOR), hashed, 1)
        assert session.scalars(told).all() == [sample_declarations.ADMINISTRATOR]
    assert isinstance(pins.try_pin(peopled, 103, "7391", "new", peppers=sample_cooperative.PEPPERS, now=clock()), pins.Right)


@pytest.mark.parametrize(
    "phone", [sample_declarations.SECRETARY, sample_cooperative.AWA, sample_cooperative.SHARED, sample_cooperative.NOBODY]
)
def test_a_member_has_a_card_and_is_helped_by_officers(peopled, clock, phone):
    with pytest.raises(appointments.NotAppointed):
        _renew(peopled, clock, phone)
