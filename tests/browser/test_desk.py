"""The desk in a real browser, at both widths, and by keyboard alone."""

import pytest

from app.web.console.rooms import ROOMS
from tests.browser.conftest import WIDTHS


@pytest.mark.parametrize("width", WIDTHS)
def test_an_officer_comes_in_and_every_room_can_be_read_by_everybody(seat, width):
    mine = seat(width=width)
    mine.go("/sign-in")
    mine.look()
    mine.come_in()
    mine.look()
    links = mine.page.get_by_role("navigation", name="Pages").get_by_role("link")
    titles = links.all_inner_texts()
    assert set(titles) <= {room.title for room in ROOMS}
    for title in titles:
        links.get_by_text(title, exact=True).click()
        assert links.and_(mine.page.locator("[aria-current=page]")).inner_text() == title
        mine.look()
