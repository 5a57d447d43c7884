"""Bureau 12, 4: PF2E courses of the federation, at a centre and with a company under agreement."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.training import seats
from app.gsm7 import fold
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, Nothing
from menus.partners_desk import PartnerRow, federations_act, federations_office, partner_rows
from menus.training_words import WrittenDay, read_coming_day, read_day, read_words
from menus.trainings_desk import NOT_CHANGED, AddedTraining

menu = Bindings("courses_desk")
NONE = "aucun"


class NewCourseTyped(msgspec.Struct, frozen=True):
    training_title: str
    training_place: str
    training_day: str
    course_last_day: str
    training_seats: int
    course_level: str
    course_contract: str
    course_centre: PartnerRow
    course_company: PartnerRow


@menu.source(leads={"not_yours": None})
def courses_desk(hop: Hop, reader: Connection) -> Nothing:
    """Let the federation's officers pass."""
    federations_office(reader, hop)
    return Nothing()


@menu.rows()
def course_centres(hop: Hop) -> Sequence[PartnerRow]:
    """Give the centres whose agreement holds today."""
    return partner_rows(hop, "centre", hop.now.date())


@menu.rows()
def course_companies(hop: Hop) -> Sequence[PartnerRow]:
    """Give the companies whose agreement holds today."""
    return partner_rows(hop, "company", hop.now.date())


@menu.answer(refuses={"bad": None})
def course_last_day(hop: Hop, typed: str) -> WrittenDay:
    """Read a course's last day."""
    return read_coming_day(typed, hop.now.date(), timedelta(days=1_830))


@menu.answer(refuses={"bad": None})
def course_level(typed: str) -> kinds.Short:
    """Read a school level, or that none is asked for."""
    return read_words(typed, 2, 16)


@menu.answer(refuses={"bad": None})
def course_contract(typed: str) -> kinds.ProductName:
    """Read the number that the labour inspection has stamped."""
    words = fold(" ".join(typed.split()))
    if not 2 <= len(words) <= 20:
        raise Refused("bad")
    return words


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def add_course(hop: Hop, session: Session, kept: NewCourseTyped) -> AddedTraining:
    """Open a PF2E course: applications until the day before it begins."""
    starts = read_day(kept.training_day)
    told = seats.NewTraining(
        title=kept.training_title,
        place=kept.training_place,
        starts_on=starts,
        ends_on=read_day(kept.course_last_day),
        apply_until=starts - timedelta(days=1),
        seats=kept.training_seats,
        kind="pf2e",
        max_age=35,
        level=None if kept.course_level.lower() == NONE else kept.course_level,
        contract=kept.course_contract,
        company_chooses=True,
        exclusive=True,
        centre_id=kept.course_centre.id,
        company_id=kept.course_company.id,
    )
    act = federations_act(session, hop)
    return AddedTraining(str(seats.add_training(session, act, None, told, hop.now.date()).id))
