"""Equipment at the console: half-days by week, bookings to decide, repair. Handing out takes the PIN, on the phone."""

from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app import units
from app.coop.equipment import bookings, clock, custody, queries
from app.coop.equipment.console import AskedEquipment, AskedHandOut, AskedReturn
from app.coop.rights import NotYours
from app.db.rows import require
from app.digits import is_number, ungrouped
from app.gsm7 import fold
from app.web.console.desk import NotAsked, act_here, ask_on_phone, check_seen, denies, done, furnish
from app.web.console.list_pages import A_PAGE, mark, parted
from app.web.console.list_pages import day as day_asked
from app.web.console.session import caller, desk, now, reader
from app.web.console.work_words import MACHINES

equipment = Blueprint("equipment", __name__, url_prefix="/equipment", template_folder="templates")
furnish(equipment)
denies(
    equipment,
    "equipment.machines",
    dict.fromkeys((bookings.BookingNotOpen, custody.EquipmentRefused), "Déjà fait, ou pas à votre CPS. Rien n'est changé."),
)
WEEK = timedelta(days=7)


@equipment.get("")
def machines() -> Response:
    """List the scope's equipment, and the bookings that wait for a word."""
    scope, most = caller().office.scope, A_PAGE + 1
    rows, more = parted(queries.equipment_of(reader(), scope, after=mark("after"), most=most))
    asked, more_asked = parted(queries.bookings_in(reader(), scope, "asked", after=mark("asked"), most=most))
    decides = caller().may("boutiques")
    page = {"rows": rows, "more": more, "asked": asked, "more_asked": more_asked, "decides": decides}
    page["adds"] = decides and not scope.is_federation
    return Response(render_template("console/equipment.html", **page))


@equipment.get("/<int:machine>")
def week(machine: int) -> Response:
    """Show who has which half-days of a week."""
    day = day_asked("week") or now().date()
    monday = day - timedelta(days=day.weekday())
    found = require(next(iter(queries.equipment_of(reader(), caller().office.scope, only=machine)), None), NotYours("read"))
    slots = {(one.on_day, one.half): one for one in queries.week_of(reader(), machine, monday)}
    decides = caller().may("boutiques")
    days = [monday + timedelta(days=ahead) for ahead in range(7)]
    page = {"days": days, "slots": slots, "before": monday - WEEK, "after": monday + WEEK, "today": now().date()}
    return Response(render_template("console/equipment_week.html", machine=found, decides=decides, **page))


@equipment.post("")
def add() -> AnyResponse:
    """Ask for a piece of equipment of the co-operative's, with its terms."""
    name, place = (fold(" ".join(request.form.get(part, "").split())) for part in ("name", "place"))
    numbers = [ungrouped(request.form.get(part, "")) for part in ("fee", "deposit", "horizon", "most")]
    if not (1 <= len(name) <= 20 and 1 <= len(place) <= 16 and all(is_number(one, 6) for one in numbers)):
        raise NotAsked("Un nom de 20 lettres, un lieu de 16, et des nombres entiers, svp.", "equipment.machines")
    fee, deposit, horizon, most = (int(one) for one in numbers)
    terms = custody.HireTerms(fee, deposit, horizon, most, "approval" in request.form)
    return ask_on_phone(AskedEquipment(name, place, terms), "equipment.machines")


@equipment.post("/bookings/<int:booking>/decide")
def decide(booking: int) -> AnyResponse:
    """Give an officer's word on a half-day that is asked for; its member is told."""
    with desk().database.transaction() as session:
        act = act_here(session, "boutiques", f"console:booking:{booking}:decide")
        clock.tell(session, act, bookings.decide(session, act, booking, accepted="accept" in request.form))
    return done("C'est fait. Un SMS le dit au membre.", "equipment.machines")


@equipment.post("/bookings/<int:booking>/out")
def hand_out(booking: int) -> AnyResponse:
    """Ask that a booking of today be handed out."""
    state = "usé" if request.form.get("state") == "worn" else "bon"
    return ask_on_phone(AskedHandOut(booking, state), "equipment.machines")


@equipment.post("/bookings/<int:booking>/back")
def take_back(booking: int) -> AnyResponse:
    """Ask that what is out be taken back."""
    return ask_on_phone(AskedReturn(booking, request.form.get("state") == "damaged"), "equipment.machines")


@equipment.post("/<int:machine>/repair")
def repair(machine: int) -> AnyResponse:
    """Take a machine out of use, with those who had booked it told; or have it booked again."""
    found = next(iter(queries.equipment_of(reader(), caller().office.scope, only=machine)), None)
    if found is not None:
        check_seen(found.state, "L'état de cette machine", "equipment.week", MACHINES[found.state], machine=machine)
    with desk().database.transaction() as session:
        act = act_here(session, "boutiques", f"console:equipment:{machine}")
        if "restore" in request.form:
            custody.restore(session, act, machine)
            return done("En service.", "equipment.week", machine=machine)
        off = custody.repair(session, act, machine)
    fallen = f"{units.count(len(off), 'réservation')} {units.agree(len(off), 'tombée')}"
    return done(f"En réparation. {fallen}.", "equipment.week", machine=machine)
