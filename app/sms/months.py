"""Months of messages, of their changes and of reports on PostgreSQL: made ahead, dropped as a whole when they are old.

The functions are the migration `months`' own: they run as the schema's owner, whom the service needn't be. Both wait half a second
for a lock and raise OperationalError then. A message whose month is missing stands in a default partition until it is made.
"""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

AHEAD = 2


def add(session: Session, *, now: datetime) -> int:
    """Make this month's and the next ones' partitions that are missing; return how many tables that took."""
    if session.get_bind().dialect.name != "postgresql":
        return 0
    months = (now.year * 12 + now.month - 1 + more for more in range(AHEAD + 1))
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    return sum(session.scalar(select(func.add_sms_month(day))) or 0 for day in days)


def drop(session: Session, *, before: datetime) -> int:
    """Drop the months that began before an instant, with all that is in them; return how many tables that took.

    Whoever reads or writes messages waits for this transaction: nothing else belongs in it.
    """
    if session.get_bind().dialect.name != "postgresql":
        return 0
    return session.scalar(select(func.drop_sms_months(before))) or 0
