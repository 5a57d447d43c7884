"""`jappoo member`: members' cards, and what is erased of those who left."""

from datetime import UTC, datetime

import click

from app.cli.context import operator_act, read_settings


@click.group()
def member() -> None:
    """Look after members.

    Example: jappoo member cards --cooperative CPS1
    """


@member.command()
@click.option("--cooperative", required=True, help="The co-operative's code.")
@click.option("--renew", is_flag=True, help="Also those whose card has a number that works: it dies.")
@click.option("--days", type=click.IntRange(1, 180), default=90, show_default=True, help="How long the numbers live.")
def cards(cooperative: str, renew: bool, days: int) -> None:
    """Print the cards of those who haven't activated yet and have no activation number that works, each with a new one.

    Again, after some weeks, it gives new numbers to those whose number died unused, and to nobody else.

    Example: jappoo member cards --cooperative CPS1
    """
    from app.coop.enrolment.cards import issue_cards
    from app.coop.members import privacy_notice

    settings = read_settings()
    with operator_act("member cards", cooperative=cooperative, renew=renew, days=days) as session:
        issued = issue_cards(session, cooperative, key=settings.key("members"), now=datetime.now(UTC), renew=renew, days=days)
    if issued is None:
        raise click.ClickException(f"no co-operative has the code {cooperative}")
    for card in issued:
        place = f"   Place {card.place}" if card.place else ""
        sms = f"   SMS au {settings.at_short_code}" if settings.at_short_code else ""
        click.echo(f"Carte {card.card}   {card.name}   {card.phone or 'sans téléphone'}{place}")
        click.echo(f"Composez {settings.ussd_code or 'le code de Jappoo'}{sms}")
        click.echo(f"Numéro d'activation ({days} jours): {card.activation}\n{privacy_notice.WHOLE}\n")
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
