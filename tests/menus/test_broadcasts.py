"""Bureau 2: an officer's estimates, sent by her PIN where her word by SMS is dead or was pushed out by somebody who forges it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.commands.inbound import Clerk
from app.coop.members.models import Number
from app.coop.offices.models import OfficerAct
from app.gateways.callbacks import IncomingSms
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Message
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.commands.conftest import TERMS

WITHOUT_QUIET = TERMS.__class__(**{**{name: getattr(TERMS, name) for name in TERMS.__struct_fields__}, "quiet": None})


@pytest.fixture
def said(line, database):  # noqa: ARG001 - the line has officers appointed
    """Send an SMS as an officer's number, and give what the outbox got for it."""
    clerk = Clerk(database, sample_cooperative.KEY, "21512", WITHOUT_QUIET)
    count = iter(range(1000))

    def say(text, sender=sample_declarations.SECRETARY):
        sms_id = f"menu{next(count)}"
        incoming_sms.hear(clerk, IncomingSms(sms_id, sender, "21512", text, None), datetime.now(UTC))
        with database.read() as reader:
            return reader.scalar(select(Message.text).where(Message.cause == f"sms:africastalking:{sms_id}"))

    return say


def sent(database):
    with database.read() as reader:
        of_broadcasts = Message.cause.startswith("broadcast:")
        return reader.scalar(select(func.count()).select_from(Message).where(of_broadcasts))


def open_estimates(line, phone=sample_declarations.SECRETARY):
    talk = line(phone)
    talk.dial(["8", "2"])
    assert "Diffusions: vos devis" in talk.type("2468")
    return talk, talk.type("1")


def test_an_estimate_is_sent_by_the_pin_as_by_its_code(said, line, database):
    code = said("DIFF TOUS Marché fermé").partition("OUI ")[2].split()[0]
    talk, listed = open_estimates(line)
    assert "1 0 min tous, CPS1 Marché fermé" in listed
    shown = talk.type("1")
    assert 'tous, CPS1: 4 numéros, 80 F. "CPS Joal: Marché fermé" Votre code secret ?' in shown
    assert "Code faux" in talk.type("7391")
    assert sent(database) == 0
    assert "Envoi 1: 4 numéros, 80 F" in talk.type("2468")
    assert sent(database) == 4
    assert "envoi 1" in said(f"OUI {code}")
    assert sent(database) == 4
    with database.read() as reader:
        assert reader.execute(select(OfficerAct.act, OfficerAct.channel)).all() == [("broadcast", "ussd")]


def test_what_went_by_sms_meanwhile_goes_once(said, line, database):
    code = said("DIFF TOUS Marché fermé").partition("OUI ")[2].split()[0]
    talk, _ = open_estimates(line)
    talk.type("1")
    assert "envoi 1" in said(f"OUI {code}")
    assert "Envoi 1: 4 numéros" in talk.type("2468")
    assert sent(database) == 4


def test_where_the_word_is_dead_or_pushed_out_the_pin_still_sends(said, line, database):
    """Whoever forges her number can use up her codes and bring estimates of their own: hers waits all the same."""
    said("URGENT TOUS Tempête cette nuit")
    for number in range(6):
        said(f"DIFF TOUS envoyez votre argent {number}")
        said("OUI 000000")
    talk, listed = open_estimates(line)
    assert "envoyez votre" in listed
    while "Tempête" not in listed and "Tempete" not in listed:
        listed = talk.type("9")
    row = next(row.split()[0] for row in listed.splitlines() if "Temp" in row)
    assert "ALERTE tous, CPS1" in talk.type(row)
    assert "Envoi 1" in talk.type("2468")
    with database.read() as reader:
        assert reader.scalars(select(Broadcast.id).where(Broadcast.confirmed_at.is_not(None))).all() == [1]


def test_a_number_that_changed_lately_and_anothers_estimate_send_nothing(said, line, database):
    said("DIFF TOUS Marché fermé")
    with database.transaction() as session:
        lately = datetime.now(UTC) - timedelta(hours=71)
        session.execute(update(Number).where(Number.phone == sample_declarations.SECRETARY).values(registered_at=lately))
    talk, _ = open_estimates(line)
    talk.type("1")
    assert "72 h. Rien n'est envoyé" in talk.type("2468")
    other = line(sample_declarations.PRESIDENT)
    other.dial(["8", "2"])
    assert "Rien à approuver" in other.type("2468")
    assert sent(database) == 0


def test_an_estimate_that_is_too_old_is_gone(said, line, database):
    said("DIFF TOUS Marché fermé")
    talk, _ = open_estimates(line)
    talk.type("1")
    with database.transaction() as session:
        session.execute(update(Broadcast).values(estimated_at=datetime.now(UTC) - timedelta(minutes=15)))
    assert "Ce devis n'attend plus. Rien n'est envoyé" in talk.type("2468")
    assert sent(database) == 0
