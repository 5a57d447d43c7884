import shutil
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.services import AlreadyReversed, Overdrawn, Unbalanced, post, reverse
from app.coop.verify import verify
from app.db.database import Database
from tests.conftest import PATIENT_MS
from tests.sample_cooperative import LONG_AGO, build

KINDS = ("shares", "savings", "payable", "advance")
AMOUNTS = st.integers(-20_000, 20_000)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.integers(0, 30), st.lists(st.tuples(st.sampled_from(KINDS), AMOUNTS), max_size=3), AMOUNTS),
        st.tuples(st.just("reverse"), st.integers(0, 30), st.integers(0, 12)),
    ),
    max_size=12,
)


@contextmanager
def copy_of(template):
    with TemporaryDirectory() as folder:
        shutil.copyfile(template, f"{folder}/books.db")
        database = Database(f"sqlite:///{folder}/books.db", statement_ms=PATIENT_MS)
        try:
            yield database
        finally:
            database.dispose()


def perform(session, of, act):
    """Do an act; of those with the same number after the first, nothing is written."""
    if act[0] == "reverse":
        known = session.scalars(select(JournalEntry.id).order_by(JournalEntry.id)).all()
        return reverse(session, known[act[2] % len(known)], operation=f"op {act[1]}", now=LONG_AGO)
    lines = [(of[kind], amount) for kind, amount in act[2]]
    counter = act[3] if act[3] % 3 == 0 else -sum(amount for _, amount in lines)
    lines.append((of["cash"], counter))
    return post(session, operation=f"op {act[1]}", kind="any", cooperative_id=1, member_id=1, lines=lines, now=LONG_AGO)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_posted_reversed_or_replayed_the_books_agree(sqlite_template, acts):
    with copy_of(sqlite_template) as database:
        build(database)
        with database.read() as reader:
            of = {row.kind: row.id for row in reader.execute(select(Account.kind, Account.id))}
        known: dict[str, int] = {}
        for act in acts:
            try:
                with database.transaction() as session:
                    entry = perform(session, of, act)
            except (Unbalanced, Overdrawn, AlreadyReversed):
                continue
            assert known.setdefault(f"op {act[1]}", entry) == entry
        with database.read() as reader:
            sums = reader.execute(select(func.sum(Posting.amount)).group_by(Posting.entry_id)).scalars().all()
            total = func.coalesce(func.sum(Posting.amount), 0)
            mine = (
                select(Account.kind, Account.balance, total)
                .outerjoin(Posting, Posting.account_id == Account.id)
                .where(Account.member_id == 1)
                .group_by(Account.id)
            )
            assert all(one == 0 for one in sums)
            for kind, balance, summed in reader.execute(mine):
                assert balance == summed
                assert balance >= 0 if kind == "advance" else balance <= 0
            assert len(sums) == 2 + len(set(known.values()) - {1, 2})
            assert [one for one in verify(reader).wrong if "the box is" not in one] == []  # nobody counted it here
