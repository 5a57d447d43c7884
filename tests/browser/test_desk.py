"""The desk in a real browser, at both widths: every room can be read by everybody."""

from datetime import date

import pytest

from app.coop.offices.models import Role
from app.web.console.rooms import GROUPS
from tests import sample_declarations


@pytest.mark.parametrize("phone", [sample_declarations.SECRETARY, sample_declarations.ADMINISTRATOR])
def test_an_officer_comes_in_and_every_room_can_be_read_by_everybody(seat, phone):
    mine = seat(phone)
    mine.go("/sign-in")
    mine.look()
    mine.come_in()
    mine.look(*(["console-desk", "console-telephone"] if phone == sample_declarations.SECRETARY else ()))
    links = mine.page.get_by_role("navigation", name="Pages").get_by_role("link")
    seen = set()
    for group, rooms in GROUPS.items():
        links.get_by_text(group, exact=True).first.click()
        for title in [room.title for room in rooms]:
            if links.get_by_text(title, exact=True).count():
                links.get_by_text(title, exact=True).last.click()
                assert mine.page.get_by_role("heading", level=1).inner_text()
                mine.look()
                seen.add(title)
    assert len(seen) > 20


def test_an_officer_of_two_scopes_changes_from_one_to_the_other(seat, database):
    mine = seat()
    mine.come_in()
    with database.transaction() as session:
        session.add(Role(person_id=101, role="administrator", cooperative_id=None, from_on=date(2026, 1, 1)))
    mine.go()
    mine.look()
    mine.page.get_by_role("link", name="Changer").click()
    mine.look()
    mine.page.get_by_role("button", name="Fédération").click()
    mine.page.locator(".who").get_by_text("Fédération", exact=False).first.wait_for()
