"""Copy a whole database to a file, and back: SQLite by its own backup, PostgreSQL by its own programs."""

import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url


class NotCopied(Exception):
    """The copy wasn't made, or not brought back; its words say why. Nothing half-made is left under the copy's name."""


def back_up(url: str, file: Path, environment: Mapping[str, str]) -> None:
    """Write a consistent copy of a running database; raises NotCopied, also when the file is there already.

    PostgreSQL's programs run in `environment`. The copy holds everything but Redis, which needs none, and `PIN_PEPPER` and
    `SECRET_KEY`, which belong elsewhere.
    """
    if file.exists():
        raise NotCopied(f"{file} exists: a backup never writes over another")
    half = file.with_name(f"{file.name}.part")
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            _copy_sqlite(Path(parsed.database or ""), half)
        else:
            _run("pg_dump", parsed, environment, ["--format=custom", f"--file={half}"])
        half.rename(file)
    except (OSError, sqlite3.Error) as fault:
        raise NotCopied(str(fault)) from fault
    finally:
        half.unlink(missing_ok=True)


def restore(url: str, file: Path, environment: Mapping[str, str]) -> None:
    """Bring a copy into an empty database; raises NotCopied when it holds anything, or isn't reached."""
    parsed = make_url(url)
    try:
        if parsed.get_backend_name() != "sqlite":
            _run(
                "pg_restore",
                parsed,
                environment,
                ["--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={parsed.database}", str(file)],
            )
            return
        target = Path(parsed.database or "")
        if target.exists() and target.stat().st_size:
            raise NotCopied(f"{target} is not empty: move it away first")
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f"{target.name}.part")
        _copy_sqlite(file, half)
        half.rename(target)
    except (OSError, sqlite3.Error) as fault:
        raise NotCopied(str(fault)) from fault


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise NotCopied(f"{source} doesn't exist")
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
        (sound,) = written.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        raise NotCopied(f"{source}: {sound}")


def _run(name: str, url: URL, environment: Mapping[str, str], arguments: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs; the password goes by its environment, where no list of processes shows it."""
    program = shutil.which(name)
    if program is None:
        raise NotCopied(f"{name} is not installed (Debian, Ubuntu: apt install postgresql-client)")
    place = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password, "PGDATABASE": url.database}
    given = {key: str(value) for key, value in place.items() if value is not None}
    done = subprocess.run([program, *arguments], env={**environment, **given}, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise NotCopied(f"{name}: {(done.stderr or 'failed').strip().splitlines()[-1]}")
