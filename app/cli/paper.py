"""`jappoo paper`: what is printed, as PDF."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.context import cooperative_id, open_database, operator_act, read_settings
from app.cli.outputs import output, written

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from app.coop.registers.queries import Seat

WHAT = "a PDF"
_cooperative = click.option("--cooperative", required=True, help="The co-operative's code.")


@click.group()
def paper() -> None:
    """Print leaflets, lists and registers, as PDF. Cards: jappoo member cards; labels: jappoo lot label.

    Example: jappoo paper leaflet --output menu.pdf
    """


@paper.command()
@output
def leaflet(output: Path | None) -> None:
    """Print the menu that is served, for members.

    Example: jappoo paper leaflet --output menu.pdf
    """
    from app import documents

    with written(output, WHAT) as write, _reader() as reader:
        write(documents.members_leaflet(reader, read_settings().service, datetime.now(UTC)))


@paper.command()
@output
def officers(output: Path | None) -> None:
    """Print the Bureau that is served, and officers' SMS, to hang up.

    Example: jappoo paper officers --output bureau.pdf
    """
    from app import documents

    with written(output, WHAT) as write, _reader() as reader:
        write(documents.officers_sheet(reader, read_settings().service, datetime.now(UTC)))


@paper.command()
@_cooperative
@click.option(
    "--lines",
    type=click.IntRange(1, 400),
    default=20,
    show_default=True,
    help="How many weighings; 20 fill a list and two pages of receipts.",
)
@output
def weighings(cooperative: str, lines: int, output: Path | None) -> None:
    """Print a weighing list and its receipts, for a day without a network; Bureau, 1, 3 takes each number once, within 60 days.

    The numbers are the co-operative's from then on: printed again there are others.

    Example: jappoo paper weighings --cooperative CPS1 --output pesees.pdf
    """
    from app import documents

    with (
        written(output, WHAT) as write,
        operator_act("paper weighings", cooperative=cooperative, lines=lines) as session,
    ):
        here = seat(session, cooperative)
        write(documents.weighing_sheet(session, read_settings().service, here, lines, datetime.now(UTC)))


@paper.command()
@_cooperative
@output
def members(cooperative: str, output: Path | None) -> None:
    """Print the register of members in order of entry, as article 9 of OHADA's act on co-operatives wants it.

    It names identity papers and addresses; who printed it is written down.

    Example: jappoo paper members --cooperative CPS1 --output registre.pdf
    """
    from app import documents

    with written(output, WHAT) as write, operator_act("paper members", cooperative=cooperative) as session:
        write(documents.members_register(session.connection(), seat(session, cooperative), datetime.now(UTC)))


@paper.command()
@_cooperative
@output
def shares(cooperative: str, output: Path | None) -> None:
    """Print the register of shares: each movement in the order of the books.

    Example: jappoo paper shares --cooperative CPS1 --output parts.pdf
    """
    from app import documents

    with written(output, WHAT) as write, operator_act("paper shares", cooperative=cooperative) as session:
        write(documents.shares_register(session.connection(), seat(session, cooperative), datetime.now(UTC)))


def seat(session: "Session", code: str) -> "Seat":
    """Return the co-operative with a code; an unknown one ends the command."""
    from app.coop.registers.queries import seat_of

    return seat_of(session.connection(), cooperative_id(session, code))


@contextmanager
def _reader() -> "Iterator[Connection]":
    with open_database() as database, database.read() as reader:
        yield reader
