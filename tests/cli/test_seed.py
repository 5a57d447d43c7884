"""`jappoo seed`, as an operator runs it."""

import shutil
import subprocess
import sys

from sqlalchemy import func, select

from app.coop.members.models import Member
from app.db.database import Database
from tests.conftest import PATIENT_MS


def jappoo(folder, *arguments, **surroundings):
    given = {
        "DATABASE_URL": f"sqlite:///{folder}/cli.db", "SECRET_KEY": "s" * 32 + "abcdefgh", "PIN_PEPPER": "p" * 32 + "abcdefgh",
        "JAPPOO_ENV": "test", "PATH": "/usr/bin:/bin", "HOME": str(folder),
    } | surroundings  # fmt: skip
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, env=given, capture_output=True, text=True, timeout=240, check=False)


def test_a_production_database_is_never_seeded(tmp_path, sqlite_template):
    shutil.copyfile(sqlite_template, tmp_path / "cli.db")
    ran = jappoo(tmp_path, "seed", "--members", "5", JAPPOO_ENV="production")
    assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)
    assert "production" in ran.stderr
    kept = Database(f"sqlite:///{tmp_path}/cli.db", statement_ms=PATIENT_MS)
    with kept.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Member)) == 0
    kept.dispose()


def test_the_command_line_upgrades_seeds_and_verifies(tmp_path):
    steps = [
        (("db", "upgrade"), "the schema is up to date"),
        (("seed", "--members", "5"), "seeded 5 members in 1 co-operatives"),
        (("seed", "--members", "5"), "there are members already: nothing was changed"),
        (("db", "check"), "the schema is up to date"),
        (("ledger", "verify"), "42 entries, 84 postings, 37 accounts"),
    ]
    for arguments, says in steps:
        ran = jappoo(tmp_path, *arguments)
        assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, says, "")
