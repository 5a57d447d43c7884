"""The boutique témoin in tests: jars for sale, what is done there, and that the books agree."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.coop.act import Act
from app.coop.approvals.models import Approval
from app.coop.boutiques import clock as clock_of
from app.coop.boutiques import orders
from app.coop.boutiques.models import Offer
from app.coop.ledger.models import Account, Posting
from app.coop.ledger.queries import balances_of
from app.coop.lots.models import Lot
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.coop.verify import verify
from tests import sample_boutiques, sample_declarations
from tests.acts import by, own

SECRETARY, PRESIDENT, TREASURER = sample_declarations.CLERK, Office(102, "president", 1), Office(104, "treasurer", 1)
STRANGER = "+221775550001"


@pytest.fixture
def shop(database, clock):
    """Give forty sachets for 1 500 F of a lot of 152."""
    sample_declarations.staffed(database)
    sample_boutiques.neighbours(database)
    offer, code = sample_boutiques.jars(database, clock())
    return Shop(database, clock, offer, code)


class Shop:
    def __init__(self, database, clock, offer, code):
        self.database, self.clock, self.offer, self.code, self.acts = database, clock, offer, code, 0

    def act(self, who):
        self.acts += 1
        operation, now = f"shop {self.acts}", self.clock()
        if isinstance(who, Office):
            return by(who, operation, now)
        return own(who, operation, now) if isinstance(who, int) else Act(0, "ussd", operation, now, phone=who)

    def do(self, do, who, *args, **named):
        with self.database.transaction() as session:
            return do(session, self.act(who), *args, **named)

    def order(self, who=STRANGER, units=1, **named):
        return self.do(orders.place, who, self.offer, Decimal(units), **named)[0]

    @property
    def left(self):
        """What nobody has ordered; with the books sound."""
        with self.database.read() as reader:
            assert verify(reader).wrong == ()
            return reader.scalar(select(Offer.quantity).where(Offer.id == self.offer))

    @property
    def lot(self):
        with self.database.read() as reader:
            return reader.execute(select(Lot.units, Lot.offered).where(Lot.code == self.code)).one()

    def control(self, kind):
        with self.database.read() as reader:
            of = select(func.sum(Posting.amount)).join(Account, Account.id == Posting.account_id)
            return int(reader.scalar(of.where(Account.kind == kind, Account.member_id.is_(None))) or 0)

    def agree(self, *, approved=True):
        """Let another officer decide what waits."""
        with self.database.transaction() as session:
            wish = session.scalars(select(Approval.id).where(Approval.state == "waiting")).one()
            return approvals.decide(session, self.act(PRESIDENT), wish, approved=approved)

    def forward(self, **delta):
        self.clock.forward(**delta)
        with self.database.transaction() as session:
            clock_of.sweep(session, self.clock())


def balances_of_payable(shop, member):
    with shop.database.read() as reader:
        return balances_of(reader, member).payable
