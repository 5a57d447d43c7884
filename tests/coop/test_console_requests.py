"""What is asked at the console: read back, done once by its officer's PIN, or let go."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.coop.access import activation
from app.coop.access.models import Activation
from app.coop.act import Act
from app.coop.boutiques.console import AskedPickUp
from app.coop.console_requests import kinds, queries, services
from app.coop.console_requests.models import ConsoleRequest
from app.coop.enrolment.console import Appointment, FirstUse, OfficeEnd, Prolongation
from app.coop.offices.models import OfficerAct, Role
from app.coop.prices.console import AskedPrice
from app.coop.prices.models import PriceProposal, PriceRow
from app.coop.rights import NotYours, Office
from app.coop.till import takings
from app.coop.till.console import Reversal
from app.gsm7 import fold, septets
from tests import sample_cooperative, sample_declarations

CLERK, ADMINISTRATOR = sample_declarations.CLERK, Office(103, "administrator", None)
TREASURER = Office(104, "treasurer", 1)
KEY = sample_cooperative.KEY
NEAR = AskedPrice(1, 1_100)


class Console:
    """Officers who ask at the console and confirm on the phone."""

    def __init__(self, database, clock):
        self.database, self.clock, self.count = database, clock, 0

    def _do(self, office, channel, do):
        self.count += 1
        with self.database.transaction() as session:
            return do(session, Act(office.person_id, channel, f"op {self.count}", self.clock(), by=office))

    def ask(self, arguments, office=CLERK, **more):
        return self._do(office, "web", lambda session, act: services.ask(session, act, arguments, **more))

    def waiting(self, office=CLERK, scope=None):
        with self.database.read() as reader:
            return queries.waiting_for(reader, office.person_id, scope, self.clock())

    def confirm(self, request, office=CLERK, seen=None):
        seen = seen or next((one.mark for one in self.waiting(office) if one.id == request), "")
        return self._do(office, "ussd", lambda session, act: services.confirm(session, act, request, seen, key=KEY))

    def end(self, request, state, office=CLERK):
        return self._do(office, "web", lambda session, act: services.end(session, act, request, state))

    def states(self):
        with self.database.read() as reader:
            return list(reader.scalars(select(ConsoleRequest.state).order_by(ConsoleRequest.id)))

    def count_of(self, model):
        with self.database.read() as reader:
            return len(reader.scalars(select(model.id)).all())


@pytest.fixture
def console(house, clock):
    return Console(house, clock)


def test_a_price_is_read_back_and_published_by_the_pin_once(console):
    before = console.count_of(PriceRow)
    request = console.ask(NEAR)
    [waits] = console.waiting()
    assert waits.words == "CPS1: prix Thiof: 1 100 F par kg, avant 1 000 F."
    assert console.count_of(PriceRow) == before
    done = console.confirm(request)
    assert (done.state, done.said, done.issued) == ("done", "Prix publié. Il vaut dès maintenant.", "")
    assert console.count_of(PriceRow) == before + 1
    with pytest.raises(services.RequestClosed):
        console.confirm(request, seen=waits.mark)
    assert console.waiting() == []
    with console.database.read() as reader:
        acts = list(reader.execute(select(OfficerAct.act, OfficerAct.channel).order_by(OfficerAct.id)))
    assert acts[0] == ("console asked", "web")
    assert acts[-1] == ("console done", "ussd")


def test_the_same_asked_twice_is_one(console):
    assert console.ask(NEAR) == console.ask(NEAR)
    assert console.ask(AskedPrice(1, 1_101)) != console.ask(NEAR)
    assert console.states() == ["waiting", "waiting"]


def test_nobody_else_confirms_or_withdraws_it(console):
    request = console.ask(NEAR)
    mark = console.waiting()[0].mark
    for office in (Office(102, "president", 1), ADMINISTRATOR):
        assert console.waiting(office) == []
        with pytest.raises(services.RequestClosed):
            console.confirm(request, office, seen=mark)
        with pytest.raises(services.RequestClosed):
            console.end(request, "withdrawn", office)


def test_it_is_asked_and_done_only_by_who_has_the_right(console, clock):
    with pytest.raises(NotYours):
        console.ask(Appointment("treasurer", "CPS1", card="C00001"))
    request = console.ask(NEAR)
    with console.database.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 101).values(until_on=clock().date() - timedelta(days=1)))
    with pytest.raises(NotYours):
        console.confirm(request)
    assert console.states() == ["waiting"]


def test_what_it_rests_on_changes_between_reading_and_pin(console):
    request = console.ask(NEAR)
    read = console.waiting()[0].mark
    console.confirm(console.ask(AskedPrice(1, 1_050)))
    with pytest.raises(services.RequestChanged):
        console.confirm(request, seen=read)
    [again] = console.waiting()
    assert "avant 1 050 F" in again.words
    assert console.confirm(request).state == "done"


def test_what_is_impossible_already_is_not_asked(console):
    with pytest.raises(services.RequestImpossible, match="déjà remis, payé ou passé"):
        console.ask(AskedPickUp(99))
    assert console.states() == []


def test_what_the_service_denies_ends_with_its_reason_and_changes_nothing(console):
    request = console.ask(AskedPrice(1, 5_000_000))
    done = console.confirm(request)
    assert done.state == "failed"
    assert done.said == "Impossible: ce prix ou ce produit n'est pas d'ici. Rien n'est changé."
    assert console.states() == ["failed"]
    assert console.count_of(PriceProposal) == 0


def test_a_far_price_waits_for_a_second_officer_as_always(console):
    assert "2e responsable" in console.confirm(console.ask(AskedPrice(1, 9_000))).said


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_what_is_let_go_is_done_no_more(console, state):
    request = console.ask(NEAR)
    mark = console.waiting()[0].mark
    console.end(request, state)
    with pytest.raises(services.RequestClosed):
        console.confirm(request, seen=mark)
    assert console.states() == [state]
    assert console.ask(NEAR) != request


def test_what_nobody_confirms_expires_and_can_be_asked_anew(console, clock):
    request = console.ask(NEAR)
    mark = console.waiting()[0].mark
    clock.forward(hours=12)
    assert console.waiting() == []
    with pytest.raises(services.RequestClosed):
        console.confirm(request, seen=mark)
    again = console.ask(NEAR)
    assert again != request
    assert console.states() == ["expired", "waiting"]
    clock.forward(hours=12)
    with console.database.transaction() as session:
        services.sweep(session, clock())
    assert console.states() == ["expired", "expired"]
    clock.forward(days=366)
    with console.database.transaction() as session:
        services.sweep(session, clock())
    assert console.states() == []


def test_an_officer_has_so_many_that_wait(console):
    for amount in range(services.MOST_WAITING):
        console.ask(AskedPrice(1, 1_000 + amount))
    with pytest.raises(services.TooManyRequests):
        console.ask(AskedPrice(1, 2_000))


def test_offices_are_given_prolonged_and_ended_by_the_administrator(console, clock):
    given = console.ask(Appointment("delegate", "CPS1", card="C00001", until_on=date(2027, 12, 31)), ADMINISTRATOR)
    [waits] = console.waiting(ADMINISTRATOR)
    assert waits.words == "Fédération: charge de délégation CPS1 à C00001 Awa 1 jusqu'au 31/12/2027."
    assert console.confirm(given, ADMINISTRATOR).said == "Charge confiée."
    with console.database.read() as reader:
        role = reader.scalar(select(Role.id).where(Role.person_id == 1))
    longer = console.ask(Prolongation(role), ADMINISTRATOR)
    assert console.waiting(ADMINISTRATOR)[0].words == "Fédération: prolonger la charge de délégation CPS1 de Awa 1, sans fin."
    assert console.confirm(longer, ADMINISTRATOR).state == "done"
    ended = console.ask(OfficeEnd(role), ADMINISTRATOR)
    assert console.confirm(ended, ADMINISTRATOR).said == "La charge a pris fin."
    with pytest.raises(services.RequestImpossible, match="cette charge est finie"):
        console.ask(OfficeEnd(role), ADMINISTRATOR)
    with console.database.read() as reader:
        until = reader.scalar(select(Role.until_on).where(Role.id == role))
    assert until == clock().date() - timedelta(days=1)


def test_the_last_administrator_stays(console):
    with console.database.read() as reader:
        role = reader.scalar(select(Role.id).where(Role.role == "administrator"))
    done = console.confirm(console.ask(OfficeEnd(role), ADMINISTRATOR), ADMINISTRATOR)
    assert (done.state, "au moins un administrateur" in done.said) == ("failed", True)


@pytest.mark.parametrize(
    "wanted",
    [Appointment("auditor", phone="+221771110001", name="Fatou Sarr"), FirstUse(sample_declarations.ADMINISTRATOR)],
    ids=["new", "again"],
)
def test_an_activation_number_is_drawn_for_the_phone_and_stands_in_no_row(console, wanted):
    done = console.confirm(console.ask(wanted, ADMINISTRATOR), ADMINISTRATOR)
    assert done.state == "done"
    number = f"{activation.drawn_from(done.issued, KEY)(1_000_000):06d}"
    with console.database.read() as reader:
        person = reader.scalar(select(Activation.person_id).where(Activation.used_at.is_(None), Activation.person_id > 100))
        kept = str(reader.execute(select(ConsoleRequest)).all())
    assert number not in kept
    opened = activation.try_activation(console.database, person, number, "hop", key=KEY, now=console.clock())
    assert isinstance(opened, activation.ActivationOpened)


def test_an_entrys_reversal_is_asked_and_another_officer_decides_it(console, desk):
    entry = desk.typed(takings.take_in, TREASURER, 1, "savings", 500)
    request = console.ask(Reversal(entry), TREASURER)
    [waits] = console.waiting(TREASURER)
    assert waits.words.startswith("CPS1: annuler Épargne 500 F du ")
    assert waits.words.endswith("C00001 Awa 1.")
    assert console.confirm(request, TREASURER).said == "Noté: un 2e responsable doit l'approuver."
    with pytest.raises(LookupError):
        kinds.kind_of(sample_declarations.CLERK)


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=lambda kind: kind.name)
def test_titles_fit_a_list(kind):
    assert septets(fold(kind.title)) <= 16


def test_two_kinds_never_have_one_name():
    taken = kinds.KINDS["price"]
    with pytest.raises(ValueError, match="price"):
        kinds.register([kinds.RequestKind(**{f: getattr(taken, f) for f in taken.__struct_fields__ if f != "title"}, title="x")])
