"""A federation's year: `python -m tests.bench.year` builds a share of it on PostgreSQL, a month after the other, and measures it.

Sizes of the whole are the share's bytes a row times the rows of a year; the hottest statements are those of the same work on a
small co-operative and on the year, with their plans.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import structlog

from app import create_app
from app.coop import subjects
from app.coop.demo.seed import Plan, seed
from app.db import schema
from app.db.database import Database
from app.sms import day_figures, months, reports, sweeper
from config.settings import load
from tests import menu_rows
from tests.conftest import Clock
from tests.servers import make_postgres, make_valkey
from tests.sms.conftest import Desk

MEMBERS, A_CPS = 2_000_000, 200
SINGLE, SPREAD, ACTS, ENTRIES = 30, 40, 40, 30
"""Of a member in a year: SMS of their own and of broadcasts, confirmed acts, entries in the books (of three postings)."""
TABLES = ("sms_messages", "sms_state_changes", "sms_reports", "sms_causes", "operations", "journal_entries", "postings")
CALLS = (
    ("", "1", "1*2468", "1*2468*1"),
    ("", "3", "3*1"),
    ("", "2", "2*2468", "2*2468*1", "2*2468*1*25", "2*2468*1*25*1"),
    ("", "7", "7*2468"),
)
WRITE = """
SET session_replication_role = replica;  -- triggers would look each row up: what is written here is right by its making
SET TIME ZONE UTC;
CREATE TEMP TABLE whom AS SELECT row_number() OVER (ORDER BY id) AS n, phone, person_id FROM numbers WHERE place IS NULL;
CREATE TEMP TABLE moments AS
    SELECT k, whose, now() - interval '1 day' * (365.0 * (k - 0.5) / most) AS at
    FROM (VALUES ('own', {single}), ('all', {spread})) AS kinds (whose, most), generate_series(1, most) AS k;
INSERT INTO sms_messages (cause, to_number, person_id, cooperative_id, purpose, lane, language, text, alphabet, parts, price, state,
        rank, attempts, next_at, expires_at, provider, provider_id, cost, actual_parts, actual_centimes, created_at, changed_at)
    SELECT CASE whose WHEN 'own' THEN 'weighing:' || n || ':' || k ELSE 'broadcast:' || k END, phone, person_id, 1 + n % {cps},
        CASE whose WHEN 'own' THEN 'receipt' ELSE 'broadcast' END, CASE whose WHEN 'own' THEN 'notice' ELSE 'bulk' END, 'fr',
        'CPS Mbour 1: 25 kg de Thiof pesés, réf ' || n || k || ', le 12/10. Votre reçu reste au bureau.', 'GSM-7', 1, 20,
        'delivered', 100, 0, at, at + interval '2 days', 'africastalking', 'ATXid_' || md5(whose || n || ':' || k), 'XOF 20.0000',
        1, 2000, CASE whose WHEN 'own' THEN at - n % 86400 * interval '1 second' ELSE at END, at + interval '1 minute'
    FROM moments, whom ORDER BY moments.at DESC;
INSERT INTO sms_state_changes (message_id, state, at)
    SELECT id, became, created_at + after * interval '1 second' FROM sms_messages,
        (VALUES ('queued', 0), ('accepted', 2), ('delivered', 30)) AS changes (became, after)
    WHERE lane <> 'bulk' OR after > 0;
INSERT INTO sms_reports (provider, provider_id, number, status, at, fate)
    SELECT provider, provider_id, to_number, status, created_at + interval '30 seconds', 'applied' FROM sms_messages,
        (VALUES ('Sent'), ('Success')) AS said (status);
INSERT INTO sms_causes SELECT cause, to_number, created_at FROM sms_messages WHERE cause NOT LIKE 'broadcast:%';
INSERT INTO operations (key, act, arguments, outcome, person_id, at, request)
    SELECT 'j' || md5(n || ':' || k) || ':' || md5(k || ':' || n), 'declare', '{{}}', '{{"reference": "123456", "kept": 25}}',
        person_id, now() - interval '1 day' * (365.0 * k / {acts}), 'j' || md5(n || ':' || k) || ':m'
    FROM whom, generate_series(1, {acts}) AS k;
INSERT INTO journal_entries (operation, kind, cooperative_id, member_id, at)
    SELECT 'year:' || member_id || ':' || k, 'delivery', cooperative_id, member_id,
        now() - interval '1 day' * (365.0 * k / {entries})
    FROM (SELECT DISTINCT member_id, cooperative_id FROM accounts WHERE member_id IS NOT NULL) AS whose,
        generate_series(1, {entries}) AS k;
INSERT INTO postings (entry_id, account_id, amount)
    SELECT entry.id, account.id, 0 FROM journal_entries AS entry, LATERAL (
        SELECT id FROM accounts WHERE member_id = entry.member_id ORDER BY id LIMIT 3) AS account
    WHERE entry.operation LIKE 'year:%';
"""
SIZES = """
SELECT parent, sum(pg_table_size(part)), sum(pg_indexes_size(part)) FROM (
    SELECT coalesce(inhparent, pg_class.oid)::regclass::text AS parent, pg_class.oid AS part
    FROM pg_class LEFT JOIN pg_inherits ON inhrelid = pg_class.oid WHERE relkind = 'r') AS parts
WHERE parent = ANY(%s) GROUP BY parent"""
HOTTEST = """
SELECT query, calls, total_exec_time / calls, shared_blks_hit + shared_blks_read
FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid WHERE d.datname = current_database()
    AND query ~ '^(SELECT|INSERT|UPDATE|DELETE|WITH)' ORDER BY total_exec_time DESC LIMIT %s"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.year", description=__doc__)
    parser.add_argument("--share", type=float, default=0.01, help="of a federation of 2,000,000 members (default: 0.01)")
    parser.add_argument("--work", type=int, default=100, help="calls of each kind, and messages, between the two ends")
    given = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jappoo-year-")))
        found = _measure(stack, folder, int(MEMBERS * given.share), given.work)
    found |= {"at": datetime.now(UTC).isoformat(timespec="seconds"), "share": given.share, "load": os.getloadavg()[0]}
    Path("var").mkdir(exist_ok=True)
    Path("var/bench-year.json").write_text(json.dumps(found, indent=1) + "\n")
    _print(found, given.share)


def _measure(stack: ExitStack, folder: Path, members: int, work: int) -> dict[str, Any]:
    postgres, valkey = make_postgres(folder / "postgres"), make_valkey(folder / "valkey")
    postgres.command = [*postgres.command, "-c", "shared_preload_libraries=pg_stat_statements", "-c", "shared_buffers=512MB"]
    for server in (postgres, valkey):
        server.start()
        stack.callback(server.kill)
    found: dict[str, Any] = {}
    with psycopg.connect(_plain(postgres.url), autocommit=True) as connection:
        connection.execute("CREATE DATABASE few")
    for name, url, count in (("few", postgres.url.rsplit("/", 1)[0] + "/few", A_CPS), ("year", postgres.url, members)):
        database = Database(url, statement_ms=3_600_000)
        stack.callback(database.dispose)
        schema.upgrade(database)
        settings = load({"JAPPOO_ENV": "test", "DATABASE_URL": url, "REDIS_URL": valkey.url}, dotenv=None)
        seed(database, Plan(count, max(1, count // A_CPS), settings.peppers, settings.key("members"), datetime.now(UTC)))
        menu_rows.put(database, datetime.now(UTC))
        with psycopg.connect(_plain(url), autocommit=True) as connection:
            if name == "year":
                found |= _build(database, connection, count)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE EXTENSION pg_stat_statements")
            connection.execute("SELECT pg_stat_statements_reset()")
            _work(database, create_app(settings).test_client(), work)
            hottest = connection.execute(HOTTEST.encode(), [400]).fetchall()
            found[name] = [[query, calls, ms, blocks / calls, _plan(connection, query)] for query, calls, ms, blocks in hottest]
    with psycopg.connect(_plain(postgres.url), autocommit=True) as connection:
        found["drop"] = _drop(database, connection)
    return found


def _build(database: Database, connection: psycopg.Connection[Any], members: int) -> dict[str, Any]:
    """Write a year; return its seconds, rows, bytes of tables and of indexes, and seconds of the first vacuum."""
    now, started = datetime.now(UTC), time.monotonic()
    for back in range(13):
        with database.transaction() as session:
            months.add(session, now=now - timedelta(days=30.4 * back))
    words = WRITE.format(single=SINGLE, spread=SPREAD, acts=ACTS, entries=ENTRIES, cps=max(1, members // A_CPS))
    connection.execute(words.encode())
    built, started = time.monotonic() - started, time.monotonic()
    connection.execute("SET session_replication_role = origin")
    connection.execute("VACUUM (FREEZE, ANALYZE)")
    sizes = {name: (int(table), int(indexes)) for name, table, indexes in connection.execute(SIZES.encode(), [list(TABLES)])}
    rows = {name: connection.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()[0] for name in TABLES}  # type: ignore[index] # noqa: S608 - ours
    return {"built (s)": round(built), "vacuum (s)": round(time.monotonic() - started), "sizes": sizes, "rows": rows}


def _work(database: Database, client: Any, work: int) -> None:
    """Do what a day does, on members who are there at both ends: calls, SMS with their reports, sweeps, scrapes."""
    clock = Clock(datetime.now(UTC))
    post = Desk(database, clock)
    with database.read() as reader:
        phones = [row[0] for row in reader.exec_driver_sql("SELECT phone FROM numbers WHERE place IS NULL ORDER BY id LIMIT 150")][
            20:
        ]
    for turn in range(work):
        for texts in CALLS:
            for text in texts:
                of = {
                    "sessionId": f"y{turn}{texts[-1]}",
                    "phoneNumber": phones[turn % len(phones)],
                    "serviceCode": "*1#",
                    "text": text,
                }
                client.post("/at/demo/ussd", data=of)
        post.put(f"work {turn}", phones[turn % len(phones)], purpose="receipt")
        post.send("notice")
        with database.transaction() as session:
            for one in post.gateway.requests[-1][1]:
                reports.keep(session, "fake", f"id-{len(post.gateway.requests)}-{one}", "Success", one, None, now=clock())
            reports.apply_new(session, now=clock())
        if turn % 10 == 0:
            for do in (*(sweep.do for sweep in subjects.SWEEPS), _sweep, day_figures.roll_up):
                with database.transaction() as session:
                    do(session, now=clock())
            client.get("/metrics")


def _sweep(session: Any, now: datetime) -> None:
    sweeper.sweep(session, now=now, wake=[].append)


def _drop(database: Database, connection: psycopg.Connection[Any]) -> dict[str, float]:
    """Drop the oldest month, and delete as many rows by hand in the next one: seconds of each."""
    [[oldest], [other]] = connection.execute(
        "SELECT relname FROM pg_class WHERE relname ~ '^sms_messages_[0-9_]+$' AND relkind = 'r' ORDER BY relname LIMIT 2"
    ).fetchall()
    first = datetime.strptime(oldest[-7:], "%Y_%m").replace(tzinfo=UTC)
    started = time.monotonic()
    with database.transaction() as session:
        months.drop(session, before=first + timedelta(days=1))
    dropped, started = time.monotonic() - started, time.monotonic()
    rows = connection.execute(f"DELETE FROM {other}".encode()).rowcount  # noqa: S608 - ours
    connection.execute(f"VACUUM {other}".encode())
    return {"drop (s)": round(dropped, 3), "delete and vacuum (s)": round(time.monotonic() - started, 1), "rows": rows}


def _plan(connection: psycopg.Connection[Any], query: str) -> str:
    """Return the generic plan's scans, with the months that it may look at as one."""
    try:
        lines = [row[0] for row in connection.execute(f"EXPLAIN (GENERIC_PLAN) {query}".encode())]
    except psycopg.Error as fault:
        return str(fault).splitlines()[0]
    scans = [re.sub(r"_20\d\d_\d\d|_default", "_*", line.partition("  (")[0].strip(" ->")) for line in lines if " Scan" in line]
    return "; ".join(dict.fromkeys(re.sub(r" on .*", "", scan) if "using" in scan else scan for scan in scans))


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


def _print(found: dict[str, Any], share: float) -> None:
    print("| table | rows of a year | bytes a row: table | indexes | GB a year |\n|---|---|---|---|---|")
    for name in TABLES:
        rows, (table, indexes) = found["rows"][name], found["sizes"][name]
        a_row, whole = f"{table / rows:.0f} | {indexes / rows:.0f}", (table + indexes) / share / 1e9
        print(f"| `{name}` | {rows / share / 1e6:.0f} M | {a_row} | {whole:.0f} |")
    print({name: value for name, value in found.items() if name not in ("sizes", "rows", "few", "year")})
    before = {query: (calls, ms, blocks, plan) for query, calls, ms, blocks, plan in found["few"]}
    print("\n| statement | ms, 200 members | ms, the year | blocks | plan of the year |\n|---|---|---|---|---|")
    for query, _, ms, blocks, plan in found["year"][:10]:
        few = before.get(query)
        words = re.sub(r"\s+", " ", query)
        same = " (the same)" if few and few[3] == plan else f" (was {few[3]})" if few else ""
        print(f"| {words[:70]} … | {f'{few[1]:.2f}' if few else '–'} | {ms:.2f} | {blocks:.0f} | {plan}{same} |")


if __name__ == "__main__":
    sys.exit(main())
