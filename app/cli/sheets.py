"""Write rows as CSV, JSON or a spreadsheet: to a file, or to standard output."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from app.sheets.bodies import FORMATS, body

__all__ = ["FORMATS", "write_rows"]


def write_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str, output: Path | None) -> None:
    """Write rows that all have these columns; a spreadsheet isn't written to a terminal."""
    if form == "xlsx" and output is None and sys.stdout.isatty():
        raise click.UsageError("a spreadsheet needs --output FILE, or a pipe")
    if output is not None:
        output.write_bytes(body(rows, columns, form))
    else:
        sys.stdout.buffer.write(body(rows, columns, form))
