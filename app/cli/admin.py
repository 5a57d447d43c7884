"""`jappoo admin`: who holds which office."""

from datetime import UTC, datetime
from typing import Any

import click
import msgspec

from app.cli.context import open_database, operator_act, read_settings, scope_of
from app.cli.outputs import in_json, in_lines

FRENCH = {
    "president": "president",
    "presidente": "president",
    "tresorier": "treasurer",
    "tresoriere": "treasurer",
    "secretaire": "secretary",
    "delegue": "delegate",
    "deleguee": "delegate",
    "auditeur": "auditor",
    "auditrice": "auditor",
    "administrateur": "administrator",
    "administratrice": "administrator",
    "ministere": "ministry",
}
"""Offices as officers say them; the names of `rights.py` are taken, too."""


class RoleName(click.ParamType[str]):
    """An office, by its French name, with or without accents, or by the one of `rights.py`."""

    name = "role"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the office's name in `rights.py`."""
        from app.coop.rights import REPRESENTATIVES, ROLES
        from app.letters import plain

        typed = plain(str(value)).lower()
        role = FRENCH.get(typed, typed)
        if role not in (*ROLES, *REPRESENTATIVES):
            self.fail(f"{value!r} is not one of {', '.join(sorted({*FRENCH, *ROLES, *REPRESENTATIVES}))}.", param, ctx)
        return role


_role = click.option("--role", type=RoleName(), required=True, help="The office: secretaire, tresorier, president …")
_cooperative = click.option("--cooperative", help="The co-operative's code; without it an office of the federation.")
_partner = click.option("--partner", type=int, help="The number in training centre list, or in job company list.")


@click.group()
def admin() -> None:
    """Give offices, take them back, list who holds them. All officers of the scope are told by SMS.

    Example: jappoo admin add C0000012 --role secretary --cooperative CPS1
    """


@admin.command()
@click.argument("who")
@_role
@_cooperative
@_partner
@click.option("--name", help="The name of somebody new, who is no member.")
@click.option("--from", "begins", type=click.DateTime(["%Y-%m-%d"]), help="The first day; today by default.")
@click.option("--until", "ends", type=click.DateTime(["%Y-%m-%d"]), help="The last day; none by default.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def add(
    who: str,
    role: Any,
    cooperative: str | None,
    partner: int | None,
    name: str | None,
    begins: datetime | None,
    ends: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Give an office: WHO is a member's card in the co-operative, or a telephone number for the federation.

    With --name and --cooperative WHO is a number too: a co-operative's first officers come before its members.
    Somebody new gets an activation number, for the first time that they open the Bureau.
    Who acts for a centre or a company has a number of their own too, and --partner; it lasts no longer than the agreement.

    Example: jappoo admin add +221780000002 --role administrator --name "Fatou Sarr"
    """
    from app.coop.access import activation
    from app.coop.enrolment import appointments, representatives

    _check_partner(role, cooperative, partner)
    now, settings = datetime.now(UTC), read_settings()
    term: dict[str, Any] = {"from_on": begins.date() if begins else now.date(), "until_on": ends.date() if ends else None}
    noted: dict[str, Any] = {"who": who, "role": role, "cooperative": cooperative, "partner": partner}
    with operator_act("admin add", **noted, until=str(ends or "")[:10]) as session:
        scope_of(session, cooperative)
        if partner is not None:
            given = representatives.appoint_representative(session, _number(who), name, role, partner, **term, now=now)
        elif cooperative and not name:
            given = appointments.appoint_member(session, cooperative, who, role, **term, now=now)
        else:
            given = appointments.appoint_by_number(session, _number(who), name, role, code=cooperative, **term, now=now)
        opens = activation.issue(session, given.person_id, key=settings.key("members"), now=now) if given.new else None
    if as_json:
        click.echo(in_json(msgspec.to_builtins(given) | {"activation": opens}))
        return
    click.echo(f"{given.name}: {given.role}, {given.partner or given.cooperative or 'federation'}, from {given.from_on}")
    if opens:
        click.echo(f"activation number, to be told in person (30 days): {opens}")


@admin.command()
@click.argument("phone")
@click.option("--new", "new_phone", help="The number that takes the place of PHONE, which is lost.")
def renew(phone: str, new_phone: str | None) -> None:
    """Give an officer who is no member another first use: the PIN is forgotten or locked, or the telephone is lost.

    PHONE is the officer's number. The activation number is told in person; the PIN is chosen at the Bureau on the number that holds
    from now on. Sign-ins at the console end, and an authenticator opens nothing any more.

    Example: jappoo admin renew +221780000002 --new +221780000003
    """
    from app.coop.access import activation
    from app.coop.enrolment import appointments

    key, now = read_settings().key("members"), datetime.now(UTC)
    new = _number(new_phone) if new_phone else None
    with operator_act("admin renew", who=phone, new=new) as session:
        given = appointments.renew(session, _number(phone), new_phone=new, now=now)
        opens = activation.issue(session, given.person_id, key=key, now=now)
    click.echo(f"{given.name}: activation number, to be told in person (30 days): {opens}")


@admin.command()
@click.argument("who")
@_role
@_cooperative
@_partner
def revoke(who: str, role: Any, cooperative: str | None, partner: int | None) -> None:
    """End an office now; what was done by it stays.

    Example: jappoo admin revoke C0000012 --role secretary --cooperative CPS1
    """
    from app.coop.enrolment import appointments, representatives
    from app.phones import e164, is_senegalese_mobile

    _check_partner(role, cooperative, partner)
    now = datetime.now(UTC)
    with operator_act("admin revoke", who=who, role=role, cooperative=cooperative, partner=partner) as session:
        scope_of(session, cooperative)
        if partner is not None:
            ended = representatives.revoke_representative(session, _number(who), role, partner, now=now)
        elif cooperative and not is_senegalese_mobile(e164(who)):
            ended = appointments.revoke_member(session, cooperative, who, role, now=now)
        else:
            ended = appointments.revoke_by_number(session, _number(who), role, code=cooperative, now=now)
    if not ended:
        raise click.ClickException(f"{who} doesn't hold that office")
    click.echo("ended")


@admin.command(name="sign-out")
@click.argument("phone", required=False)
@click.option("--all", "everybody", is_flag=True, help="Everybody, instead of one number.")
def close_sign_ins(phone: str | None, *, everybody: bool) -> None:
    """End the sign-ins at the console of whoever has PHONE, or with --all of everybody.

    Example: jappoo admin sign-out +221780000002
    """
    from sqlalchemy import select

    from app.coop.access import sign_in_sessions
    from app.coop.members.models import Number

    if everybody is (phone is not None):
        raise click.UsageError("give PHONE, or --all")
    now = datetime.now(UTC)
    with operator_act("admin sign-out", who=phone or "all") as session:
        people = session.scalars(select(Number.person_id).where(Number.phone == _number(phone))).all() if phone else [None]
        ended = sum(sign_in_sessions.close_all(session, now, person) for person in people)
    click.echo(f"{ended} ended")


@admin.command()
@click.option("--guide", is_flag=True, help="The officers' page, in French.")
def roles(*, guide: bool) -> None:
    """Print who may do what, where, as a page: docs/roles.md, or with --guide docs/guide/qui-peut-quoi.md.

    Example: jappoo admin roles > docs/roles.md
    """
    from app.cli.roles import guide_page, roles_page

    click.echo(guide_page() if guide else roles_page(), nl=False)


@admin.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def offices(*, as_json: bool) -> None:
    """List who holds an office today.

    Example: jappoo admin list
    """
    from app.coop.enrolment import appointments

    with open_database() as database, database.read() as reader:
        found = appointments.officers(reader, datetime.now(UTC).date())
    for held in in_lines(found, as_json):
        term = f"{held.from_on} – {held.until_on or ''}".rstrip(" –")
        place = held.partner or held.cooperative or "federation"
        click.echo(f"{place:20} {held.role:14} {held.card or '-':10} {held.name}  {term}")


def _check_partner(role: str, cooperative: str | None, partner: int | None) -> None:
    from app.coop.rights import REPRESENTATIVES

    if (role in REPRESENTATIVES) != (partner is not None) or (partner is not None and cooperative):
        raise click.UsageError("--partner is for --role centre and --role entreprise, and these want it, without --cooperative.")


def _number(typed: str) -> str:
    from app.phones import e164, is_senegalese_mobile

    number = e164(typed)
    if not is_senegalese_mobile(number):
        raise click.BadParameter(f"{typed} is no mobile number of Senegal; a member's card wants --cooperative.")
    return number
