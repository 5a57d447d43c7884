"""Copy a whole database to a file, and back: SQLite by its own backup, PostgreSQL by its own programs."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url


class NotCopied(Exception):
    """The copy wasn't made, or not brought back; its words say why. Nothing half-made is left under the copy's name."""


def back_up(url: str, file: Path, environment: Mapping[str, str]) -> None:
    """Write a consistent copy of a running database, for its owner only; raises NotCopied, also when the file is there already.

    PostgreSQL's programs run in `environment`. The copy holds everything but Redis, which needs none, and `PIN_PEPPER` and
    `SECRET_KEY`, which belong elsewhere.
    """
    if file.exists():
        raise NotCopied(f"{file} exists: a backup never writes over another")
    parsed = make_url(url)
    with _written(file) as half:
        if parsed.get_backend_name() == "sqlite":
            _copy_sqlite(Path(parsed.database or ""), half)
        else:
            with _meant(parsed) as (place, snapshot):
                _run("pg_dump", place, environment, ["--format=custom", f"--snapshot={snapshot}", f"--file={half}"])


def restore(url: str, file: Path, environment: Mapping[str, str]) -> None:
    """Bring a copy into an empty database; raises NotCopied when it holds anything, or isn't reached."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        with _meant(parsed, empty=True) as (place, snapshot):
            # the same program's library reaches for the same place: where this works, so does what follows
            _run("pg_dump", place, environment, ["--schema-only", f"--snapshot={snapshot}", f"--file={os.devnull}"])
        _run("pg_restore", place, environment, ["--exit-on-error", "--single-transaction", "--no-owner", str(file)])
        return
    target = Path(parsed.database or "")
    if target.exists() and target.stat().st_size:
        raise NotCopied(f"{target} is not empty: move it away first")
    with _written(target) as half:
        _copy_sqlite(file, half)


@contextmanager
def _written(file: Path) -> Iterator[Path]:
    """Give a file beside `file`, its owner's only, that takes its name once it is whole and on disk; new folders are so, too."""
    try:
        _make_folder(file.parent)
        number, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.parent)
        half = Path(name)
        try:
            yield half
            # Who writes the copy opens the same file by its name: this descriptor flushes what they wrote.
            os.fsync(number)
            half.rename(file)
            _sync(file.parent)
        finally:
            os.close(number)
            half.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as fault:
        raise NotCopied(str(fault)) from fault


def _sync(folder: Path) -> None:
    """Put a folder's names on disk: a power cut could lose that of a file which is there itself."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700)


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise NotCopied(f"{source} doesn't exist")
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
        (sound,) = written.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        raise NotCopied(f"{source}: {sound}")


@contextmanager
def _meant(url: URL, *, empty: bool = False) -> Iterator[tuple[dict[str, str], str]]:
    """Give where the URL leads, as libpq has it, and a snapshot, which no other server or database would know.

    With `empty` raise NotCopied unless no table is there yet.
    """
    place = {name: str(value) for name, value in url.get_dialect()().create_connect_args(url)[1].items()}
    try:
        with psycopg.connect(make_conninfo(**place)) as connection:
            # Both questions below see one moment: whether it is empty, and the snapshot that is handed on.
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            if empty and (held := connection.execute(_TABLES).fetchone()):
                raise NotCopied(f"the database {place.get('dbname')} isn't empty (it has {held[0]}): a copy goes into an empty one")
            (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            # of several hosts, or a name's several addresses, the programs are to take the one that answered here
            here = {"host": connection.info.host, "hostaddr": connection.info.hostaddr, "port": str(connection.info.port)}
            yield place | {name: value for name, value in here.items() if value}, snapshot
    except psycopg.Error as fault:
        raise NotCopied((str(fault).strip() or type(fault).__name__).splitlines()[0]) from fault


_TABLES = (
    "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE relkind IN ('r', 'p', 'v', 'S') AND nspname !~ '^pg_' AND nspname <> 'information_schema' LIMIT 1"
)


def _run(name: str, place: Mapping[str, str], environment: Mapping[str, str], arguments: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs; the password goes by its environment, where no list of processes shows it."""
    program = shutil.which(name)
    if program is None:
        raise NotCopied(f"{name} is not installed (Debian, Ubuntu: apt install postgresql-client)")
    shown = {key: value for key, value in place.items() if key != "password"}
    secret = {"PGPASSWORD": place["password"]} if "password" in place else {}
    command = [program, f"--dbname={make_conninfo(**shown)}", *arguments]
    done = subprocess.run(command, env={**environment, **secret}, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error:" in line] or done.stderr.splitlines() or ["failed"]
        raise NotCopied(f"{name}: {said[0].rpartition('error: ')[2]}")
