"""Techniques with their how-to; innovations read, followed and adopted once."""

import pytest

from app.coop.rights import Office
from app.coop.scope import FEDERATION
from app.coop.techniques import queries, services
from tests import sample_boutiques, sample_declarations
from tests.acts import by, own

SECRETARY, NEIGHBOUR = sample_declarations.CLERK, Office(302, "president", 2)


@pytest.fixture
def quay(database):
    sample_declarations.staffed(database)
    sample_declarations.women(database, 2)
    sample_boutiques.neighbours(database)
    return database


@pytest.mark.parametrize(
    ("name", "steps", "yields"),
    [("X", "Laver le poisson.", None), ("Braiser", "court", None), ("Braiser", "x" * 601, None)]
    + [("Braiser", "Laver le poisson.", bad) for bad in ((0, 40), (40, 30), (40, 101))],
)
def test_what_is_no_technique_is_refused(quay, name, steps, yields):
    with quay.transaction() as session, pytest.raises(services.TechniqueRefused):
        services.add_technique(session, name, steps, 1, yields)


def test_an_innovation_is_read_followed_and_adopted_once(quay, clock):
    with quay.transaction() as session:
        row = services.propose(session, own(201, "found", clock()), "Claies sur pieds")
        assert services.propose(session, own(201, "again", clock()), "Claies sur pieds").id == row.id
        with pytest.raises(services.InnovationNotOpen):
            services.follow(session, own(202, "early", clock()), row.id)
        for office in (NEIGHBOUR,):
            with pytest.raises(services.InnovationNotOpen):
                services.read(session, by(office, "other", clock()), row.id, published=True)
        services.read(session, by(SECRETARY, "read", clock()), row.id, published=True)
        for number in range(2):
            services.follow(session, own(202, f"follow {number}", clock()), row.id)
        [shown] = queries.innovations(session, "open", FEDERATION)
        assert shown.followers == 1
        made = services.add_technique(session, "Claies", "Monter les claies sur pieds.", 1)
        assert services.adopt(session, by(SECRETARY, "adopt", clock()), row.id, made).technique_id == made.id
        with pytest.raises(services.InnovationNotOpen):
            services.adopt(session, by(SECRETARY, "twice", clock()), row.id, made)
        assert queries.followers_of(session, row.id) == [201, 202]


def test_who_is_blocked_proposes_nothing_and_three_may_wait(quay, clock):
    with quay.transaction() as session:
        with pytest.raises(services.NoInnovator):
            services.propose(session, own(5, "blocked", clock()), "Claies sur pieds")
        for number in range(3):
            services.propose(session, own(201, f"{number}", clock()), f"Claies numero {number}")
        with pytest.raises(services.TooManyInnovations):
            services.propose(session, own(201, "4", clock()), "Encore une")
