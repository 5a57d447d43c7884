"""`NON <réf>` takes back what an officer did for the sender, and nothing else."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import update

from app.coop.production import assisted_acts, weighing_lookup, weighings
from app.coop.production.models import Declaration
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.acts import by


@pytest.fixture
def done(desk):
    sample_declarations.appoint(desk.database)
    with desk.database.transaction() as session:
        done = assisted_acts.declare(
            session, by(sample_declarations.CLERK, "assist", desk.clock(), channel="bureau"), 1, 1, Decimal(25)
        )
    return done.declaration.reference


def states(desk):
    return [row.state for row in desk.rows(Declaration)]


def test_it_is_undone_once_and_another_officer_told(desk, done):
    for text in (f"NON {done}", f"non, {done} !"):
        desk.say(text)
    assert [row.text for row in desk.answers() if row.to_number == sample_cooperative.AWA] == [
        f"Jappoo: réf {done} contestée le {desk.clock():%d/%m/%Y}: annulée."
    ] * 2
    assert states(desk) == ["cancelled"]
    assert [row.to_number for row in desk.answers() if row.purpose == "security"] == [sample_declarations.PRESIDENT]


@pytest.mark.parametrize(
    "text",
    ["NON, {ref}.", "non {ref[0]} {ref[1]}", "NON{ref}", "Non réf {ref} merci", "Re: NON {ref}", "NON {ref} ce n'est pas moi"],
)
def test_a_no_is_read_as_people_write_it(desk, done, text):
    spaced = text.replace("{ref[0]} {ref[1]}", f"{done[:3]} {done[3:]}").replace("{ref}", done)
    desk.say(spaced)
    assert states(desk) == ["cancelled"]


def test_what_was_weighed_is_a_matter_for_a_call(desk, done):
    with desk.database.transaction() as session:
        session.execute(update(Declaration).values(state="weighed"))
    desk.say(f"NON {done}")
    assert "on vous rappelle" in next(row.text for row in desk.answers() if row.to_number == sample_cooperative.AWA)
    assert states(desk) == ["weighed"]


@pytest.mark.parametrize("sender", [sample_cooperative.SHARED, sample_cooperative.NOBODY, sample_declarations.SECRETARY])
def test_nobody_else_can_contest_it(desk, done, sender):
    assert "rien n'a été fait" in desk.say(f"NON {done}", sender=sender)
    assert states(desk) == ["declared"]


@pytest.mark.usefixtures("done")
@pytest.mark.parametrize("text", ["NON", "NON 000000", "NON merci"])
def test_what_means_nothing_of_hers_changes_nothing(desk, text):
    assert "rien n'a été fait" in desk.say(text)
    assert states(desk) == ["declared"]
    assert not [row for row in desk.rows(Message) if row.purpose == "security"]


def test_what_was_credited_is_answered_with_a_number_and_a_day(desk, done):
    with desk.database.transaction() as session:
        what = weighing_lookup.by_reference(session, 1, done, desk.clock().year)
        note, confirm = (by(sample_declarations.CLERK, operation, desk.clock()) for operation in ("note", "confirm"))
        weighings.note(session, note, what, weight=Decimal(25), grade="A", weighed_at=desk.clock())
        weighings.confirm(session, confirm, upto=1 << 31, francs=25_000)
    assert re.search(rf"réclamation \d{{6}} notée \(réf {done}\)", desk.say(f"NON {done}"))
