from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, insert, select, text

from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.queries import Balances, Movement, balances_of, movements_of
from app.coop.ledger.services import MOST_HELD, AccountFull, AlreadyReversed, Overdrawn, Unbalanced, open_accounts, post, reverse
from app.coop.verify import verify
from tests.sample_cooperative import LONG_AGO
from tests.without_triggers import unguarded


@pytest.fixture
def books(village):
    """The village's accounts by kind, with the control accounts: shares 10 000 F and savings 12 500 F to begin with."""
    return village, accounts(village)


def accounts(database):
    with database.read() as reader:
        return {row.kind: row.id for row in reader.execute(select(Account.kind, Account.id))}


def write(database, lines, operation="op", kind="savings", cooperative=1, member=1, now=LONG_AGO):
    with database.transaction() as session:
        return post(session, operation=operation, kind=kind, cooperative_id=cooperative, member_id=member, lines=lines, now=now)


def undo(database, entry, operation="undo"):
    with database.transaction() as session:
        return reverse(session, entry, operation=operation, now=LONG_AGO)


def balances(database):
    with database.read() as reader:
        return balances_of(reader, 1)


def found(database):
    with database.read() as reader:
        return verify(reader)


def test_a_posting_moves_the_kept_balance(books):
    database, of = books
    write(database, [(of["cash"], 500), (of["savings"], -500)])
    assert balances(database) == Balances(shares=10_000, savings=13_000)
    assert found(database) == type(found(database))(3, 6, 6, ())
    with database.session() as session:
        assert session.get_one(Account, of["cash"]).balance == 0, "a control account is summed on reading"


def test_an_account_holds_no_more_than_screens_can_say(books):
    database, of = books
    write(database, [(of["cash"], MOST_HELD - 12_500), (of["savings"], 12_500 - MOST_HELD)])
    with pytest.raises(AccountFull, match="savings"):
        write(database, [(of["cash"], 1), (of["savings"], -1)], operation="one more")
    write(database, [(of["cash"], -1), (of["savings"], 1)], operation="one less")
    assert balances(database).savings == MOST_HELD - 1


def test_the_same_operation_writes_nothing_more(books):
    database, of = books
    first = write(database, [(of["cash"], 500), (of["savings"], -500)])
    assert write(database, [(of["cash"], 900), (of["savings"], -900)]) == first
    assert balances(database).savings == 13_000


UNBALANCED = [
    ("nothing", []),
    ("one side", [("cash", 500)]),
    ("a franc short", [("cash", 500), ("savings", -499)]),
    ("nothing moved", [("cash", 0), ("savings", 0)]),
    ("a zero among them", [("cash", 5), ("savings", -5), ("shares", 0)]),
]


@pytest.mark.parametrize(("how", "lines"), UNBALANCED, ids=[row[0] for row in UNBALANCED])
def test_what_does_not_sum_to_zero_is_refused(books, how, lines):
    database, of = books
    with pytest.raises(Unbalanced):
        write(database, [(of[kind], amount) for kind, amount in lines])
    assert found(database).entries == 2, how


def test_an_account_of_another_cooperative_or_of_nobody_is_refused(books):
    database, of = books
    with database.transaction() as session:
        session.add(Cooperative(id=2, code="CPS2", name="CPS 2", commune_id=1, filiere_id=1, legal_form="GIE", created_at=LONG_AGO))
        session.flush()
        other = open_accounts(session, 2, None)
    with pytest.raises(Unbalanced, match="not of this co-operative"):
        write(database, [(other["cash"], 5), (of["savings"], -5)])
    with pytest.raises(Unbalanced, match="not of this co-operative"):
        write(database, [(9999, 5), (of["savings"], -5)])


def test_another_members_account_is_refused_in_a_members_entry(books):
    database, of = books
    with database.transaction() as session:
        other = open_accounts(session, 1, 2)
    with pytest.raises(Unbalanced, match="another member"):
        write(database, [(of["cash"], 5), (other["savings"], -5)])
    write(database, [(of["savings"], 5), (other["savings"], -5)], member=None)
    assert found(database).wrong == ()


OVERDRAWN = [("savings", 12_501), ("shares", 10_001), ("payable", 1), ("advance", -1)]


@pytest.mark.parametrize(("kind", "amount"), OVERDRAWN)
def test_no_account_changes_its_side(books, kind, amount):
    database, of = books
    with pytest.raises(Overdrawn, match=kind):
        write(database, [(of[kind], amount), (of["cash"], -amount)])
    assert balances(database) == Balances(shares=10_000, savings=12_500)


def test_an_account_may_be_emptied(books):
    database, of = books
    write(database, [(of["savings"], 12_500), (of["cash"], -12_500)])
    assert balances(database).savings == 0


def test_one_account_on_two_lines_moves_by_their_sum(books):
    database, of = books
    write(database, [(of["savings"], -300), (of["savings"], 100), (of["cash"], 200)])
    assert balances(database).savings == 12_700
    assert found(database).wrong == ()


def test_an_entry_is_reversed_once(books):
    database, of = books
    entry = write(database, [(of["advance"], 700), (of["cash"], -700)], kind="advance")
    back = undo(database, entry)
    assert undo(database, entry) == back
    assert balances(database).advance == 0
    with pytest.raises(AlreadyReversed):
        undo(database, entry, "another")
    assert found(database).wrong == ()


def test_what_was_spent_since_is_not_reversed(books):
    database, of = books
    entry = write(database, [(of["cash"], 500), (of["savings"], -500)])
    write(database, [(of["savings"], 13_000), (of["cash"], -13_000)], "withdrawal")
    with pytest.raises(Overdrawn):
        undo(database, entry)


def test_movements_are_the_newest_first_from_the_members_side(books):
    database, of = books
    for number in range(1, 7):
        at = LONG_AGO + timedelta(days=number)
        write(database, [(of["cash"], number), (of["savings"], -number)], f"op {number}", now=at)
    with database.read() as reader:
        last = movements_of(reader, 1, 5)
        assert movements_of(reader, 1, 1) == last[:1]
        assert len(movements_of(reader, 1, 50)) == 8
        assert last + movements_of(reader, 1, 50, before=last[-1]) == movements_of(reader, 1, 50)
        assert movements_of(reader, 2, 5) == ()
    assert [one.amount for one in last] == [6, 5, 4, 3, 2]
    day = (LONG_AGO + timedelta(days=6)).date()
    assert last[0] == Movement(last[0].id, day, "savings", 6, "savings", last[0].entry_id, last[0].entry_id)


def test_one_without_accounts_has_nothing(books):
    with books[0].read() as reader:
        assert balances_of(reader, 2) == Balances()


def at_once(times, act):
    barrier, came, failed = Barrier(times), [], []

    def run(number):
        barrier.wait(60)
        try:
            came.append(act(number))
        except (AlreadyReversed, Overdrawn) as error:
            failed.append(type(error))

    threads = [Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came, failed


def test_two_at_once_with_the_same_operation_write_one_entry(postgres_village):
    of = accounts(postgres_village)
    came, failed = at_once(4, lambda _: write(postgres_village, [(of["cash"], 500), (of["savings"], -500)]))
    assert (len(came), len(set(came)), failed) == (4, 1, [])
    assert balances(postgres_village).savings == 13_000


def test_two_who_reverse_at_once_do_it_once(postgres_village):
    of = accounts(postgres_village)
    entry = write(postgres_village, [(of["cash"], 500), (of["savings"], -500)])
    came, failed = at_once(2, lambda number: undo(postgres_village, entry, f"undo {number}"))
    assert (len(came), failed) == (1, [AlreadyReversed])
    assert balances(postgres_village).savings == 12_500


def test_two_who_withdraw_the_same_savings_do_not_both_get_them(postgres_village):
    of = accounts(postgres_village)
    lines = [(of["savings"], 10_000), (of["cash"], -10_000)]
    came, failed = at_once(2, lambda number: write(postgres_village, lines, f"withdrawal {number}"))
    assert (len(came), failed) == (1, [Overdrawn])
    assert found(postgres_village).wrong == ()


def by_hand(database, *statements):
    """Do what only a database's owner can: past the triggers."""
    with unguarded(database) as session:
        for statement in statements:
            session.execute(statement if not isinstance(statement, str) else text(statement))


def test_verify_finds_an_amount_altered_by_hand(books):
    database, of = books
    by_hand(database, f"UPDATE postings SET amount = amount - 1 WHERE account_id = {of['savings']}")  # noqa: S608 - our own number
    assert found(database).wrong == (
        "entry 2: its postings sum to -1 F, not 0",
        f"account {of['savings']}: balance -12500 F, its postings -12501 F",
    )


def test_verify_finds_a_balance_altered_by_hand(books):
    database, of = books
    by_hand(database, f"UPDATE accounts SET balance = -99999 WHERE id = {of['payable']}")  # noqa: S608 - our own number
    assert found(database).wrong == (f"account {of['payable']}: balance -99999 F, its postings 0 F",)


def test_verify_finds_a_deleted_posting(books):
    database, of = books
    by_hand(database, f"DELETE FROM postings WHERE account_id = {of['savings']}")  # noqa: S608 - our own number
    wrong = found(database).wrong
    assert wrong == (
        "entry 2: its postings sum to 12500 F, not 0",
        "entry 2: fewer than two postings",
        f"account {of['savings']}: balance -12500 F, its postings 0 F",
    )


def test_verify_finds_an_empty_entry(books):
    database, _ = books
    by_hand(database, insert(JournalEntry).values(operation="x", kind="x", cooperative_id=1, member_id=1, at=LONG_AGO))
    assert found(database).wrong == ("entry 3: fewer than two postings",)


def test_verify_finds_a_posting_on_a_strangers_account(books):
    database, of = books
    with database.transaction() as session:
        other = open_accounts(session, 1, 2)
    moved = f"UPDATE postings SET account_id = {other['savings']} WHERE account_id = {of['savings']}"  # noqa: S608 - our own numbers
    by_hand(database, moved)
    assert any("another member or co-operative" in wrong for wrong in found(database).wrong)


def test_verify_names_at_most_twenty_of_a_kind(books):
    database, _ = books
    rows = [{"operation": f"x{n}", "kind": "x", "cooperative_id": 1, "member_id": 1, "at": LONG_AGO} for n in range(30)]
    by_hand(database, insert(JournalEntry).values(rows))
    assert len(found(database).wrong) == 20


def test_nothing_is_written_of_what_is_refused(books):
    database, of = books
    with pytest.raises(Overdrawn):
        write(database, [(of["savings"], 99_999), (of["cash"], -99_999)])
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Posting)) == 4
