"""Who was there is certified, asked whether they work, and forgotten where they are no member."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.coop.audience import seekers
from app.coop.training import applications, placement, presence, queries, seats
from app.coop.training.models import Attendance, Certificate, PlacementQuestion, TrainingApplication
from app.coop.verify import verify
from tests.acts import by, own
from tests.training_acts import FEDERATION, apply, ask, certified, clock_now, opened, phone_of, quay, stranger, told

__all__ = ["clock_now", "quay"]


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


def test_who_of_a_familys_telephone_is_there_is_chosen(quay, clock_now):
    training, day, phone = opened(quay, seats=2), datetime(2026, 12, 8, 9, 0, tzinfo=UTC), "+221775550001"
    rows = [stranger(quay, training, phone, clock_now, name=name) for name in ("Fatou Ndiaye", "Awa Sow")]
    with quay.transaction() as session:
        code = presence.day_code(session, by(FEDERATION, "code", day), training)
        with pytest.raises(presence.SeveralHere):
            presence.attend(session, own(None, "sms", day, phone=phone, person_id=99), code)
        for row in rows:
            presence.attend(session, own(None, f"here {row}", day, phone=phone, person_id=99), code, row)
        assert sorted(session.scalars(select(Attendance.application_id))) == rows


def test_a_certificate_has_four_initials_at_the_most(quay, clock_now):
    training, day = opened(quay), datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    row = stranger(quay, training, "+221775550001", clock_now, name="ßali ßamba ßadio")
    with quay.transaction() as session:
        assert presence.certify(session, by(FEDERATION, "yes", day), row).initials == "SSSS"


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
