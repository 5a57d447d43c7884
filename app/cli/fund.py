"""`jappoo fund`: the co-operatives' solidarity funds."""

from typing import TYPE_CHECKING

import click
import msgspec

from app.cli.context import act_of_operator, cooperative_id, open_database, operator_act
from app.cli.outputs import in_lines

if TYPE_CHECKING:
    from app.coop.solidarity.models import FundReport


@click.group()
def fund() -> None:
    """Look after solidarity funds: rules, contributions, what members are told.

    Example: jappoo fund list
    """


@fund.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_all(*, as_json: bool) -> None:
    """List what each fund's members were told last; no current balance.

    Example: jappoo fund list --json
    """
    from sqlalchemy import select

    from app.coop.cooperatives.models import Cooperative
    from app.coop.solidarity.fund import last_report

    with open_database() as database, database.read() as reader:
        every = reader.execute(select(Cooperative.id, Cooperative.code).order_by(Cooperative.id)).all()
        found = [(code, last_report(reader, place)) for place, code in every]
    told = [_told(code, one) for code, one in found]
    for row in in_lines(told, as_json):
        click.echo("  ".join(f"{name} {value}" for name, value in row.items()))


@fund.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(code: str, *, as_json: bool) -> None:
    """Show a fund's rules, what it holds and what is promised, XOF: that it was looked at is written down.

    Example: jappoo fund show CPS1
    """
    from app.coop.solidarity.fund import rules_of
    from app.coop.till.solidarity_fund import fund_of

    with operator_act("fund show", code=code) as session:
        place = cooperative_id(session, code)
        ruled, found = rules_of(session, place), fund_of(session, place)
        told = {"most": ruled.most, "a_year": ruled.a_year, "urgent": ruled.urgent, "reasons": ruled.reasons.split(",")}
    told |= msgspec.to_builtins(found) | {"free": found.free}
    for name, value in in_lines(told.items(), as_json, told):
        click.echo(f"{name:10} {value}")


@fund.command()
@click.argument("code")
@click.argument("amount", type=click.IntRange(1))
def add(code: str, amount: int) -> None:
    """Note a contribution in cash that is nobody's delivery: into the box, and into the fund.

    Example: jappoo fund add CPS1 50000
    """
    from app.coop.solidarity.fund import give

    with operator_act("fund add", code=code, amount=amount) as session:
        try:
            entry = give(session, act_of_operator(), cooperative_id(session, code), amount)
        except ValueError:
            raise click.ClickException(f"{amount} F can't be moved at once") from None
    click.echo(f"{code.upper()}: {amount} F, entry {entry}")


@fund.command(name="set")
@click.argument("code")
@click.option("--most", type=int, help="XOF at a time.")
@click.option("--a-year", type=int, help="How often a member, in 365 days.")
@click.option("--urgent", type=int, help="XOF up to which a death or an illness needs two officers only.")
@click.option("--reasons", help="What it helps with: death,illness,catch,other.")
def change(code: str, most: int | None, a_year: int | None, urgent: int | None, reasons: str | None) -> None:
    """Change a fund's rules; who decides on aid is `jappoo ledger approvals`'.

    Example: jappoo fund set CPS1 --most 75000 --urgent 30000
    """
    from app.coop.solidarity.fund import BadFundRules, set_rules

    with operator_act("fund set", code=code, most=most, a_year=a_year, urgent=urgent, reasons=reasons) as session:
        place = cooperative_id(session, code)
        try:
            set_rules(session, place, most=most, a_year=a_year, urgent=urgent, reasons=reasons)
        except BadFundRules as bad:
            raise click.ClickException(str(bad)) from None
    click.echo(f"{code.upper()}: done")


def _told(code: str, one: "FundReport | None") -> dict[str, int | str]:
    if one is None:
        return {"cooperative": code}
    figures = {"in": one.came_in, "out": one.went_out, "aids": one.aids, "left": one.left}
    return {"cooperative": code, "until": one.until.isoformat(), **figures}
