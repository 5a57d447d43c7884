"""Eight processes race for what the boutiques have one of: one gets it, and the database agrees."""

import pytest
from sqlalchemy import func, select

from app.coop.boutiques.models import Offer, Order
from app.coop.equipment.models import Booking
from app.coop.ideas import services
from app.coop.ideas.models import IdeaVoice
from app.coop.lots import runs
from app.coop.verify import verify
from tests import sample_boutiques, sample_declarations
from tests.acts import by, own
from tests.races.test_races import NOW, RACERS, house, run

__all__ = ["house"]


@pytest.fixture
def source(house):
    sample_declarations.women(house, 2)
    with house.transaction() as session:
        sample_boutiques.begin(session, NOW)
        for number in (1, 2):
            services.propose(session, own(201, f"idea {number}", NOW), f"Idee {number * 'a'} du quai")
            services.publish(session, by(sample_declarations.CLERK, f"publish {number}", NOW), number)
    return house


def test_a_member_who_votes_eight_times_at_once_has_one_voice(source):
    assert run(source, "voice", member=202) == {"done": RACERS}
    with source.read() as reader:
        assert reader.scalar(select(func.count()).select_from(IdeaVoice)) == 1


def test_a_half_day_that_eight_want_is_one_members(house):
    women = sample_declarations.women(house, 4)
    sample_boutiques.dryer(house, NOW)
    assert run(house, "book", members=women) == {"done": 1, "HalfDayTaken": RACERS - 1}
    with house.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Booking)) == 1
        assert verify(reader).wrong == ()


def test_a_days_deliveries_that_eight_collect_are_one_lot(house):
    sample_boutiques.keccax(house, NOW)
    assert run(house, "collect") == {"done": 1, "NothingDelivered": RACERS - 1}
    with house.read() as reader:
        assert verify(reader).wrong == ()


def test_the_last_forty_kilos_of_a_lot_are_split_off_twice_at_most(house):
    sample_boutiques.keccax(house, NOW)
    with house.transaction() as session:
        code = runs.collect(session, by(sample_declarations.CLERK, "collect", NOW), 1, 1, NOW.date()).code
    assert run(house, "split", code=code) == {"done": 2, "LotShort": RACERS - 2}
    with house.read() as reader:
        assert verify(reader).wrong == ()


def test_three_jars_for_eight_buyers_are_three_and_a_reservation_is_given_back_once(house):
    offer, _ = sample_boutiques.jars(house, NOW, units=3)
    assert run(house, "buy", offer=offer) == {"done": 3, "SoldOut": RACERS - 3}
    with house.read() as reader:
        order = reader.scalar(select(func.min(Order.id)))
    assert run(house, "give_back", order=order) == {"done": 1, "OrderNotOpen": RACERS - 1}
    with house.read() as reader:
        assert reader.scalar(select(Offer.quantity).where(Offer.id == offer)) == 1
        assert verify(reader).wrong == ()
