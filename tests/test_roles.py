"""One table of roles, acts and scopes: the pages that are written from it, and all that asks it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click
import pytest
from sqlalchemy import delete

from app.cli.admin import FRENCH, RoleName
from app.cli.roles import guide_page, roles_page
from app.commands.grammar import OFFICERS
from app.commands.mistypes import RIGHTS
from app.commands.officer import officer_of
from app.coop.access.identity import who_holds
from app.coop.offices.models import Role
from app.coop.offices.queries import Directory
from app.coop.rights import FEDERATIONS, MAY, ROLES, TABLE, Office, OfficeRole, Right
from app.ussd.bindings import Hop
from menus.publication import compiled
from menus.registry import bindings
from menus.runtime import Desk
from tests import sample_cooperative, sample_declarations
from tests.commands.conftest import TERMS

DOCS = Path(__file__).parent.parent / "docs"
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_the_pages_are_those_that_the_table_gives():
    """Else: `jappoo admin roles > docs/roles.md`, `jappoo admin roles --guide > docs/guide/qui-peut-quoi.md`."""
    assert (DOCS / "roles.md").read_text("utf-8") == roles_page()
    assert (DOCS / "guide" / "qui-peut-quoi.md").read_text("utf-8") == guide_page()


def test_each_right_has_one_line():
    assert sorted(row.right for row in TABLE) == sorted(get_args(Right))
    assert set(ROLES) <= set(get_args(OfficeRole))


def test_the_ministry_sees_figures_and_the_auditor_does_nothing():
    assert {right for right, roles in MAY.items() if "ministry" in roles} == {"console", "figures"}
    assert {right for right, roles in MAY.items() if "auditor" in roles} == {"console", "figures", "read", "registers"}


def test_every_command_of_officers_has_its_right():
    assert set(RIGHTS) == set(OFFICERS)


@pytest.mark.parametrize(("typed", "role"), [*FRENCH.items(), *((role, role) for role in ROLES), ("Secrétaire", "secretary")])
def test_roles_are_said_in_french_or_by_their_name(typed, role):
    assert RoleName().convert(typed, None, None) == role


def test_another_word_is_no_role():
    with pytest.raises(click.BadParameter, match="chef"):
        RoleName().convert("chef", None, None)


@pytest.fixture
def held(sqlite_database):
    """Give somebody one office, and return them as they are on the line."""
    database = sample_declarations.staffed(sqlite_database)

    def hold(role):
        place = None if role in FEDERATIONS else 1
        with database.transaction() as session:
            session.execute(delete(Role).where(Role.person_id == 103))
            session.add(Role(person_id=103, role=role, cooperative_id=place, from_on=NOW.date()))
        return Office(103, role, place)

    hold.database = database
    return hold


@pytest.mark.parametrize("role", ROLES)
def test_every_guarded_screen_and_command_asks_the_table(held, role):
    office = held(role)
    desk = Desk(held.database, sample_cooperative.PEPPERS, sample_cooperative.KEY, Directory(held.database, 0), TERMS)
    guards = {screen.guard for screen in compiled().screens.values()} & set(get_args(Right))
    with held.database.read() as reader:
        [who] = who_holds(reader, sample_declarations.ADMINISTRATOR)
    from msgspec import to_builtins

    hop = Hop(desk, sample_declarations.ADMINISTRATOR, NOW, "walk", "t", "fr", to_builtins(who), True, {})
    for guard in guards:
        led = bindings.guards[guard].call(hop)
        assert (led is None) is office.may(guard), guard
    with held.database.session() as session:
        for word, right in RIGHTS.items():
            assert (officer_of(session, (who,), right, NOW.date()) is not None) is office.may(right), word
