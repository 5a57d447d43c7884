"""`jappoo sms broadcasts`: what officers sent to many, and how far it is."""

import click

from app.amounts import francs, number
from app.cli.context import open_database
from app.cli.outputs import in_lines


@click.command()
@click.option("--all", "every", is_flag=True, help="Also estimates that nobody confirmed.")
@click.option("--most", type=click.IntRange(1), default=50, show_default=True, help="How many, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def broadcasts(most: int, *, every: bool, as_json: bool) -> None:
    """List broadcasts, with their messages counted now. The text isn't shown, nor who sent it.

    Example: jappoo sms broadcasts --most 10
    """
    from sqlalchemy import select

    from app.commands.broadcast_replies import STATES
    from app.coop.cooperatives.models import Cooperative
    from app.sms.broadcasts import progress
    from app.sms.broadcasts.models import Broadcast

    with open_database() as database, database.transaction() as session:
        found = select(Broadcast).order_by(Broadcast.id.desc()).limit(most)
        codes = {row.id: row.code for row in session.execute(select(Cooperative.id, Cooperative.code))}
        rows = [
            {
                "id": row.id,
                "number": row.number,
                "state": row.state,
                "urgent": row.purpose == "urgent",
                "scope": codes.get(row.cooperative_id or 0, "federation"),
                "audience": row.audience["words"],
                "recipients": row.recipients,
                "parts": row.parts * row.recipients,
                "price": row.parts * row.recipients * row.price,
                "reserved": row.reserved,
                "starts_at": f"{row.starts_at:%Y-%m-%dT%H:%M:%SZ}",
                "ends_at": f"{row.ends_at:%Y-%m-%dT%H:%M:%SZ}",
                **_counted(progress.count(session, row.id)),
            }
            for row in session.scalars(found if every else found.where(Broadcast.confirmed_at.is_not(None)))
        ]
    for row in in_lines(rows, as_json):
        kind, state = "URGENT " if row["urgent"] else "", STATES.get(row["state"], "devis")
        click.echo(
            f"{row['number'] or row['id']:>6}  {state:<9} {row['starts_at']}  {kind}{row['scope']} {row['audience']}: "
            f"{number(row['gone'])} sur {number(row['recipients'])} partis, {number(row['delivered'])} reçus, "
            f"{number(row['failed'])} échoués, {number(row['maybe'])} peut-être, {number(row['queued'])} attendent ; "
            f"{number(row['parts'])} SMS, {francs(row['price'])}"
        )


def _counted(counted: object) -> dict[str, int]:
    names = {
        "gone": "gone",
        "delivered": "delivered",
        "failed": "failed",
        "maybe": "doubted",
        "sending": "sending",
        "queued": "queued",
    }
    return {shown: getattr(counted, name) for shown, name in names.items()}
