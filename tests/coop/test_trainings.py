"""Trainings: a seat, a rank or the reason; the waiting list moves by itself; who was there is certified."""

import itertools
from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest
from sqlalchemy import func, select

from app.clock import QuietHours
from app.coop.audience import seekers
from app.coop.cooperatives.models import Cooperative
from app.coop.rights import Office
from app.coop.training import ages, applications, clock, notices, placement, presence, queries, seats
from app.coop.training.models import Attendance, Certificate, PlacementQuestion, Training, TrainingApplication
from app.coop.verify import verify
from app.service import KEY, service_of
from app.sms.models import Message
from tests import sample_declarations
from tests.acts import by, own

SECRETARY, FEDERATION, NEIGHBOUR = sample_declarations.CLERK, Office(103, "administrator", None), Office(302, "president", 2)
FIRST = date(2026, 12, 8)
BORN = ages.Birth(2000)
KEYS = itertools.count(1)


@pytest.fixture
def quay(database):
    sample_declarations.staffed(database)
    sample_declarations.women(database, 6)
    return database


@pytest.fixture
def clock_now():
    return datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def opened(database, **given):
    told = {"title": "Couture", "place": "Mbour", "seats": 1, "starts_on": FIRST, "ends_on": FIRST}
    told["apply_until"] = FIRST - timedelta(1)
    with database.transaction() as session:
        cooperative = given.pop("cooperative_id", None)
        return seats.add_training(session, None, cooperative, seats.NewTraining(**told | given), date(2026, 11, 24)).id


def phone_of(member):
    return f"+22177{member:07d}"


def apply(database, training, member, now, told=None):
    with database.transaction() as session:
        act = own(member, f"apply:{next(KEYS)}", now, phone=phone_of(member))
        row, new = applications.apply(session, act, training, told or applications.ApplicantTold(BORN))
        notices.receipt(session, row, session.get_one(Training, training))
        return row.id, row.state, new


def stranger(database, training, phone, now, **told):
    with database.transaction() as session:
        act = own(None, f"apply:{next(KEYS)}", now, phone=phone, person_id=99)
        said = {"birth": BORN, "name": "Fatou Ndiaye", "commune_id": 1} | told
        return applications.apply(session, act, training, applications.ApplicantTold(**said))[0].id


def give_back(database, application, member, now):
    with database.transaction() as session:
        applications.give_back(session, own(member, f"back:{application}", now, phone=phone_of(member)), application)


def accept(database, application, member, now, at=None):
    with database.transaction() as session:
        act = own(member, f"yes:{application}", now, phone=phone_of(member))
        return applications.accept(session, act, application, at or now).state


def sweep(database, now):
    for do in (clock.begun, clock.lapse, clock.offer, clock.tell_ranks, notices.tell_news):
        with database.transaction() as session:
            do(session, now)


def states(database, training):
    with database.read() as reader:
        rows = select(TrainingApplication.state).where(TrainingApplication.training_id == training)
        return list(reader.scalars(rows.order_by(TrainingApplication.id)))


def told(database, member):
    with database.read() as reader:
        return list(reader.scalars(select(Message.text).where(Message.to_number == phone_of(member)).order_by(Message.id)))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"seats": 0}, "999 places"),
        ({"seats": -1}, "999 places"),
        ({"starts_on": date(2026, 11, 24)}, "à venir"),
        ({"ends_on": FIRST - timedelta(1)}, "ensemble"),
        ({"apply_until": FIRST + timedelta(1)}, "ensemble"),
        ({"min_age": 15}, "âge"),
        ({"min_age": 40, "max_age": 35}, "âge"),
        ({"title": "CPS peche"}, "diplôme"),
        ({"title": "x"}, "titre"),
    ],
)
def test_a_training_that_cannot_be_is_refused(quay, given, says):
    with pytest.raises(seats.TrainingRefused, match=says):
        opened(quay, **given)


@pytest.mark.parametrize(
    ("typed", "year", "on"),
    [
        ("2004", 2004, None),
        ("29022004", 2004, date(2004, 2, 29)),
        ("29/02/2004", 2004, date(2004, 2, 29)),
        (" 1.12.1999", None, None),
    ],
)
def test_a_birth_is_its_year_or_its_day(typed, year, on):
    if year is None:
        with pytest.raises(ages.BadBirth):
            ages.read_birth(typed, FIRST)
    else:
        assert ages.read_birth(typed, FIRST) == ages.Birth(year, on)


@pytest.mark.parametrize("typed", ["2090", "1901", "29022005", "31112004", "01012027", "", "04", "x", "²⁰⁰⁴", "200é"])
def test_what_is_no_birth_is_refused(typed):
    with pytest.raises(ages.BadBirth):
        ages.read_birth(typed, date(2026, 11, 24))


@pytest.mark.parametrize(
    ("birth", "first", "ends"),
    [
        (ages.Birth(2010, date(2010, 12, 8)), date(2026, 12, 8), "minor"),
        (ages.Birth(2010, date(2010, 12, 9)), date(2026, 12, 8), ages.WrongAge),
        (ages.Birth(2010), date(2026, 12, 8), ages.BirthDayWanted),
        (ages.Birth(2008), date(2026, 12, 8), ages.BirthDayWanted),
        (ages.Birth(2012, date(2012, 2, 29)), date(2028, 2, 28), ages.WrongAge),
        (ages.Birth(2012, date(2012, 2, 29)), date(2028, 2, 29), "minor"),
        (ages.Birth(2012, date(2012, 2, 29)), date(2029, 2, 28), "minor"),
        (ages.Birth(2007), date(2026, 12, 8), "adult"),
        (ages.Birth(1991), date(2026, 12, 8), ages.BirthDayWanted),
        (ages.Birth(1990), date(2026, 12, 8), ages.BirthDayWanted),
        (ages.Birth(1989), date(2026, 12, 8), ages.WrongAge),
    ],
)
def test_an_age_is_that_of_the_first_day(birth, first, ends):
    if isinstance(ends, str):
        assert ages.check_age(birth, first, 16, 35) is (ends == "minor")
    elif birth.year == 1991:
        assert ages.check_age(birth, first, 16, 35) is False
    else:
        with pytest.raises(ends):
            ages.check_age(birth, first, 16, 35)


def test_seats_go_in_order_and_who_applies_again_keeps_theirs(quay, clock_now):
    training, now = opened(quay, seats=2), clock_now
    assert [apply(quay, training, member, now)[1] for member in (201, 202, 203, 204)] == ["seated", "seated", "waiting", "waiting"]
    first = apply(quay, training, 203, now + timedelta(hours=1))
    assert first[1:] == ("waiting", False)
    with quay.read() as reader:
        [mine] = queries.own_applications(reader, 204, "", now.date())
        assert (mine.state, mine.rank) == ("waiting", 2)
        assert queries.training_by_id(reader, training).free == 0


def test_a_freed_seat_is_offered_once_to_each_in_turn(quay, clock_now):
    training, now = opened(quay), clock_now
    rows = {member: apply(quay, training, member, now)[0] for member in (201, 202, 203)}
    give_back(quay, rows[201], 201, now)
    assert apply(quay, training, 201, now)[1] == "waiting"  # at the end, though a seat is free
    for _ in range(2):
        sweep(quay, now)
    assert states(quay, training) == ["given_back", "offered", "waiting", "waiting"]
    assert ["OUI" in text for text in told(quay, 202)] == [True]
    later = now + timedelta(hours=24, minutes=11)
    sweep(quay, later)
    assert states(quay, training) == ["given_back", "lapsed", "offered", "waiting"]
    assert "passée" in told(quay, 202)[-1]
    assert accept(quay, rows[203], 203, later) == accept(quay, rows[203], 203, later) == "seated"
    sweep(quay, later)
    assert states(quay, training) == ["given_back", "lapsed", "seated", "waiting"]


def test_an_offer_is_taken_in_its_last_second_also_when_that_is_read_late(quay, clock_now):
    training, now = opened(quay), clock_now
    first, second = (apply(quay, training, member, now)[0] for member in (201, 202))
    give_back(quay, first, 201, now)
    sweep(quay, now)
    ends = now + clock.OFFER
    sweep(quay, ends + timedelta(minutes=9))
    assert states(quay, training)[1] == "offered"
    with pytest.raises(applications.ApplicationNotOpen):
        accept(quay, second, 202, ends + timedelta(minutes=9), at=ends + timedelta(seconds=1))
    sweep(quay, ends + timedelta(hours=1))
    assert states(quay, training)[1] == "lapsed"
    assert accept(quay, second, 202, ends + timedelta(hours=1), at=ends) == "seated"


def test_nobody_is_called_at_night_nor_just_before_the_start(quay, clock_now):
    training = opened(quay)
    first, _ = (apply(quay, training, member, clock_now)[0] for member in (201, 202))
    night = datetime(2026, 12, 7, 21, 0, tzinfo=UTC)
    give_back(quay, first, 201, night)
    for hours in (0, 5, 9.5):
        sweep(quay, night + timedelta(hours=hours))
        assert states(quay, training)[1] == "waiting"
    sweep(quay, datetime(2026, 12, 8, 8, 0, tzinfo=UTC))
    assert states(quay, training) == ["given_back", "unplaced"]
    assert "pas de place cette fois" in told(quay, 202)[-1]


@pytest.mark.parametrize(
    ("quiet", "at", "offered"),
    [
        ((time(20), time(9)), datetime(2026, 12, 2, 20, 30, tzinfo=UTC), False),
        ((time(20), time(9)), datetime(2026, 12, 2, 8, 30, tzinfo=UTC), False),
        ((time(20), time(9)), datetime(2026, 12, 2, 9, 0, tzinfo=UTC), True),
        ((time(12), time(14)), datetime(2026, 12, 2, 13, 0, tzinfo=UTC), False),
        ((time(12), time(14)), datetime(2026, 12, 2, 3, 0, tzinfo=UTC), True),
        (None, datetime(2026, 12, 2, 3, 0, tzinfo=UTC), True),
    ],
)
def test_quiet_hours_are_those_of_the_setting(quay, clock_now, quiet, at, offered):
    training = opened(quay)
    first, _ = (apply(quay, training, member, clock_now)[0] for member in (201, 202))
    give_back(quay, first, 201, clock_now)
    with quay.transaction() as session:
        session.info[KEY] = msgspec.structs.replace(service_of(session), quiet=QuietHours(*quiet) if quiet else None)
        clock.offer(session, at)
    assert (states(quay, training)[1] == "offered") is offered


def test_an_offer_ends_when_the_training_begins(quay, clock_now):
    training = opened(quay)
    first, second = (apply(quay, training, member, clock_now)[0] for member in (201, 202))
    eve = datetime(2026, 12, 7, 18, 0, tzinfo=UTC)
    give_back(quay, first, 201, eve)
    sweep(quay, eve)
    with quay.read() as reader:
        ends = reader.scalar(select(TrainingApplication.offer_ends).where(TrainingApplication.id == second))
    assert ends == datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
    with pytest.raises(applications.ApplicationNotOpen):
        accept(quay, second, 202, ends)


def test_lowered_seats_call_nobody_and_turn_nobody_out(quay, clock_now):
    training, now = opened(quay, seats=3), clock_now
    rows = [apply(quay, training, member, now)[0] for member in (201, 202, 203, 204)]
    with quay.transaction() as session:
        seats.set_seats(session, by(FEDERATION, "seats", now), training, 1)
        for bad in (0, -1, 1000):
            with pytest.raises(seats.TrainingRefused):
                seats.set_seats(session, by(FEDERATION, "bad", now), training, bad)
    for index, member in enumerate((201, 202)):
        give_back(quay, rows[index], member, now)
        sweep(quay, now)
        assert states(quay, training) == ["given_back"] * (index + 1) + ["seated"] * (2 - index) + ["waiting"]
    give_back(quay, rows[2], 203, now)
    sweep(quay, now)
    assert states(quay, training)[-1] == "offered"


def test_more_seats_are_offered_at_once_and_newcomers_stand_behind(quay, clock_now):
    training, now = opened(quay), clock_now
    for member in (201, 202):
        apply(quay, training, member, now)
    with quay.transaction() as session:
        seats.set_seats(session, by(FEDERATION, "seats", now), training, 3)
    assert [apply(quay, training, member, now)[1] for member in (203, 204)] == ["seated", "waiting"]
    sweep(quay, now)
    assert states(quay, training) == ["seated", "offered", "seated", "waiting"]


def test_who_comes_near_the_front_hears_it_once_a_day(quay, clock_now):
    training, now = opened(quay), clock_now
    rows = [apply(quay, training, member, now)[0] for member in (201, 202, 203)]
    give_back(quay, rows[1], 202, now)
    sweep(quay, now)
    assert not told(quay, 203)
    for hours in (24, 25):
        sweep(quay, now + timedelta(hours=hours))
    assert ["Rang 1" in text for text in told(quay, 203)] == [True]


def test_moved_and_cancelled_are_told_to_all_once(quay, clock_now):
    training, now = opened(quay), clock_now
    for member in (201, 202):
        apply(quay, training, member, now)
    with quay.transaction() as session:
        seats.move(session, by(FEDERATION, "move", now), training, FIRST + timedelta(7), now.date())
        with pytest.raises(seats.TrainingRefused):
            seats.move(session, by(FEDERATION, "past", now), training, now.date(), now.date())
    for _ in range(2):
        sweep(quay, now)
    with quay.transaction() as session:
        seats.cancel(session, by(FEDERATION, "cancel", now), training, now)
        with pytest.raises(seats.TrainingGone):
            seats.cancel(session, by(FEDERATION, "again", now), training, now)
    sweep(quay, now)
    for member in (201, 202):
        assert ["15/12/2026" in told(quay, member)[0], "annulée" in told(quay, member)[1], len(told(quay, member))] == [
            True,
            True,
            2,
        ]
    with pytest.raises(seats.TrainingClosed):
        apply(quay, training, 203, now)


def test_a_seat_is_only_given_for_a_reason(quay, clock_now):
    now = clock_now
    with quay.transaction() as session:
        place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": now}
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mbour", **place))
    theirs, young = opened(quay, audience="members", cooperative_id=2), opened(quay, max_age=20)
    pf2e = opened(quay, kind="pf2e", company_chooses=True)
    for training, member, given, error in (
        (theirs, 201, applications.ApplicantTold(BORN), applications.NoApplicant),
        (young, 201, applications.ApplicantTold(BORN), ages.WrongAge),
        (young, 201, applications.ApplicantTold(ages.Birth(2010, date(2010, 1, 1))), applications.GuardianWanted),
        (pf2e, 201, applications.ApplicantTold(), applications.BirthWanted),
        (pf2e, 5, applications.ApplicantTold(BORN), applications.NoApplicant),
        (pf2e, 6, applications.ApplicantTold(BORN), applications.NoApplicant),
        (999, 201, applications.ApplicantTold(BORN), seats.TrainingGone),
    ):
        with pytest.raises(error):
            apply(quay, training, member, now, given)
    with pytest.raises(seats.TrainingClosed):
        apply(quay, young, 201, now + timedelta(days=14))
    assert (
        apply(quay, young, 201, now, applications.ApplicantTold(ages.Birth(2010, date(2010, 1, 1)), guardian="Coumba Faye"))[1]
        == "seated"
    )


def test_trainings_that_are_taken_one_at_a_time(quay, clock_now):
    one, other = (opened(quay, title=title, exclusive=True) for title in ("Soudure", "Froid"))
    row, *_ = apply(quay, one, 201, clock_now)
    with pytest.raises(applications.OtherTraining, match="Soudure"):
        apply(quay, other, 201, clock_now)
    give_back(quay, row, 201, clock_now)
    assert apply(quay, other, 201, clock_now)[1] == "seated"


def test_one_person_on_two_numbers_is_one(quay, clock_now):
    training, now = opened(quay, seats=9), clock_now
    first = stranger(quay, training, "+221775550001", now)
    assert stranger(quay, training, "+221775550001", now, name="ndiaye  FATOU") == first
    with pytest.raises(applications.AppliedElsewhere):
        stranger(quay, training, "+221775550002", now)
    for name in ("Awa Faye", "Binta Faye"):
        stranger(quay, training, "+221775550001", now, name=name)
    with pytest.raises(applications.TooManyApplications):
        stranger(quay, training, "+221775550001", now, name="Coumba Faye")
    with pytest.raises(applications.BirthWanted):
        stranger(quay, training, "+221775550003", now, birth=None)


def test_a_member_who_applies_as_a_stranger_is_one_person(quay, clock_now):
    training, now = opened(quay, seats=9), clock_now
    born = ages.Birth(2000)

    def member(told):
        return apply(quay, training, 201, now, told)

    row, *_ = member(applications.ApplicantTold(born))
    with pytest.raises(applications.AppliedElsewhere):
        stranger(quay, training, "+221775550001", now, name="201 femme")
    for differs in ({"birth": ages.Birth(1999)}, {"name": "Femme Diop"}, {"commune_id": None}):
        stranger(quay, training, "+221775550002", now, **{"name": "Femme 201", "birth": born} | differs)
    give_back(quay, row, 201, now)
    theirs = stranger(quay, training, "+221775550001", now, name="Femme 201")
    with pytest.raises(applications.AppliedElsewhere):
        member(applications.ApplicantTold(born))
    with pytest.raises(applications.AppliedElsewhere):
        member(applications.ApplicantTold())  # a year that nobody knows tells nobody apart
    with quay.transaction() as session:  # the number has become hers since
        session.get_one(TrainingApplication, theirs).phone = phone_of(201)
    assert member(applications.ApplicantTold(born)) == (theirs, "seated", False)
    with quay.read() as reader:
        [mine] = queries.own_applications(reader, 201, "", now.date())
        assert mine.id == theirs


def test_the_company_chooses_and_all_are_told(quay, clock_now):
    training, now = opened(quay, kind="pf2e", company_chooses=True, seats=2), clock_now
    rows = [apply(quay, training, member, now)[0] for member in (201, 202, 203)]
    assert states(quay, training) == ["applied"] * 3
    with quay.transaction() as session:
        act = by(FEDERATION, "choose", now)
        with pytest.raises(presence.TooManyChosen), session.begin_nested():
            presence.choose(session, act, training, rows, now, last=True)
        with pytest.raises(applications.ApplicationNotOpen), session.begin_nested():
            presence.choose(session, act, training, (rows[0], 99), now, last=True)
        assert presence.choose(session, act, training, rows[1:], now, last=True) == 2
    sweep(quay, now)
    assert states(quay, training) == ["declined", "seated", "seated"]
    assert "pas retenu" in told(quay, 201)[-1]
    assert "avez une place" in told(quay, 202)[-1]


def test_who_was_there_is_certified_once_and_anybody_may_check(quay, clock_now):
    training, now = opened(quay, seats=2), clock_now
    rows = [apply(quay, training, member, now)[0] for member in (201, 202)]
    day = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    with quay.transaction() as session:
        with pytest.raises(seats.TrainingClosed):
            presence.day_code(session, by(FEDERATION, "early", now), training)
        code = presence.day_code(session, by(FEDERATION, "code", day), training)
        assert presence.day_code(session, by(FEDERATION, "again", day), training) == code
        for _ in range(2):
            presence.attend(session, own(201, "here", day), code)
        presence.attend_by_list(session, by(FEDERATION, "list", day), rows[1])
        for member, wrong, at in ((203, code, day), (201, "000000", day), (201, code, day + timedelta(days=1))):
            with pytest.raises(presence.WrongDayCode):
                presence.attend(session, own(member, "no", at), wrong)
        assert session.scalar(select(func.count()).select_from(Attendance)) == 2
        with pytest.raises(seats.TrainingClosed):
            presence.certify(session, by(FEDERATION, "soon", now), rows[0])
        made = presence.certify(session, by(FEDERATION, "yes", day), rows[0])
        with pytest.raises(applications.ApplicationNotOpen):
            presence.certify(session, by(FEDERATION, "twice", day), rows[0])
        presence.drop(session, by(FEDERATION, "left", day), rows[1])
    with quay.read() as reader:
        assert queries.certificate(reader, made.number) == queries.ShownCertificate("Couture", "F2", day.date())
        assert queries.certificate(reader, "000000000") is None
        assert verify(reader).wrong == ()
    assert made.number in told(quay, 201)[-1]


def test_only_a_trainings_own_officers_touch_it(quay, clock_now):
    training, now = opened(quay, cooperative_id=1), clock_now
    row, *_ = apply(quay, training, 201, now)
    day = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    with quay.transaction() as session:
        act = by(NEIGHBOUR, "other", day)
        for do in (
            lambda: seats.set_seats(session, act, training, 5),
            lambda: seats.cancel(session, act, training, day),
            lambda: presence.day_code(session, act, training),
            lambda: presence.choose(session, act, training, (row,), day, last=True),
        ):
            with pytest.raises(seats.TrainingGone):
                do()
        for do in (presence.certify, presence.drop, presence.attend_by_list):
            with pytest.raises(applications.ApplicationNotOpen):
                do(session, act, row)


def certified(database, now):
    training = opened(database, seats=2)
    rows = [apply(database, training, 201, now)[0], stranger(database, training, "+221775550001", now, wants_jobs=True)]
    day = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    with database.transaction() as session:
        for row in rows:
            presence.certify(session, by(FEDERATION, f"yes:{row}", day), row)
    return rows, day


def ask(database, now):
    with database.transaction() as session:
        placement.ask(session, now)
        placement.forget(session, now)


def test_placement_is_asked_after_three_and_six_months_once_each(quay, clock_now):
    rows, day = certified(quay, clock_now)
    for days in (30, 91, 92, 140, 182, 183):
        ask(quay, day + timedelta(days=days))
    with quay.transaction() as session:
        asked = session.execute(select(PlacementQuestion.application_id, PlacementQuestion.months, PlacementQuestion.code)).all()
        assert sorted((row, months) for row, months, _ in asked) == [(row, months) for row in sorted(rows) for months in (3, 6)]
        code = next(code for row, months, code in asked if (row, months) == (rows[0], 3))
        later = day + timedelta(days=95)
        for works in (True, False, True):
            placement.answer(session, phone_of(201), code, works=works, now=later)
        for phone, wrong in ((phone_of(202), code), (phone_of(201), "000000")):
            with pytest.raises(placement.NoQuestion):
                placement.answer(session, phone, wrong, works=True, now=later)
        assert session.scalar(select(func.count()).where(PlacementQuestion.works)) == 1


def test_a_strangers_application_is_erased_and_the_certificate_stays(quay, clock_now):
    rows, day = certified(quay, clock_now)
    training = opened(quay, seats=5)
    plain = stranger(quay, training, "+221775550009", clock_now, name="Binta Faye")
    with quay.transaction() as session:
        for end in ("01", "09", "10"):
            seekers.seek(session, f"+2217755500{end}", 1, clock_now)

    def names():
        with quay.read() as reader:
            table = TrainingApplication
            return dict(reader.execute(select(table.id, table.name).where(table.member_id.is_(None))).all())

    ask(quay, day + timedelta(days=181))
    assert names() == {rows[1]: "Fatou Ndiaye", plain: "Binta Faye"}
    ask(quay, day + timedelta(days=184))
    assert names() == {rows[1]: "Fatou Ndiaye", plain: None}
    ask(quay, day + timedelta(days=182 + 45))
    assert set(names().values()) == {None}
    with quay.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Certificate)) == 2
        assert [seekers.seeks(reader, f"+2217755500{end}") for end in ("01", "09", "10")] == [False, False, True]
