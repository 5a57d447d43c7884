"""The books, as others must know them."""

from app.coop.ledger import checks
from app.coop.ledger.models import Account, JournalEntry
from app.coop.subject import Rows, Subject

BOOKS = "the books keep it under the member's number"

subject = Subject(
    name="ledger",
    rows=(Rows(Account, "its balance goes over by entries", BOOKS), Rows(JournalEntry, BOOKS, BOOKS)),
    checks=(checks.unbalanced, checks.empty, checks.drifted, checks.orphans, checks.strangers, checks.unlike),
    movements={"opening": "Solde repris", "reversal": "Correction"},
)
