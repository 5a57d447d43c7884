"""`jappoo member`: members' cards."""

from datetime import UTC, datetime

import click

from app.cli.desk import open_database, read_settings


@click.group()
def member() -> None:
    """Look after members.

    Example: jappoo member cards --cooperative CPS1
    """


@member.command()
@click.option("--cooperative", required=True, help="The co-operative's code.")
def cards(cooperative: str) -> None:
    """Print the cards of those who haven't activated yet, each with a new activation number: older ones die.

    Example: jappoo member cards --cooperative CPS1
    """
    from app.coop.members import notice
    from app.coop.members.cards import issue_cards

    settings = read_settings()
    with open_database() as database, database.transaction() as session:
        issued = issue_cards(session, cooperative, key=settings.secret, now=datetime.now(UTC))
    if issued is None:
        raise click.ClickException(f"no co-operative has the code {cooperative}")
    for card in issued:
        place = f"   Place {card.place}" if card.place else ""
        click.echo(f"Carte {card.card}   {card.phone}{place}\nComposez {settings.ussd_code or 'le code de Jappoo'}")
        click.echo(f"Numéro d'activation (30 jours): {card.activation}\n{notice.WHOLE}\n")
    click.echo(f"{len(issued)} cards", err=True)
