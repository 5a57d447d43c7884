"""`jappoo ledger`: the books."""

import click

from app.cli.context import cooperative_id, open_database, operator_act
from app.cli.outputs import in_json, in_lines


@click.group()
def ledger() -> None:
    """Look after the books.

    Example: jappoo ledger verify
    """


@ledger.command()
@click.argument("cooperative")
@click.argument("kind", required=False)
@click.option("--needed", type=click.IntRange(1, 5), help="How many officers other than who asks.")
@click.option("--roles", default="", help="Offices whose word counts, by commas; all that may approve by default.")
@click.option("--usual", is_flag=True, help="Drop the co-operative's own rule.")
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON.")
def approvals(cooperative: str, kind: str | None, needed: int | None, roles: str, *, usual: bool, as_json: bool) -> None:
    """Say how many officers a co-operative wants for a kind of act, or show what it wants.

    What waits already keeps the rule under which it was asked.

    Example: jappoo ledger approvals CPS1 withdrawal --needed 2 --roles treasurer,president
    """
    from datetime import UTC, datetime

    from app.coop.approvals import kinds, rules

    if (kind is None) != (needed is None and not usual) or (usual and needed is not None) or (roles and needed is None):
        raise click.UsageError("give KIND with --needed or with --usual, or neither to see the rules")
    now = datetime.now(UTC)
    if kind is not None:
        with operator_act(
            "ledger approvals", cooperative=cooperative, kind=kind, needed=needed, roles=roles, usual=usual
        ) as session:
            try:
                scope, named = cooperative_id(session, cooperative), [role for role in roles.split(",") if role]
                rules.set_rule(session, scope, kind, needed, named, now=now)
            except ValueError as fault:
                known = f"kinds: {', '.join(kinds.KINDS)}; offices: {', '.join(rules.ROLES)}"
                raise click.ClickException(f"not a rule: {fault} ({known})") from fault
    with open_database() as database, database.session() as session:
        found = rules.rules_of(session, cooperative_id(session, cooperative), now.date())
    for one in in_lines(found, as_json):
        wants = f"{one.member} when a member asks, {one.officer} when an officer does"
        click.echo(f"{one.kind}: {wants}; {', '.join(one.roles)}{' (own rule)' if one.own else ''}")
        if one.holders <= max(one.member, one.officer) and (kinds.KINDS[one.kind].own or "administrator" not in one.roles):
            click.echo(f"  only {one.holders} hold these offices now: who asks can't decide, so it could die waiting", err=True)


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def verify(*, as_json: bool) -> None:
    """Recompute the books from their postings; fails when anything doesn't agree.

    Example: jappoo ledger verify
    """
    from app.coop.verify import verify as look

    with open_database(statement_ms=600_000) as database, database.read() as reader:
        found = look(reader)
    if as_json:
        click.echo(in_json(found))
    else:
        click.echo(f"{found.entries} entries, {found.postings} postings, {found.accounts} accounts")
        for wrong in found.wrong:
            click.echo(wrong)
    if found.wrong:
        raise click.ClickException(f"the books don't agree: {len(found.wrong)} findings")
