"""`jappoo member`: members' cards, and what is erased of those who left."""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.context import operator_act, read_settings
from app.cli.outputs import written
from app.cli.paper import seat

if TYPE_CHECKING:
    from app.coop.enrolment.cards import PrintedCard


@click.group()
def member() -> None:
    """Look after members.

    Example: jappoo member cards --cooperative CPS1
    """


@member.command()
@click.option("--cooperative", required=True, help="The co-operative's code.")
@click.option("--renew", is_flag=True, help="Also those whose card has a number that works: it dies.")
@click.option("--all", "everybody", is_flag=True, help="Also members who need no activation number: their cards have none.")
@click.option("--days", type=click.IntRange(1, 180), default=90, show_default=True, help="How long the numbers live.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write them there, eight on an A4 page to be cut.")
def cards(cooperative: str, renew: bool, everybody: bool, days: int, pdf: Path | None) -> None:
    """Print the cards of those who haven't activated yet and have no activation number that works, each with a new one.

    Again, after some weeks, it gives new numbers to those whose number died unused, and to nobody else.
    When the file can't be written, no number was given.

    Example: jappoo member cards --cooperative CPS1 --pdf cartes.pdf
    """
    from app.coop.enrolment.cards import issue_cards

    settings, now = read_settings(), datetime.now(UTC)
    with (
        written(pdf, "a PDF") if pdf else nullcontext() as write,
        operator_act("member cards", cooperative=cooperative, renew=renew, all=everybody, days=days) as session,
    ):
        issued = issue_cards(
            session, cooperative, key=settings.key("members"), now=now, renew=renew, everybody=everybody, days=days
        )
        if issued is None:
            raise click.ClickException(f"no co-operative has the code {cooperative}")
        if write:
            from app import documents

            named = seat(session, cooperative).name
            write(documents.member_cards(session.connection(), settings.service, named, issued, now))
    for card in () if pdf else issued:
        _print(card)
    click.echo(f"{len(issued)} cards", err=True)


@member.command()
@click.argument("card")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and change nothing.")
def erase(card: str, dry_run: bool) -> None:
    """Erase name and numbers of a member who left ten years ago, or whom no book names; the books keep their entries.

    Example: jappoo member erase C0000012 --dry-run
    """
    from app.coop.closing.erasure import NotYet, erase_member

    with operator_act("member erase", dry_run=dry_run, card=card) as session:
        try:
            erased = erase_member(session, card, now=datetime.now(UTC))
        except NotYet as why:
            raise click.ClickException(f"{card} stays: {why}") from None
    click.echo(
        f"{card}: {'would erase' if dry_run else 'erased'} the name, {erased.numbers} numbers, {erased.acts} acts' arguments"
    )


def _print(card: "PrintedCard") -> None:
    from app.coop.members import privacy_notice

    here = read_settings().service
    place = f"   Place {card.place}" if card.place else ""
    sms = f"   SMS au {here.sms}" if here.sms else ""
    first = f"Numéro d'activation (jusqu'au {card.until:%d/%m/%Y}): {card.activation}\n" if card.activation else ""
    click.echo(f"Carte {card.card}   {card.name}   {card.phone or 'sans téléphone'}{place}")
    click.echo(f"Composez {here.code or 'le code de Jappoo'}{sms}\n{first}{privacy_notice.WHOLE}\n")
