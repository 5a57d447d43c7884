"""Each process knows all subjects by what it imports itself: in the tests' own process others have long imported them."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from app.commands.inbound import take
from app.coop.contests.models import Contest
from app.coop.production import assisted_acts, weighing_lookup, weighings
from app.gateways.callbacks import IncomingSms
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.acts import by

KNOWN = """
from app.coop.approvals.kinds import KINDS
from app.coop.handover.kinds import handover_kinds
from app.coop.subject import declared
assert KINDS and handover_kinds() and declared()
"""
EACH = """
import os, sys
import babel, flask, fpdf, msgspec, phonenumbers, psycopg, redis, rq, sqlalchemy.orm, structlog, xlsxwriter, yaml  # others' once
known, *all_begin = sys.argv[1:]
for begins in all_begin:
    if not os.fork():
        exec(begins + known)
        os._exit(0)
    assert os.wait()[1] == 0, begins
"""
WORK = """
import sys
from datetime import datetime, time
from zoneinfo import ZoneInfo
import workers.jobs
from app.commands import inbound
from app.db.database import Database
from app.sms.broadcasts.terms import Terms
terms = Terms(50, 100_000, (time(21), time(7)), ZoneInfo("Africa/Dakar"), 6)
clerk = inbound.Clerk(Database(sys.argv[1], statement_ms=60_000), b"k" * 32, "21512", terms)
while inbound.work(clerk, datetime.fromisoformat(sys.argv[2])):
    pass
assert "menus.registry" not in sys.modules, "a worker has no screens"
"""
COMMAND = "from app.cli.context import open_database\nwith open_database():\n    pass\n"


def run(script: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=Path.cwd(), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr


def test_a_fresh_process_knows_all_subjects():
    run(
        EACH,
        KNOWN,
        "import app.commands.inbound",
        "import workers.jobs",
        "import workers.runner",
        "import workers.schedule",
        "import app.factory",
        "import menus.registry",
        COMMAND,
    )


@pytest.mark.parametrize("text", ["CONTESTER {}", "NON {}"])
def test_a_worker_without_screens_takes_a_members_word_on_what_was_credited(sqlite_database, clock, text):
    database = sqlite_database
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    declare, note, confirm = (
        by(sample_declarations.CLERK, operation, clock(), channel="bureau") for operation in ("declare", "note", "confirm")
    )
    with database.transaction() as session:
        reference = assisted_acts.declare(session, declare, 1, 1, Decimal(25)).declaration.reference
        what = weighing_lookup.by_reference(session, 1, reference, clock().year)
        weighings.note(session, note, what, weight=Decimal(25), grade="A", weighed_at=clock())
        weighings.confirm(session, confirm, upto=1 << 31, francs=25_000)
    take(database, IncomingSms("one", sample_cooperative.AWA, "21512", text.format(reference), None), clock())
    run(WORK, database.url, clock().isoformat())
    with database.transaction() as session:
        answers = session.scalars(select(Message.text).where(Message.purpose == "answer")).all()
        contests = session.scalars(select(Contest)).all()
    assert [f"réf {reference}" in answer for answer in answers] == [True], answers
    assert len(contests) == 1
