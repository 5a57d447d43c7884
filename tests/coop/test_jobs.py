"""Jobs: interested by one key, the number for the company only once it may have it, and all are told how it ended."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.coop.jobs import queries, services
from app.coop.jobs.models import Job, JobInterest
from app.sms.models import Message
from tests import sample_declarations
from tests.acts import own

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
OFFER = {"company": "Chantier naval", "trade": "Soudeur", "place": "Mbour", "places": 2, "until": date(2026, 12, 15)}


@pytest.fixture
def quay(database):
    sample_declarations.staffed(database)
    sample_declarations.women(database, 2)
    with database.transaction() as session:
        services.add_job(session, services.NewJob(**OFFER), NOW.date())
    return database


def act(member, key, phone=None):
    return own(member, key, NOW, phone=phone or f"+22177{member:07d}", person_id=member or 99)


@pytest.mark.parametrize(
    "bad",
    [
        *(
            {"places": 0},
            {"places": -1},
            {"trade": "x"},
            {"trade": "   "},
            {"company": "😀😀"},
            {"company": ""},
            {"place": "m" * 17},
        ),
        *({"until": date(2026, 11, 23)}, {"until": date(2028, 1, 1)}),
    ],
)
def test_a_job_that_cannot_be_is_refused(quay, bad):
    with quay.transaction() as session, pytest.raises(services.JobRefused):
        services.add_job(session, services.NewJob(**OFFER | bad), NOW.date())


def test_a_familys_telephone_is_of_up_to_three(quay):
    phone = "+221775550001"
    with quay.transaction() as session:
        for key, (name, new) in enumerate((("Binta Faye", True), ("Awa Sow", True), ("BINTA FAYE", False), ("Modou Faye", True))):
            assert services.interest(session, act(None, f"family {key}", phone), 1, name)[1] is new
        with pytest.raises(services.TooManyInterests):
            services.interest(session, act(None, "fourth", phone), 1, "Omar Faye")
    with quay.read() as reader:
        assert [one.name for one in queries.candidates(reader, 1)] == ["Binta Faye", "Awa Sow", "Modou Faye"]


def test_on_a_familys_telephone_each_word_is_of_the_one_who_is_named(quay):
    phone = "+221775550001"
    with quay.transaction() as session:
        for name in ("Binta Faye", "Awa Sow"):
            services.interest(session, act(None, f"family {name}", phone), 1, name)
        for change in (services.withdraw, services.agree):
            for name in (None, "Modou Faye"):
                with pytest.raises(services.InterestGone):
                    change(session, act(None, "whose", phone), 1, name)
        services.agree(session, act(None, "agree", phone), 1, "AWA SOW")
        assert [(one.name, one.phone) for one in queries.candidates(session, 1)] == [("Binta Faye", None), ("Awa Sow", phone)]
        services.withdraw(session, act(None, "off", phone), 1, "awa sow")
        services.withdraw(session, act(None, "the last one", phone), 1)
        assert queries.candidates(session, 1) == []


def test_the_company_reads_names_and_a_number_once_it_may(quay):
    with quay.transaction() as session:
        assert [services.interest(session, act(201, key), 1)[1] for key in ("one", "again")] == [True, False]
        services.interest(session, act(None, "stranger", "+221775550001"), 1, "Binta Faye")
        for person, name in ((act(None, "nameless", "+221775550002"), None), (act(5, "blocked"), None)):
            with pytest.raises(services.NoCandidate):
                services.interest(session, person, 1, name)
        with pytest.raises(services.InterestGone):
            services.agree(session, act(202, "not asked"), 1)
        assert [(one.name, one.phone) for one in queries.candidates(session, 1)] == [("Femme 201", None), ("Binta Faye", None)]
        services.agree(session, act(201, "agree"), 1)
        assert queries.candidates(session, 1)[0].phone == "+221770000201"
        services.withdraw(session, act(201, "off"), 1)
        assert [one.name for one in queries.candidates(session, 1)] == ["Binta Faye"]
        assert services.interests(session, act(201, "x"), 1) == []
        services.interest(session, act(201, "back"), 1)
        assert queries.open_jobs(session, NOW.date())[0].interested == 2


@pytest.mark.parametrize(("state", "says"), [("filled", "est pourvue"), ("closed", "n'est plus ouverte")])
def test_all_who_asked_are_told_once_by_day_how_it_ended(quay, state, says):
    with quay.transaction() as session:
        services.interest(session, act(201, "one"), 1)
        services.interest(session, act(202, "two"), 1)
        services.withdraw(session, act(202, "off"), 1)
        assert services.end(session, 1, state) == 1
        with pytest.raises(services.JobClosed):
            services.end(session, 1, state)
        with pytest.raises(services.JobClosed):
            services.interest(session, act(202, "late"), 1)
        for hour in (23, 9, 10):
            services.tell_news(session, NOW.replace(hour=hour))
            assert (session.scalar(select(func.count()).select_from(Message)) or 0) == (hour != 23)
        [message] = session.scalars(select(Message)).all()
        assert (message.to_number, says in message.text) == ("+221770000201", True)


def test_a_job_ends_by_itself_and_a_stranger_is_forgotten(quay):
    with quay.transaction() as session:
        services.interest(session, act(None, "stranger", "+221775550001"), 1, "Binta Faye")
        for day, state, name in ((15, "open", "Binta Faye"), (16, "closed", "Binta Faye")):
            services.expire(session, datetime(2026, 12, day, 9, tzinfo=UTC))
            assert session.scalar(select(Job.state)) == state
            assert session.scalar(select(JobInterest.name)) == name
        services.expire(session, datetime(2026, 12, 16, 9, tzinfo=UTC) + timedelta(days=182))
        assert session.execute(select(JobInterest.name, JobInterest.phone)).one() == (None, None)
