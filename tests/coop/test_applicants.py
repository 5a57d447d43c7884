"""Who may have a seat: by age, by membership, one training at a time; one person is one, on however many numbers."""

from datetime import date, timedelta

import pytest

from app.coop.cooperatives.models import Cooperative
from app.coop.training import ages, applications, queries, seats
from app.coop.training.models import TrainingApplication
from tests.training_acts import BORN, apply, clock_now, give_back, opened, phone_of, quay, stranger

__all__ = ["clock_now", "quay"]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


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
    for name in ("Fatou Ndiaye", "N'Diaye Fatou", "Fatou N\u2019DIAYE", "Ndiayé-Fatou"):
        with pytest.raises(applications.AppliedElsewhere):
            stranger(quay, training, "+221775550002", now, name=name)
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
