"""What the registers hold that the law wants at the seat: members in order of entry, and what moved their shares."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import msgspec
from sqlalchemy import Connection, func, select

from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.imports.models import MemberProfile
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.members.models import Member, Person
from app.coop.subject import declared

AT_ONCE = 1000


class Seat(msgspec.Struct, frozen=True):
    """Whose registers: a co-operative with its legal form, commune and trade."""

    id: int
    code: str
    name: str
    form: str
    commune: str
    trade: str


class RegisterEntry(msgspec.Struct, frozen=True):
    """A member as article 9 of AUSCOOP wants them written; amounts in XOF, `paid` by the books, None where nothing was said."""

    joined_on: date
    card: str
    name: str
    identity: str | None
    address: str | None
    subscribed: int | None
    paid: int
    left_on: date | None


class ShareMovement(msgspec.Struct, frozen=True):
    """What an entry of the books did to a member's shares, in XOF: `after` is what they have paid with it."""

    on: date
    entry: int
    card: str
    name: str
    words: str
    amount: int
    after: int


def seat_of(reader: Connection, cooperative_id: int) -> Seat:
    """Return a co-operative as its papers name it."""
    columns = (Cooperative.id, Cooperative.code, Cooperative.name, Cooperative.legal_form, Commune.name, Filiere.name)
    rows = select(*columns).join(Commune, Commune.id == Cooperative.commune_id).join(Filiere, Filiere.id == Cooperative.filiere_id)
    return Seat(*reader.execute(rows.where(Cooperative.id == cooperative_id)).one())


def members(reader: Connection, cooperative_id: int) -> Iterator[RegisterEntry]:
    """Give all members there ever were, in order of entry; those who left too, without the name where it was erased."""
    rows = (
        select(Member.joined_on, Member.card, Person.name, MemberProfile.identity, MemberProfile.address)
        .add_columns(MemberProfile.shares_subscribed, func.coalesce(-Account.balance, 0), Member.left_on)
        .join(Person, Person.id == Member.person_id)
        .outerjoin(MemberProfile, MemberProfile.member_id == Member.id)
        .outerjoin(Account, (Account.member_id == Member.id) & (Account.kind == "shares"))
        .where(Member.cooperative_id == cooperative_id)
        .order_by(Member.joined_on, Member.id)
    )
    return (RegisterEntry(*row) for row in reader.execute(rows.execution_options(yield_per=AT_ONCE)))


def share_movements(reader: Connection, cooperative_id: int) -> Iterator[ShareMovement]:
    """Give what moved members' shares, in the order of the books."""
    words = {kind: said for subject in declared() for kind, said in subject.movements.items()}
    rows = (
        select(JournalEntry.at, JournalEntry.id, Member.card, Person.name, JournalEntry.kind, -Posting.amount)
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(Account, Account.id == Posting.account_id)
        .join(Member, Member.id == Account.member_id)
        .join(Person, Person.id == Member.person_id)
        .where(Account.cooperative_id == cooperative_id, Account.kind == "shares")
        .order_by(Posting.id)
    )
    held: dict[str, int] = defaultdict(int)
    for at, entry, card, name, kind, amount in reader.execute(rows.execution_options(yield_per=AT_ONCE)):
        held[card] += amount
        yield ShareMovement(at.date(), entry, card, name, words.get(kind, kind), amount, held[card])
