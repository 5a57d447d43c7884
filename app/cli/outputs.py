"""Files that commands write: not into a terminal, whole or not at all, and for their owner's eyes."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

output = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write, instead of standard output."
)


@contextmanager
def written(file: Path | None, what: str | None) -> Iterator[Callable[[bytes], None]]:
    """Give what writes a body; `what` it is, where a terminal can't show it.

    A file has its name only when all within has gone well, and what is there before stays till then. Written within a transaction,
    a full disk undoes that, too.
    """
    if what and file is None and sys.stdout.isatty():
        raise click.UsageError(f"{what} needs --output FILE, or a pipe.")
    beside = file.with_name(f".{file.name}.{os.getpid()}") if file else None

    def write(body: bytes) -> None:
        if beside is None:
            sys.stdout.buffer.write(body)
            sys.stdout.buffer.flush()
            return
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.write(body)
            opened.flush()
            os.fsync(opened.fileno())

    try:
        yield write
        if file and beside and beside.exists():
            beside.replace(file)
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise click.ClickException(f"{file or 'standard output'} can't be written: {fault.strerror}") from fault
    finally:
        if beside:
            beside.unlink(missing_ok=True)
