"""`jappoo training centre` and `jappoo job company`: agreements with training centres and companies."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from app.cli.context import open_database, operator_act
from app.cli.outputs import in_lines

if TYPE_CHECKING:
    from app.coop.offices.partners import PartnerKind

DAY = click.DateTime(["%Y-%m-%d"])


def partner_group(kind: "PartnerKind", command: str) -> click.Group:
    """Return the group of commands for the agreements with one kind of partner."""
    name = command.rsplit(maxsplit=1)[-1]

    @click.group(name=name, help=f"Look after agreements with {name}s: period, contact, places.\n\nExample: jappoo {command} list")
    def group() -> None:
        pass

    @group.command(name="list", help=f"List the agreements.\n\nExample: jappoo {command} list --json")
    @click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
    def show_all(*, as_json: bool) -> None:
        from app.coop.offices.partners import partners

        with open_database() as database, database.read() as reader:
            found = partners(reader, kind)
        for one in in_lines(found, as_json):
            period = f"{one.from_on} – {one.until_on}"
            click.echo(f"{one.id:5} {one.name:20} {period}  {one.places:5} places  {one.contact} {one.phone or ''}")

    @group.command(
        help="Write down an agreement.\n\n"
        f'Example: jappoo {command} add "CFP Mbour" --contact "Mme Sow" --until 2027-12-31 --places 40'
    )
    @click.argument("partner")
    @click.option("--contact", required=True, help="Who answers there.")
    @click.option("--phone", help="Their number.")
    @click.option("--from", "begins", type=DAY, help="The first day; today by default.")
    @click.option("--until", "ends", type=DAY, required=True, help="The last day.")
    @click.option("--places", type=int, required=True, help="How many places in all.")
    def add(partner: str, contact: str, phone: str | None, begins: datetime | None, ends: datetime, places: int) -> None:
        from app.coop.offices.partners import NewPartner, add_partner

        first = (begins or datetime.now(UTC)).date()
        told = NewPartner(kind, partner, contact, first, ends.date(), places, _number(phone))
        with operator_act(f"{command} add", until=f"{ends:%Y-%m-%d}", places=places) as session:
            row = _run(lambda: add_partner(session, None, told))
            click.echo(f"{name} {row.id}: {row.name}")

    @group.command(name="set", help=f"Change an agreement, by its number.\n\nExample: jappoo {command} set 1 --until 2028-12-31")
    @click.argument("number", type=int)
    @click.option("--until", "ends", type=DAY, help="Another last day.")
    @click.option("--places", type=int, help="How many places in all.")
    @click.option("--contact", help="Who answers there now.")
    @click.option("--phone", help="Their number.")
    def change(number: int, ends: datetime | None, places: int | None, contact: str | None, phone: str | None) -> None:
        from app.coop.offices.partners import change_partner

        given: dict[str, Any] = {"until_on": ends.date() if ends else None, "places": places}
        given |= {"contact": contact, "phone": _number(phone)}
        with operator_act(f"{command} set", number=number, until=str(ends or "")[:10], places=places) as session:
            _run(lambda: change_partner(session, None, number, **given))
        click.echo(f"{name} {number}: done")

    return group


def _number(phone: str | None) -> str | None:
    from app.phones import read

    if phone is None:
        return None
    number = read(phone)
    if number is None:
        raise click.BadParameter(f"{phone} is no telephone number.")
    return number


def _run(do: Any) -> Any:
    """Do it, or end the command with the reason in one line."""
    from app.coop.offices.partners import PartnerRefused

    try:
        return do()
    except PartnerRefused as refused:
        raise click.ClickException(str(refused)) from None
