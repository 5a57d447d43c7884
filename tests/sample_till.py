"""A till for tests: its officers, and Awa, whose savings are 12 500 F."""

from sqlalchemy import select

from app.coop.closing.handover import PAYOUT
from app.coop.handover import services as handover
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.queries import balances_of
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.coop.till import payouts
from app.coop.till.models import Payout
from app.coop.verify import verify
from tests.acts import by, own

SECRETARY, PRESIDENT = Office(101, "secretary", 1), Office(102, "president", 1)
TREASURER = Office(104, "treasurer", 1)


class Till:
    """The officers and Awa, whose savings are 12 500 F."""

    def __init__(self, database, clock) -> None:
        self.database, self.clock, self.count = database, clock, 0

    def do(self, act, *args, **more):
        self.count += 1
        with self.database.transaction() as session:
            return act(session, *args, now=self.clock(), **more)

    def acted(self, do, act, *args, **more):
        self.count += 1
        with self.database.transaction() as session:
            return do(session, act, *args, **more)

    def typed(self, do, office, *args, **more):
        return self.acted(do, by(office, f"op {self.count}", self.clock()), *args, **more)

    def said(self, do, member, *args, **more):
        return self.acted(do, own(member, f"op {self.count}", self.clock()), *args, **more)

    def ask(self, kind="withdrawal", amount=5_000, member=1, operation=None, office=None, **more):
        whose = (operation or f"ask {self.count}", self.clock())
        return self.acted(payouts.ask, by(office, *whose) if office else own(member, *whose), kind, member, amount, **more)

    def approve(self, about, *offices, approved=True):
        subject, row = about.split(":")
        asked = (approvals.Approval.subject == subject) & (approvals.Approval.subject_id == int(row))
        with self.database.read() as reader:
            wish = reader.scalar(select(approvals.Approval.id).where(asked).order_by(approvals.Approval.id.desc()))
        return [self.typed(approvals.decide, office, wish, approved=approved) for office in offices or (SECRETARY, PRESIDENT)][-1]

    def approved(self, *args, **more):
        row = self.ask(*args, **more)
        self.approve(f"payout:{row.id}")
        return row

    def handed(self, *args, **more):
        row = self.approved(*args, **more)
        return self.typed(handover.hand_over, TREASURER, PAYOUT, row.id)

    def balances(self, member=1):
        with self.database.read() as reader:
            return balances_of(reader, member)

    def state(self, payout):
        with self.database.read() as reader:
            return reader.scalar(select(Payout.state).where(Payout.id == payout.id))

    def control(self, kind):
        with self.database.read() as reader:
            posted = select(Posting.amount).join(Account, Account.id == Posting.account_id)
            return sum(reader.scalars(posted.where(Account.kind == kind, Account.member_id.is_(None))))

    def wrong(self):
        with self.database.read() as reader:
            return verify(reader).wrong


def entries(desk, kind):
    with desk.database.read() as reader:
        return reader.scalars(select(JournalEntry.id).where(JournalEntry.kind == kind).order_by(JournalEntry.id)).all()
