"""Equipment at the console: half-days by week, bookings decided, repair; what moves money is asked for and done on the phone."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from app.coop.console_requests.models import ConsoleRequest
from app.coop.equipment import bookings
from app.coop.equipment.models import Booking, Equipment
from app.sms.models import Message
from tests import sample_boutiques, sample_declarations
from tests.acts import own
from tests.web.console.test_broadcasts import plain
from tests.web.console.test_pages import inside, rows

SECRETARY = sample_declarations.SECRETARY
TODAY = date(2026, 11, 24)


@pytest.fixture
def quay(database, app, clock):  # noqa: ARG001 - it makes the village
    """Give CPS1 a dryer that an officer decides on: member 201 asks for this afternoon."""
    sample_declarations.women(database, 2)
    sample_boutiques.dryer(database, clock())
    sample_boutiques.neighbours(database)
    with database.transaction() as session:
        session.execute(update(Equipment).values(approval=True))
        bookings.book(session, own(201, "book", clock()), 1, TODAY, "pm")
    return database


def test_a_week_shows_who_has_which_half_day(officer, quay):
    fatou = inside(officer, SECRETARY)
    fatou.get("/equipment/1")
    assert "Semaine du 23/11/2026" in fatou.page
    assert "4 demi-journées par membre, 14 jours d'avance" in fatou.page
    assert rows(fatou.page, "week")[1] == "24/11/2026 (aujourd'hui) libre à décider C00201 Femme 201"
    with quay.transaction() as session:
        session.execute(update(Equipment).values(most=1, horizon=1))
    fatou.get("/equipment/1?week=2026-12-01")
    assert "1 demi-journée par membre, 1 jour d'avance" in fatou.page
    assert rows(fatou.page, "week")[0] == "30/11/2026 libre libre"
    assert fatou.get("/equipment/1?week=99").status_code == 200


@pytest.mark.parametrize(("wish", "state"), [("accept", "booked"), ("refuse", "refused")])
def test_a_booking_is_decided_once_and_its_member_told(officer, quay, wish, state):
    fatou = inside(officer, SECRETARY)
    fatou.get("/equipment")
    fatou.send("/equipment/bookings/1/decide", **{wish: "1"})
    assert "Un SMS le dit au membre" in fatou.page
    fatou.send("/equipment/bookings/1/decide", accept="1")
    assert "Déjà fait" in fatou.page
    with quay.read() as reader:
        assert reader.scalar(select(Booking.state)) == state
        assert reader.scalar(select(func.count()).where(Message.cause.startswith("booking:1:"))) == 1


def test_handing_out_is_asked_with_what_is_paid_and_not_done(officer, quay):
    fatou = inside(officer, SECRETARY)
    fatou.get("/equipment")
    fatou.send("/equipment/bookings/1/decide", accept="1")
    fatou.get("/equipment/1")
    fatou.send("/equipment/bookings/1/out", state="good")
    assert "votre code secret" in plain(fatou.page)
    with quay.read() as reader:
        words = "CPS1: remettre Séchoir (bon) à Femme 201, prix 500 F, caution 2 000 F."
        assert reader.scalars(select(ConsoleRequest.words)).all() == [words]
        assert reader.scalar(select(Booking.state)) == "booked"


def test_a_machine_in_repair_lets_its_bookings_fall_and_comes_back(officer, quay):
    fatou = inside(officer, SECRETARY)
    fatou.get("/equipment/1")
    fatou.send("/equipment/1/repair", seen="usable")
    assert "En réparation. 1 réservation tombée." in plain(fatou.page)
    fatou.send("/equipment/1/repair", seen="repair", restore="1")
    assert "en service" in fatou.page
    with quay.read() as reader:
        assert reader.scalar(select(Booking.state)) == "off"


def test_a_machine_is_asked_for_with_its_terms_and_booked_from_then_on(officer, quay):
    fatou, care = inside(officer, SECRETARY), inside(officer, sample_declarations.ADMINISTRATOR)
    form = {
        "name": "Broyeur électrique",
        "place": "Quai de Joal",
        "fee": "99999",
        "deposit": "999\u202f999",
        "horizon": "90",
        "most": "60",
    }
    care.send("/equipment", **form)
    assert "Impossible : une machine est à une CPS" in plain(care.page)
    wrongs = [
        form | one for one in ({"name": ""}, {"fee": "-5"}, {"fee": "1,5"}, {"most": "0"}, {"horizon": "91"}, {"name": "Séchoir"})
    ]
    for wrong in wrongs:
        fatou.send("/equipment", **wrong)
        assert "Rien n'est demandé" in plain(fatou.page), wrong
    fatou.send("/equipment", **form, approval="1")
    with quay.read() as reader:
        [words] = reader.scalars(select(ConsoleRequest.words)).all()
    assert words == "CPS1: machine Broyeur élec, Quai de Joal: 99 999 F, caution 999 999 F, 90 j, 60 fois, à décider."
    assert fatou.on_phone() == ["Broyeur électrique: les membres peuvent réserver."]
    with quay.read() as reader:
        told = reader.execute(select(Equipment.name, Equipment.place, Equipment.most, Equipment.approval).where(Equipment.id == 2))
        assert told.one() == ("Broyeur électrique", "Quai de Joal", 60, True)
