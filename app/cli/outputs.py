"""Files that commands write: not into a terminal, whole or not at all, and for their owner's eyes."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

import click

from app.files import keep, whole_file

Row = TypeVar("Row")
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

    try:
        with whole_file(file) if file else nullcontext(sys.stdout.buffer) as out:

            def write(body: bytes) -> None:
                out.write(body)
                keep(out) if file else out.flush()

            yield write
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise click.ClickException(f"{file or 'standard output'} can't be written: {fault.strerror}") from fault


def in_lines(found: Iterable[Row], as_json: bool, whole: object = None) -> Iterable[Row]:
    """Give what was found, to be printed a line each; `as_json` print it, or the `whole` that it is of, and give nothing."""
    if not as_json:
        return found
    click.echo(in_json(found if whole is None else whole))
    return ()


def in_json(told: object) -> str:
    """Write something as JSON, its letters with accents as they are."""
    import msgspec

    return json.dumps(msgspec.to_builtins(told, str_keys=True), ensure_ascii=False)
