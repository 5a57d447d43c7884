"""A co-operative's solidarity fund: its rules, what is given to it, and what its members are told."""

from datetime import UTC, date, datetime, time

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.handover.box import lock_box
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.queries import kind_undone
from app.coop.ledger.services import MOST_MOVED, account_of, post
from app.coop.scope import Scope
from app.coop.small import SMALL
from app.coop.solidarity.models import REASONS, FundReport, FundRules
from app.coop.till.models import Payout
from app.coop.till.solidarity_fund import fund_of
from app.db.pages import behind
from app.db.rows import each, store, total

LEAST_TOLD, MOST_A_YEAR = SMALL, 52
"""Aids that a month's report tells of at the least; how often a year rules may let a member ask."""


class FundShort(Exception):
    """The fund hasn't as much: `free` XOF is promised to nobody."""

    def __init__(self, free: int) -> None:
        super().__init__(free)
        self.free = max(0, free)


class BadFundRules(ValueError):
    """Rules that can't be; the argument says why."""


def check_fund(session: Session, cooperative_id: int, taken: int) -> None:
    """Lock the fund, and raise FundShort when it doesn't cover what this transaction has promised or taken: `taken` XOF of it."""
    account = account_of(session, cooperative_id, None, "solidarity")
    # FOR NO KEY UPDATE: each delivery posts its share to this account, and needn't wait for a promise.
    session.execute(select(Account.id).where(Account.id == account).with_for_update(key_share=True))
    free = fund_of(session, cooperative_id).free
    if free < 0:
        raise FundShort(free + taken)


def rules_of(reader: Session, cooperative_id: int) -> FundRules:
    """Return a co-operative's rules, or the defaults."""
    found = reader.get(FundRules, cooperative_id)
    return found or FundRules(cooperative_id=cooperative_id, most=50_000, a_year=2, urgent=25_000, reasons=",".join(REASONS))


def set_rules(session: Session, cooperative_id: int, **changed: int | str | None) -> FundRules:
    """Change a co-operative's rules; None leaves one as it is. Raises BadFundRules."""
    known = rules_of(session, cooperative_id)
    now = {name: getattr(known, name) for name in ("most", "a_year", "urgent", "reasons")}
    now |= {name: value for name, value in changed.items() if value is not None}
    if not (0 < now["most"] <= MOST_MOVED and 0 < now["a_year"] <= MOST_A_YEAR and 0 <= now["urgent"] <= now["most"]):
        raise BadFundRules(f"a sum above 0, an urgent one up to it, 1 to {MOST_A_YEAR} times a year")
    if set(now["reasons"].split(",")) - set(REASONS):
        raise BadFundRules(f"reasons are of {', '.join(REASONS)}")
    row = session.merge(FundRules(cooperative_id=cooperative_id, **now))
    session.flush()
    return row


def give(session: Session, act: Act, cooperative_id: int, amount: int) -> int:
    """Note a contribution in cash that is nobody's delivery: into the box, and into the fund; return the entry's id.

    The same operation gives the first. Raises ValueError on an amount that is none.
    """
    if not 0 < amount <= MOST_MOVED:
        raise ValueError(amount)
    lock_box(session, cooperative_id)
    cash, fund = (account_of(session, cooperative_id, None, kind) for kind in ("cash", "solidarity"))
    lines = [(cash, amount), (fund, -amount)]
    return post(
        session, operation=act.operation, kind="gift", cooperative_id=cooperative_id, member_id=None, lines=lines, now=act.now
    )


def report(session: Session, now: datetime) -> None:
    """Tell each fund's last month, as of its end, once; with fewer than LEAST_TOLD aids it waits for the next month."""
    until = now.date().replace(day=1)
    done = select(FundReport.cooperative_id).where(FundReport.until >= until)
    gave = (Payout.kind == "aid") & Payout.state.in_(("handed", "paid")) & (Payout.handed_at < _begin(until))
    due = select(Payout.cooperative_id).where(gave, Payout.cooperative_id.not_in(done)).distinct()

    def tell(place: int) -> None:
        made = _report(session, place, until, now)
        if made.aids >= LEAST_TOLD:
            store(session, made)

    each(session, "a fund's month", [(place, place) for place in sorted(session.scalars(due).all())], tell)


def last_report(reader: Connection | Session, cooperative_id: int) -> FundReport | None:
    """Return what a co-operative's members may know of their fund now."""
    newest = (
        select(FundReport.__table__).where(FundReport.cooperative_id == cooperative_id).order_by(FundReport.until.desc()).limit(1)
    )
    row = reader.execute(newest).mappings().first()
    return FundReport(**row) if row else None


def reports(reader: Connection | Session, scope: Scope, *, most: int, before: int | None = None) -> list[tuple[str, FundReport]]:
    """Return what the members of a scope's co-operatives were told, with these' codes, newest first, behind the one with an id."""
    rows = select(Cooperative.code, FundReport.__table__).join(Cooperative, Cooperative.id == FundReport.cooperative_id)
    rows = rows.where(scope.reach(FundReport.cooperative_id), behind(FundReport.id, before))
    found = reader.execute(rows.order_by(FundReport.id.desc()).limit(most)).mappings()
    return [(row["code"], FundReport(**{name: value for name, value in row.items() if name != "code"})) for row in found]


def _report(session: Session, cooperative_id: int, until: date, now: datetime) -> FundReport:
    """Sum what came in and went out since the last report, before a day."""
    last = session.scalar(select(func.max(FundReport.until)).where(FundReport.cooperative_id == cooperative_id))
    since, before = _begin(last or date(2000, 1, 1)), _begin(until)
    kind = kind_undone()
    rows = select(kind, func.sum(-Posting.amount)).join(Posting, Posting.entry_id == JournalEntry.id)
    rows = rows.join(Account, Account.id == Posting.account_id).where(Account.kind == "solidarity")
    here = rows.where(Account.cooperative_id == cooperative_id, JournalEntry.at < before).group_by(kind)
    lately = {moved_by: int(amount) for moved_by, amount in session.execute(here.where(JournalEntry.at >= since))}
    went_out = -lately.pop("aid", 0)
    mine = (Payout.cooperative_id == cooperative_id) & (Payout.kind == "aid") & Payout.state.in_(("handed", "paid"))
    aids = total(session, select(func.count()).where(mine, Payout.handed_at >= since, Payout.handed_at < before))
    left = sum(int(amount) for _, amount in session.execute(here))
    return FundReport(
        cooperative_id=cooperative_id,
        until=until,
        came_in=sum(lately.values()),
        went_out=went_out,
        aids=aids,
        left=left,
        made_at=now,
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)
