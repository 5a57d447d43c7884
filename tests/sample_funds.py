"""A solidarity fund that has something in it, and women who ask."""

from app.coop.act import Act
from app.coop.solidarity import fund
from tests import sample_declarations
from tests.samples import sample


@sample
def filled(database, now, francs=50_000):
    """Give the quay a treasurer, and its fund some francs."""
    sample_declarations.treasurer(database)
    with database.transaction() as session:
        fund.give(session, Act(0, "cli", "sample:fund", now), 1, francs)


GIVEN = {"the fund has fifty thousand francs": filled}
