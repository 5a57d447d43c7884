"""Ideas at the console: read, merged, ranked; scores are asked here and given by PIN on the phone."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from app.coop.console_requests.models import ConsoleRequest
from app.coop.ideas import services, voices
from app.coop.ideas.models import Idea, IdeaRound, IdeaScore
from app.sms.models import Message
from tests import sample_boutiques, sample_declarations
from tests.acts import by, own
from tests.web.console.test_broadcasts import plain
from tests.web.console.test_pages import inside, rows

SECRETARY = sample_declarations.SECRETARY


@pytest.fixture
def source(database, app, clock):  # noqa: ARG001 - it makes the village
    """Give a round, an idea of CPS1 that is published and scored by a second administrator, and one that waits."""
    sample_declarations.women(database, 2)
    sample_boutiques.federation(database, clock())
    sample_boutiques.neighbours(database)
    with database.transaction() as session:
        for number, (member, words) in enumerate(((201, "Elever des huitres"), (202, "Les huitres du bolong")), 1):
            services.propose(session, own(member, f"idea:{number}", clock()), words)
        services.publish(session, by(sample_declarations.CLERK, "publish", clock()), 1)
        voices.support(session, own(202, "voice", clock()), 1, by_pin=True)
        voices.score(session, by(sample_boutiques.COLLEAGUE, "score", clock()), 1, "54321")
    return database


def test_the_round_shows_its_phase_its_ranking_and_who_gave_what(officer, source):  # noqa: ARG001 - it has the ideas
    fatou = inside(officer, SECRETARY)
    fatou.get("/ideas")
    assert '<li aria-current="step">Les membres proposent' in fatou.page
    assert rows(fatou.page, "ranked") == ["1 Elever des huitres CPS1 15,0 1 1 publiée"]
    assert rows(fatou.page, "waiting") == ["2 Les huitres du bolong CPS1 0 min"]
    fatou.get("/ideas/1")
    assert rows(fatou.page, "scores")[0].endswith("fédération 5 4 3 2 1 15")
    assert "Femme 20" not in plain(fatou.page)


@pytest.mark.parametrize(
    ("form", "state"),
    [({"wish": "publish"}, "open"), ({"wish": "merge", "into": "1"}, "merged"), ({"wish": "unclear"}, "kept_out")],
)
def test_what_waits_is_decided_and_its_member_told(officer, source, form, state):
    fatou = inside(officer, SECRETARY)
    fatou.get("/ideas/2")
    fatou.send("/ideas/2/decide", **form)
    assert "Un SMS le dit au membre" in fatou.page
    with source.read() as reader:
        assert reader.scalar(select(Idea.state).where(Idea.id == 2)) == state
        assert reader.scalar(select(func.count()).where(Message.cause.startswith("idea:2:"))) == 1


@pytest.mark.parametrize("form", [{"wish": "merge", "into": ""}, {"wish": "merge", "into": "99"}, {"wish": "other"}, {}])
def test_a_decision_that_is_none_changes_nothing(officer, source, form):
    fatou = inside(officer, SECRETARY)
    fatou.get("/ideas/2")
    fatou.send("/ideas/2/decide", **form)
    assert "Rien n'est changé" in plain(fatou.page)
    with source.read() as reader:
        assert reader.scalar(select(Idea.state).where(Idea.id == 2)) == "waiting"


def test_an_idea_that_waits_is_not_anothers_to_read(officer, source):  # noqa: ARG001 - it has the ideas
    neighbour = inside(officer, "+221770000302")
    assert neighbour.get("/ideas/2").status_code == 403
    assert neighbour.get("/ideas/1").status_code == 200
    neighbour.get("/ideas")
    assert "bolong" not in neighbour.page
    neighbour.send("/ideas/2/decide", wish="publish")
    assert "pas à vous" in plain(neighbour.page)


def test_a_score_is_asked_for_and_not_noted_before_the_pin(officer, source):
    neighbour = inside(officer, "+221770000302")
    neighbour.get("/ideas/1")
    neighbour.send("/ideas/1/score", jobs="5", inputs="4", market="5", people="3", first="2")
    assert "votre code secret" in plain(neighbour.page)
    with source.read() as reader:
        assert reader.scalars(select(ConsoleRequest.words)).all() == ["CPS2: idée 1 (Elever des huitres): 5 4 5 3 2, 19 sur 25."]
        assert reader.scalar(select(func.count(IdeaScore.id))) == 1
    neighbour.get("/ideas/1")
    neighbour.send("/ideas/1/score", jobs="6")
    assert "De 0 à 5" in plain(neighbour.page)


def test_a_kept_idea_becomes_a_product_and_its_words_stay_with_it(officer, source):
    with source.transaction() as session:
        session.execute(update(Idea).where(Idea.id == 1).values(state="shortlisted"))
    fatou, care = inside(officer, SECRETARY), inside(officer, sample_declarations.ADMINISTRATOR)
    fatou.get("/ideas/1")
    assert fatou.send("/ideas/1/realise", name="Huitre", unit="kg").status_code == 403
    care.get("/ideas/1")
    care.send("/ideas/1/realise", name="H2O", unit="kg")
    assert "Rien n'est demandé" in plain(care.page)
    care.send("/ideas/1/realise", name="huitre", unit="KG")
    with source.read() as reader:
        asked = reader.scalars(select(ConsoleRequest.words)).all()
    assert asked == ["Fédération: idée 1 devient Huitre, en kg, numéro 4 de CPS1."]
    assert care.on_phone() == ["Huitre est le numéro 4. Un SMS le dit au membre."]
    care.get("/cps/1")
    assert "4 Huitre de l' idée 1 : Elever des huitres kg" in plain(care.page)
    care.get("/ideas/1")
    care.send("/ideas/1/realise", name="Yoxos", unit="kg")
    assert "Impossible : l'idée est décidée, ou pas retenue. En dernier : idée devenue un produit" in plain(care.page)


def test_who_may_not_score_asks_for_nothing(officer, source):
    fatou = inside(officer, SECRETARY)
    fatou.get("/ideas/1")
    assert "Noter</h2>" not in fatou.page
    given = dict.fromkeys(("jobs", "inputs", "market", "people", "first"), "1")
    assert fatou.send("/ideas/1/score", **given).status_code == 403
    with source.read() as reader:
        assert reader.scalars(select(ConsoleRequest.id)).all() == []


def test_a_round_is_opened_by_the_federation_with_its_days(officer, source):
    fatou, care = inside(officer, SECRETARY), inside(officer, sample_declarations.ADMINISTRATOR)
    days = {"support": "2026-12-24", "score": "2027-01-08"}
    care.get("/ideas")
    assert "Ouvrir un tour" not in care.page
    care.send("/ideas", **days)
    assert "Impossible : un tour est ouvert" in plain(care.page)
    with source.transaction() as session:
        session.execute(update(IdeaRound).values(closed_at=IdeaRound.score_until))
        session.execute(update(Idea).where(Idea.id == 1).values(round_id=None))
    assert fatou.send("/ideas", **days).status_code == 403
    for wrong in ({"support": "x", "score": "2027-01-08"}, {"support": "2027-01-08", "score": "2026-12-24"}):
        care.send("/ideas", **wrong)
        assert "Rien n'est demandé" in plain(care.page)
    care.get("/ideas")
    assert "Ouvrir un tour" in care.page
    care.send("/ideas", **days)
    with source.read() as reader:
        [words] = reader.scalars(select(ConsoleRequest.words)).all()
    assert words == "Fédération: ouvrir un tour d'idées: voix jusqu'au 24/12/2026, notes jusqu'au 08/01/2027."
    assert care.on_phone() == ["Le tour 2 est ouvert."]
    with source.read() as reader:
        assert reader.scalar(select(Idea.round_id).where(Idea.id == 1)) == 2
        assert reader.scalar(select(IdeaRound.support_until).where(IdeaRound.id == 2)) == datetime(2026, 12, 25, tzinfo=UTC)
