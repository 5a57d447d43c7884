"""`jappoo idea`: the boutique source."""

from datetime import UTC, datetime, timedelta

import click
import msgspec

from app.cli.context import open_database, operator_act
from app.cli.outputs import in_lines


@click.group()
def idea() -> None:
    """Look after the boutique source: ideas, their voices, scores and rounds.

    Example: jappoo idea list
    """


@idea.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_all(*, as_json: bool) -> None:
    """List the newest ideas, with their voices and points.

    Example: jappoo idea list --json
    """
    from app.coop.ideas.queries import shown

    with open_database() as database, database.read() as reader:
        found = shown(reader)
    for one in in_lines(found, as_json):
        click.echo(
            f"{one.id:5} {one.state:11} {one.by_pin:6} (+{one.by_sms} SMS) {one.points:4.1f}/25 {one.cooperative:8} {one.words}"
        )


@idea.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(number: int, *, as_json: bool) -> None:
    """Show an idea, and who scored it what.

    Example: jappoo idea show 1
    """
    from app.coop.ideas.models import Idea
    from app.coop.ideas.queries import scores_of, shown

    with open_database() as database, database.read() as reader:
        found, scores = shown(reader, Idea.id == number), scores_of(reader, number)
    if not found:
        raise click.ClickException(f"there is no idea {number}")
    told = msgspec.to_builtins(found[0]) | {"given": msgspec.to_builtins(scores)}
    for name, value in in_lines(told.items(), as_json, told):
        click.echo(f"{name:14} {value}")


@idea.command()
@click.argument("words")
@click.option("--card", required=True, help="Whose idea it is.")
def add(words: str, card: str) -> None:
    """Write down a member's idea, as told or on paper; an officer reads it before it is published.

    Example: jappoo idea add "Sécher les mangues" --card C0000012
    """
    from app.coop.act import Act
    from app.coop.ideas.services import propose
    from app.coop.members.lookup import in_cooperative
    from app.public_words import read_public

    now = datetime.now(UTC)
    with operator_act("idea add", card=card) as session:
        member = in_cooperative(session, None, card)
        act = Act(member.person_id, "cli", f"cli:idea:{now.isoformat()}", now, member_id=member.member_id)
        row, new = propose(session, act, read_public(words))
        click.echo(f"idea {row.id}{'' if new else ', noted before'}")


@idea.command(name="round")
@click.option("--support-days", type=click.IntRange(1, 365), default=30, show_default=True, help="How long voices are taken.")
@click.option("--score-days", type=click.IntRange(1, 365), default=45, show_default=True, help="How long ideas are scored.")
def begin(support_days: int, score_days: int) -> None:
    """Open a round: what was let through and has none enters it. The clock closes it into a shortlist.

    Example: jappoo idea round --support-days 30 --score-days 45
    """
    from app.coop.ideas.rounds import begin_round
    from app.coop.ideas.services import enter_round

    now = datetime.now(UTC)
    dates = {"support_until": now + timedelta(days=support_days), "score_until": now + timedelta(days=score_days)}
    with operator_act("idea round", support_days=support_days, score_days=score_days) as session:
        row = begin_round(session, **dates, now=now)
        enter_round(session, row)
        click.echo(f"round {row.id}: voices until {row.support_until:%d/%m/%Y}, scores until {row.score_until:%d/%m/%Y}")
