"""`jappoo report sms`: each figure against messages that are told by hand, in three formats."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
import python_calamine
from click.testing import CliRunner
from sqlalchemy import insert

from app.cli.report import report
from app.coop.kpi.messages import COLUMNS, HEADS
from app.sms import figures
from app.sms.models import Message
from app.sms.states import RANKS
from tests import sample_cooperative

NOVEMBER = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)

#        state        reason                      parts price provider actual parts, centimes
TOLD = [
    ("delivered", None, 1, 20, "1", None, 1250),
    ("delivered", None, 1, 20, "2", 2, 2500),
    ("accepted", None, 2, 40, "3", None, None),
    ("underway", None, 1, 20, "4", None, 0),
    ("maybe", "no answer", 1, 20, None, None, None),
    ("failed", "failed", 1, 20, "5", None, 1250),
    ("failed", "not a phone number", 1, 20, None, None, None),
    ("expired", "too late to leave", 1, 20, None, None, None),
    ("expired", "broadcast stopped", 1, 20, None, None, None),
    ("queued", None, 1, 20, None, None, None),
    ("refused", "opted out at the gateway", 1, 20, "6", None, 2000),
    *[("refused", reason, 1, 20, None, None, None) for reason in (*figures.REASONS, "another")],
]
FIGURES = {
    "cooperative": "CPS1",
    "purpose": "notice",
    "messages": 17,
    "parts": 9,
    "delivered": 2,
    "underway": 2,
    "waiting": 1,
    "maybe": 1,
    "failed": 2,
    "expired": 2,
    "expired_stopped": 1,
    "refused": 7,
    **dict.fromkeys(figures.REASONS.values(), 1),
    "refused_listed": 2,
    "refused_other": 1,
    "xof_estimated": 160,
    "xof_actual": 70.0,
    "unknown": 2,
    "xof_best": 130.0,
}


def message(number, state, reason, parts, price, theirs, measured, charged, *, at=NOVEMBER, purpose="notice", cooperative=1):
    return {
        "cause": f"c{number}",
        "to_number": sample_cooperative.AWA,
        "cooperative_id": cooperative,
        "purpose": purpose,
        "lane": "notice",
        "language": "fr",
        "text": "x",
        "alphabet": "GSM-7",
        "parts": parts,
        "price": price,
        "state": state,
        "rank": RANKS[state],
        "reason": reason,
        "attempts": 0,
        "provider_id": theirs,
        "actual_parts": measured,
        "actual_centimes": charged,
        "next_at": at,
        "expires_at": at,
        "created_at": at,
        "changed_at": at,
    }


@pytest.fixture
def told(database, monkeypatch):
    sample_cooperative.build(database)
    rows = [message(number, *one) for number, one in enumerate(TOLD)]
    for number, (at, purpose, cooperative) in enumerate(
        [
            (datetime(2026, 10, 31, 23, 59, tzinfo=UTC), "notice", 1),
            (datetime(2026, 12, 1, 0, 0, tzinfo=UTC), "notice", 1),
            (NOVEMBER, "answer", None),
        ]
    ):
        rows.append(
            message(f"other {number}", "delivered", None, 1, 20, "9", None, None, at=at, purpose=purpose, cooperative=cooperative)
        )
    with database.transaction() as session:
        session.execute(insert(Message), rows)
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("JAPPOO_ENV", "test")
    return lambda *arguments: CliRunner().invoke(report, ["sms", *arguments], catch_exceptions=False)


def test_each_figure_is_what_it_says(told):
    nobodys, ours = json.loads(told("--month", "2026-11", "--format", "json").stdout)
    assert ours == FIGURES
    assert (nobodys["cooperative"], nobodys["purpose"], nobodys["messages"]) == ("", "answer", 1)


@pytest.mark.parametrize(
    ("days", "messages"),
    [
        (["--month", "2026-10"], [1]),
        (["--from", "2026-11-10", "--to", "2026-11-10"], [1, 17]),
        (["--from", "2026-10-31", "--to", "2026-12-01"], [1, 19]),
        (["--from", "2026-11-11", "--to", "2026-11-30"], []),
    ],
)
def test_months_and_days_are_whole(told, days, messages):
    assert [row["messages"] for row in json.loads(told(*days, "--format", "json").stdout)] == messages


def test_a_table_and_a_spreadsheet_have_the_same_columns(told, tmp_path):
    [_, row] = csv.DictReader(io.StringIO(told("--month", "2026-11").stdout))
    assert {name: row[HEADS[name]] for name in ("purpose", "messages", "xof_actual", "xof_best")} == {
        "purpose": "notice",
        "messages": "17",
        "xof_actual": "70.00",
        "xof_best": "130.00",
    }
    assert tuple(row) == tuple(HEADS[column] for column in COLUMNS)
    file = tmp_path / "sms.xlsx"
    assert told("--month", "2026-11", "--format", "xlsx", "--output", str(file)).exit_code == 0
    head, _, second = python_calamine.load_workbook(file).get_sheet_by_index(0).to_python()
    assert (head, second[COLUMNS.index("xof_best")]) == (list(HEADS.values()), 130)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--month", "2026-13"],
        ["--month", "9999-12"],
        ["--from", "hier"],
        ["--month", "2026-11", "--to", "2026-11-03"],
        ["--from", "2026-11-03", "--to", "2026-11-02"],
    ],
)
def test_days_that_are_none_are_wrong_use(told, wrong):
    assert told(*wrong).exit_code == 2


def test_the_days_spending_is_found(told, database):
    del told
    with database.read() as reader:
        assert figures.spent(reader, NOVEMBER - timedelta(hours=9))["centimes_best"] == 13_000 + 2 * 2000
        assert dict(figures.refused_by_reason(reader, NOVEMBER))["stopped"] == 1
        assert figures.spent(reader, datetime(2027, 1, 1, tzinfo=UTC))["messages"] == 0
