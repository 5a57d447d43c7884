"""Eight last words race for a fund that has enough for three: it never promises more than it has."""

from sqlalchemy import func, select

from app.coop.act import Act
from app.coop.rights import Office
from app.coop.solidarity import aids, fund
from app.coop.subjects import approvals
from app.coop.till.models import Payout
from app.coop.till.solidarity_fund import Fund, fund_of
from app.coop.verify import verify
from tests import sample_declarations
from tests.acts import by, own
from tests.races.test_races import NOW, RACERS, house, run

__all__ = ["house"]


def test_a_fund_never_promises_more_than_it_has(house):
    women = sample_declarations.women(house, RACERS)
    with house.transaction() as session:
        fund.give(session, Act(0, "cli", "race:fund", NOW), 1, 30_000)
        for member in women:
            aids.ask(session, own(member, f"aid:{member}", NOW), "death", 10_000)
        wishes = session.scalars(select(approvals.Approval.id).order_by(approvals.Approval.id)).all()
        for wish in wishes:
            approvals.decide(session, by(Office(101, "secretary", 1), f"yes:{wish}", NOW), wish, approved=True)
    assert run(house, "last_word", wishes=list(wishes)) == {"done": 3, "Impossible": RACERS - 3}
    with house.read() as reader:
        assert reader.scalar(select(func.count()).where(Payout.state == "approved")) == 3
        assert fund_of(reader, 1) == Fund(30_000, 30_000)
        assert verify(reader).wrong == ()
