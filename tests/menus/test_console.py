"""Bureau 14: what was asked at the console is read back and done by the PIN, on the officer's own phone."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.coop.access import sign_in
from app.coop.console_requests import services
from app.coop.console_requests.models import ConsoleRequest
from app.coop.enrolment.console import Appointment
from app.coop.prices.console import AskedPrice
from app.coop.rights import Office
from tests import sample_declarations
from tests.acts import by

ADMINISTRATOR = Office(103, "administrator", None)


@pytest.fixture
def ask(line, database):  # noqa: ARG001 - it makes the village
    def asked(arguments, office=sample_declarations.CLERK):
        with database.transaction() as session:
            return services.ask(session, by(office, "console", datetime.now(UTC), "web"), arguments)

    return asked


def states(database):
    with database.read() as reader:
        return list(reader.scalars(select(ConsoleRequest.state)))


def test_the_pin_does_it_once(line, database, ask):
    ask(AskedPrice(1, 1_100))
    talk = line()
    assert "1 console" in talk.dial(["8"])
    talk.dial(["8", "14"])
    assert "Prix" in talk.type("2468")
    assert "CPS1: prix Thiof: 1 100 F par kg, avant 1 000 F." in talk.type("1")
    assert "CPS1: prix Thiof: 1 100 F par kg, avant 1 000 F. Code secret ?" in talk.type("1")
    assert "Code faux" in talk.type("1122")
    assert states(database) == ["waiting"]
    done = talk.type("2468")
    assert "Prix publié" in done
    assert talk.again() == done
    assert states(database) == ["done"]
    assert "Rien n'attend" in talk.type("1")


def test_it_is_refused_on_the_phone(line, database, ask):
    ask(AskedPrice(1, 1_100))
    talk = line()
    for entry in (talk.dial(["8", "14"]), *map(talk.type, ("2468", "1", "2", "1"))):
        said = entry
    assert "Refusé. Rien n'est changé." in said
    assert states(database) == ["refused"]


def test_what_was_withdrawn_meanwhile_is_not_done(line, database, ask):
    request = ask(AskedPrice(1, 1_100))
    talk = line()
    talk.dial(["8", "14"])
    for entry in ("2468", "1", "1"):
        talk.type(entry)
    with database.transaction() as session:
        services.end(session, by(sample_declarations.CLERK, "gone", datetime.now(UTC), "web"), request, "withdrawn")
    assert "Déjà fait, retiré" in talk.type("2468")


def test_what_changed_meanwhile_is_read_anew(line, database, ask):
    ask(AskedPrice(1, 1_100))
    talk = line()
    talk.dial(["8", "14"])
    for entry in ("2468", "1", "1"):
        talk.type(entry)
    other = line()
    other.dial(["8", "4", "1"])
    for entry in ("2468", "1", "1", "1050", "2468"):
        said = other.type(entry)
    assert "Prix publié" in said
    assert "a changé depuis" in talk.type("2468")
    assert states(database) == ["waiting"]
    talk.type("1")
    assert "avant 1 050 F" in talk.type("1")


def test_an_activation_number_is_shown_on_the_phone_alone(line, ask):
    ask(Appointment("auditor", phone="+221771110001", name="Fatou Sarr"), ADMINISTRATOR)
    talk = line(sample_declarations.ADMINISTRATOR)
    talk.dial(["8", "14"])
    for entry in ("2468", "1", "1"):
        talk.type(entry)
    assert "Charge confiée. Numéro d'activation " in talk.type("2468")


@pytest.fixture
def typed(line, database):  # noqa: ARG001 - it makes the village
    """Give a browser that typed the secretary's code, and the number that it shows."""
    desk = sign_in.SignInServices(database, b"k" * 32, b"k" * 32)
    browser, phone = sign_in.Browser("secret", "Firefox", "41.82.1.x"), sample_declarations.SECRETARY
    sign_in.ask_code(desk, phone, browser, known=False, now=datetime.now(UTC), draw=lambda _: 482190)
    assert sign_in.type_code(desk, phone, browser, code="482190", place="", now=datetime.now(UTC), draw=lambda _: 42)

    def enter():
        return sign_in.enter(desk, phone, browser, now=datetime.now(UTC))

    return enter


def test_the_number_on_the_page_and_the_pin_open_the_console(line, typed):
    talk = line()
    talk.dial(["8", "14"])
    assert "Entrer" in talk.type("2468")
    assert "Entrer à la console: Firefox, 41.82.1.x" in talk.type("1")
    assert "3 chiffres" in talk.type("42")
    assert "qui montre 042" in talk.type("042")
    assert typed() is None
    assert "C'est confirmé" in talk.type("2468")
    assert typed() is not None
    assert typed() is None


def test_another_number_opens_nothing_and_is_counted(line, typed):
    talk = line()
    talk.dial(["8", "14"])
    for entry in ("2468", "1", "999"):
        talk.type(entry)
    assert "rien n'est ouvert. Reste: 4" in talk.type("2468")
    assert typed() is None


def test_nobody_else_sees_who_comes_in(line, typed):
    talk = line(sample_declarations.PRESIDENT)
    talk.dial(["8", "14"])
    assert "Rien n'attend" in talk.type("2468")
    assert typed() is None


def test_a_request_and_a_sign_in_of_one_id_are_told_apart(line, database, ask):
    desk = sign_in.SignInServices(database, b"k" * 32, b"k" * 32)
    browser, phone = sign_in.Browser("secret", "Firefox", "41.82.1.x"), sample_declarations.SECRETARY
    sign_in.ask_code(desk, phone, browser, known=False, now=datetime.now(UTC), draw=lambda _: 482190)
    assert sign_in.type_code(desk, phone, browser, code="482190", place="", now=datetime.now(UTC), draw=lambda _: 42)
    ask(AskedPrice(1, 1_100))
    talk = line()
    talk.dial(["8", "14"])
    talk.type("2468")
    assert "prix Thiof: 1 100 F" in talk.type("2")
    talk.type("0")
    assert "Entrer à la console" in talk.type("1")
