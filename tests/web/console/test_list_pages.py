"""Every list goes on behind its last row; every room is light enough for a slow line."""

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from app.coop.correspondence.models import CallBack
from app.coop.equipment.models import Booking, Equipment
from app.coop.ideas.models import Idea
from app.coop.jobs.models import Job
from app.coop.prices.models import PriceRow
from app.coop.training.models import Training
from app.sms.models import Inbound
from app.web.console.rooms import ROOMS
from tests import sample_cooperative, sample_declarations
from tests.web.console.test_pages import inside, rows
from tests.web.console.test_scopes import houses

__all__ = ["houses"]
MANY = 120
HEAVIEST = 60_000


def many(session, table, **values):
    """Add MANY rows like one that is there: of words with their number in them, of days and instants one each two rows."""

    def told(value, number):
        if isinstance(value, int):
            return value
        return value.format(n=number) if isinstance(value, str) else value + timedelta(days=number // 2)

    first = dict(session.execute(select(table.__table__).limit(1)).mappings().one())
    del first["id"]
    each = [{name: told(value, number) for name, value in values.items()} for number in range(MANY)]
    session.execute(insert(table), [first | one for one in each])


LISTS = {
    ("/letters", "letters"): (Inbound, {"text": "Bonjour {n}", "provider_id": "p{n}"}),
    ("/call-backs", "calls"): (CallBack, {"phone": "+2217900{n:05}", "at": sample_cooperative.LONG_AGO}),
    ("/equipment", "machines"): (Equipment, {"name": "Séchoir {n}"}),
    ("/equipment", "asked"): (Booking, {"on_day": date(2026, 12, 1), "operation": "b{n}"}),
    ("/ideas", "waiting"): (Idea, {"words": "Idée {n}", "state": "waiting", "operation": "i{n}"}),
    ("/ideas", "kept"): (Idea, {"words": "Idée {n}", "state": "shortlisted", "operation": "i{n}"}),
    ("/trainings", "trainings"): (Training, {"title": "Cours {n}", "cooperative_id": 1}),
    ("/jobs", "jobs"): (Job, {"trade": "Métier {n}"}),
    ("/prices/1", "past"): (PriceRow, {"from_at": sample_cooperative.LONG_AGO}),
}


@pytest.mark.parametrize(("path", "section"), LISTS, ids=str)
def test_a_long_list_is_read_to_its_end_and_no_row_twice(officer, houses, path, section):
    with houses.transaction() as session:
        table, values = LISTS[path, section]
        many(session, table, **values)
    fatou, seen = inside(officer, sample_declarations.SECRETARY), []
    while path:
        fatou.get(path)
        assert len(fatou.page) < HEAVIEST
        found = rows(fatou.page, section) or []
        seen += found
        part = fatou.page[fatou.page.index(f'aria-labelledby="{section}"') :]
        link = re.search(r'</section>\s*<p><a class="touch" href="([^"]+)">La suite</a>', part[: part.find("<section") + 1 or None])
        path = unescape(link[1]) if link and found else None
    assert len(seen) >= MANY
    assert len(set(seen)) >= len(seen) // 2 - 1  # two prices of a day look alike


def test_every_room_is_light(app, officer, houses):  # noqa: ARG001 - they have what is shown
    adapter = app.url_map.bind("localhost")
    sheet = Path("app/web/console/static/console.css").stat().st_size
    for phone in (sample_declarations.SECRETARY, sample_declarations.ADMINISTRATOR):
        one = inside(officer, phone)
        for room in ROOMS:
            path = adapter.build(room.endpoint)
            answer = one.get(path)
            assert answer.status_code in (200, 403), path
            assert len(answer.data) + sheet <= HEAVIEST, path
