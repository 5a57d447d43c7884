"""`jappoo sms`: counting a message before anybody pays for it; what waits, rests, or is in doubt."""

import sys
from datetime import UTC, datetime

import click

from app.cli.broadcasts import broadcasts
from app.cli.context import open_database, operator_act, read_settings
from app.cli.letters import answer, inbox
from app.cli.outputs import in_json, in_lines
from app.gsm7 import Size, fold, measure, outside


@click.group()
def sms() -> None:
    """Count and look at text messages.

    Example: jappoo sms count "Réunion demain à 9h"
    """


@sms.command(context_settings={"ignore_unknown_options": True})
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print parts, alphabet and units as JSON.")
def count(text: str, *, as_json: bool) -> None:
    """Count TEXT as given, unfolded: the parts it travels in. "-" reads standard input.

    Example: jappoo sms count "Réunion demain à 9h"
    """
    given = _given(text)
    size = measure(given)
    if as_json:
        click.echo(in_json(size))
        return
    click.echo(_in_words(size))
    if size.alphabet == "UCS-2":
        click.echo(f"UCS-2 because of: {' '.join(map(_shown, outside(given)))}")
        click.echo(f"folded: {_in_words(measure(fold(given)))}")


@sms.command()
@click.argument("amount", type=int, required=False)
@click.option("--from", "since", help="The day, or the instant, from which it holds: 2026-12-01, 2026-12-01T07:00. Now by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def price(amount: int | None, since: str | None, *, as_json: bool) -> None:
    """Show what a part of an SMS costs, or write that it costs AMOUNT XOF from a day on. What was sent keeps its price.

    Example: jappoo sms price 22 --from 2026-12-01
    """
    from app.sms import prices

    settings, now = read_settings(), datetime.now(UTC)
    if amount is None and since is not None:
        raise click.UsageError("--from needs AMOUNT.")
    if amount is not None:
        try:
            from_at = datetime.fromisoformat(since) if since is not None else now
            from_at = (from_at if from_at.tzinfo else from_at.replace(tzinfo=settings.zone)).astimezone(UTC)
        except ValueError as fault:
            raise click.UsageError(f"not a day like 2026-12-01: {since}") from fault
        try:
            with operator_act("sms price", amount=amount, since=since) as session:
                prices.add(session, amount, from_at, now=now)
        except prices.NotAPrice as fault:
            raise click.ClickException(str(fault)) from fault
    with open_database() as database, database.read() as reader:
        rows = [(f"{at.astimezone(settings.zone):%Y-%m-%dT%H:%M}", francs) for at, francs in prices.table(reader)]
    rows.insert(0, ("", settings.sms_part_price))
    for at, francs in in_lines(rows, as_json, [{"from": at or None, "amount": francs} for at, francs in rows]):
        click.echo(f"{at or 'SMS_PART_PRICE':<16}  {francs:>5} F a part")


@sms.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def lanes(*, as_json: bool) -> int:
    """Say what waits, is maybe sent or rests on each lane; exit 1 when a lane rests.

    Example: jappoo sms lanes
    """
    from app.sms.lanes import lane_statuses

    with open_database() as database, database.read() as reader:
        found = lane_statuses(reader, datetime.now(UTC))
    rows = [
        {"queued": lane.queued, "sending": lane.sending, "maybe": lane.maybe, "lane": lane.lane, "rests": lane.rests}
        | {"since": f"{lane.since:%Y-%m-%dT%H:%M:%SZ}" if lane.since else None}
        for lane in found
    ]
    for row in in_lines(rows, as_json):
        rest = f"  RESTS since {row['since']}: {row['rests']}" if row["rests"] else ""
        click.echo(f"{row['lane']:<8} queued {row['queued']:>6}  sending {row['sending']:>4}  maybe {row['maybe']:>4}{rest}")
    return 1 if any(lane.rests for lane in found) else 0


@sms.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def history(number: str, *, as_json: bool) -> None:
    """Say what became of the last twenty messages to NUMBER and why, without their texts: why did she get nothing?

    Example: jappoo sms history +221771234567
    """
    from app.phones import read
    from app.sms.history import messages_to

    meant = read(number)
    if meant is None:
        raise click.BadParameter(f"{number} is no telephone number.")

    with open_database() as database, database.read() as reader:
        found = messages_to(reader, meant)
    if as_json:
        click.echo(in_json(found))
    for one in [] if as_json else found:
        click.echo(f"{one.id:>8}  {one.purpose:<10} {one.parts} part{'' if one.parts == 1 else 's'}")
        for at, state, reason in one.changes:
            click.echo(f"          {at:%Y-%m-%dT%H:%M:%S}  {state}{f': {reason}' if reason else ''}")


@sms.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def optouts(*, as_json: bool) -> None:
    """List the numbers on the gateway's own list: only there can they be taken off it, also when they have sent START.

    Example: jappoo sms optouts
    """
    from app.coop.members.consent import allows
    from app.sms.consents import listed

    with open_database() as database, database.read() as reader:
        rows = [
            {"number": number, "since": at.isoformat(), "wants": allows(reader, number, "broadcasts")}
            for number, at in listed(reader)
        ]
    for row in in_lines(rows, as_json):
        click.echo(f"{row['number']}  since {str(row['since'])[:19]}{'  sent START: take it off' if row['wants'] else ''}")


@sms.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def maybe(*, as_json: bool) -> None:
    """List what may have been sent and may not: nothing sends it again by itself. The oldest thousand.

    Example: jappoo sms maybe
    """
    from app.sms.doubts import doubted

    with open_database() as database, database.read() as reader:
        found = doubted(reader)
    rows = [
        {"id": row.id, "number": row.to_number, "purpose": row.purpose, "reason": row.reason, "since": row.changed_at.isoformat()}
        for row in found
    ]
    for row in in_lines(rows, as_json):
        click.echo(f"{row['id']:>8}  {row['number']}  {row['purpose']:<10} {row['since'][:19]}  {row['reason']}")


@sms.command()
@click.argument("ids", type=int, nargs=-1, required=True)
@click.option("--code", help="The code that the same command without it has given.")
def again(ids: tuple[int, ...], code: str | None) -> None:
    """Send maybe-sent messages once more, by their numbers in `jappoo sms maybe`. The first call gives a code, the second acts.

    Whoever had the first one gets it twice.

    Example: jappoo sms again 4711 4712 --code 271828
    """
    from app.sms.doubts import WrongCode, code_of, doubted, order_again

    secret, ids = read_settings().key("again"), tuple(set(ids))
    if code is None:
        with open_database() as database, database.read() as reader:
            found = doubted(reader, most=len(ids), ids=ids)
        if not found:
            raise click.ClickException("none of these is maybe sent")
        click.echo(f"{len(found)} of {len(ids)} are maybe sent; to send them again add --code {code_of(found, secret)}")
        return
    try:
        with operator_act("sms again", messages=" ".join(map(str, sorted(ids)))) as session:
            ordered = order_again(session, ids, code, secret, now=datetime.now(UTC))
    except WrongCode as fault:
        raise click.ClickException("not the code of these messages as they are now: run it without --code") from fault
    click.echo(f"{ordered} queued; the scheduler wakes their lanes within seconds")


for command in (broadcasts, inbox, answer):
    sms.add_command(command)


def _given(text: str) -> str:
    if text != "-":
        return text
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise click.ClickException("standard input is not UTF-8") from error


def _in_words(size: Size) -> str:
    return f"{size.parts} part{'' if size.parts == 1 else 's'}, {size.alphabet}, {size.units} units"


def _shown(character: str) -> str:
    return character if character.isprintable() and character != " " else f"U+{ord(character):04X}"
