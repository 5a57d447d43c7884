"""A treasury for tests: weighings of the quay that are credited and wait for money."""

from decimal import Decimal

from app.coop.payments import batches
from app.coop.payments.due import Wanted, due
from app.coop.production import weighing_lookup, weighings
from app.coop.rights import Office
from tests import sample_declarations
from tests.acts import by
from tests.samples import sample

PAYER, PRESIDENT = Office(104, "treasurer", 1), Office(102, "president", 1)
NET = 9_800
"""What 12,5 kg at 1 000 F leave after 2 % for solidarity and the advance's instalment."""


@sample
def credited(database, members, now, product=1, weighed_at=None) -> None:
    """Declare, weigh and credit a catch of each member."""
    refs = sample_declarations.declared(database, members, now, product=product, quantity="12.5" if product == 1 else "5")
    with database.transaction() as session:
        for reference in refs:
            weighings.note(
                session,
                by(sample_declarations.CLERK, f"treasury:{reference}", now),
                weighing_lookup.by_reference(session, 1, reference, now.year),
                weight=Decimal("12.5" if product == 1 else "5"),
                grade="A",
                weighed_at=weighed_at or now,
            )
        lines = weighings.open_list(session, 101)
        weighings.confirm(
            session,
            by(sample_declarations.CLERK, f"treasury:{product}:{now}", now),
            upto=lines[-1].id,
            francs=sum(line.gross for line in lines),
        )


@sample
def batch(database, now, *, wanted=None, way="cash", operation="batch", office=PAYER) -> tuple[int, bool]:
    """Make a batch of what is due now."""
    wanted = wanted or Wanted()
    with database.read() as reader:
        found = due(reader, 1, wanted, way, now)
    with database.transaction() as session:
        return batches.make(
            session, by(office, operation, now), wanted, way, count=len(found), francs=sum(one.amount for one in found)
        )


@sample
def twelve(database, now) -> None:
    """Credit twelve women, and give the quay its treasurer."""
    sample_declarations.treasurer(database)
    credited(database, sample_declarations.women(database, 12), now)
