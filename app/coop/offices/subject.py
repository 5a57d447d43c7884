"""Offices, as others must know them."""

from app.coop.offices.models import OfficerAct, Role
from app.coop.subject import BY_HAND, Rows, Subject

OFFICER = "who did it, in which office, is written for good"

subject = Subject(
    name="offices",
    rows=(Rows(Role, BY_HAND, "an office is told by number"), Rows(OfficerAct, OFFICER, OFFICER)),
)
