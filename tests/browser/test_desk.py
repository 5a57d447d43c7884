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
    mine.look(f"console-{width}")
    links = mine.page.get_by_role("navigation", name="Pages").get_by_role("link")
    titles = links.all_inner_texts()
    assert set(titles) <= {room.title for room in ROOMS}
    for title in titles:
        with mine.page.expect_navigation():
            links.get_by_text(title, exact=True).click()
        assert mine.page.get_by_role("heading", level=1).inner_text()
        mine.look()
