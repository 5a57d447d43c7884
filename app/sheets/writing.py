"""Write rows as CSV, XLSX or JSON that a spreadsheet neither eats nor executes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Literal

Format = Literal["csv", "xlsx", "json"]
Written = str | int | bool | Decimal | date | datetime | None
"""What is written: text, whole numbers, `oui` and `non`, quantities, days, instants (aware, as ISO text in UTC), nothing."""


def write_table(
    target: Path | BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Written]], *, form: Format = "csv"
) -> None:
    """Write rows below a header; `read_table` reads the identical values back.

    A path is written whole or not at all (a temporary file, renamed), for its owner only; rows are streamed.
    CSV is UTF-8 with its mark, semicolons and decimal commas, as a French spreadsheet opens it. Text that a spreadsheet would
    execute, or change into a number or a day, gets an apostrophe before it, which reading takes away. JSON is a list of objects.
    Raises SheetRefused when the disk is full or the place can't be written.
    """
    raise NotImplementedError
