"""Registers of members in tests."""

from datetime import date

from sqlalchemy import select

from app.coop.imports.models import MemberProfile
from app.coop.members.models import Member, Number, Person
from app.sheets import NoValue, Telephone
from tests import imported_rows
from tests.imported_rows import OURS, rows

PHONE = Telephone("+221771234521", "mobile")


def look(database, given, answers=None, scope=OURS):
    return imported_rows.look(database, "members", given, answers, scope)


def take(database, given, answers=None):
    return imported_rows.take(database, "members", given, answers)


def members(database):
    with database.read() as reader:
        rows = select(Person.name, Member.card, Member.state, Number.phone, Number.place, MemberProfile.__table__)
        rows = rows.select_from(Member).join(Person).outerjoin(Number, Number.person_id == Person.id)
        return reader.execute(rows.outerjoin(MemberProfile).where(Member.id > 6).order_by(Member.id)).all()


FAMILY = rows(
    {"order": "L.116", "name": "DIOP Modou", "phone": PHONE, "birth": date(1981, 5, 6), "sex": "M"},
    {"order": "V.161", "name": "DIOP Awa", "phone": PHONE, "birth": date(1981, 5, 7), "sex": NoValue(said=True)},
    {"order": "L.080", "name": "FALL Ibra", "birth": 1962, "address": "Caritas"},
)


def named(name, **more):
    return {"name": name, "phone": PHONE} | more
