"""The way back: `0` leads to where one stood; what was done stands above the next screen once; no row slides out of sight."""

from collections.abc import Sequence

import msgspec
import pytest

from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Lead, Proved, Refused
from app.ussd.compiler import compile_menu
from app.ussd.engine import Engine
from app.ussd.memory_store import MemoryStore
from app.ussd.ports import Outcome
from app.ussd.proof import Proof
from app.ussd.render import pages
from tests.ussd.conftest import Handset, OneMenu

MENU = """
start: home
trouble: trouble
words: {back: 0 Retour, more: 9 Suite, "yes": Confirmer, unknown: Inconnu., empty: Tapez., several: Une., bye: Adieu., done: Fait.,
  nothing: Panne., unsure: Attente., diverged: Fini., moved: Parti.}
guards: {known: {pin: pin}}
screens:
  home: {text: "Accueil", choices: {1: {label: "Pesées", to: tasks}, 2: {label: "Caisse", to: desk}}}
  pin: {text: "Code ?", ask: pin, to: "@wanted"}
  tasks: {guard: known, list: tasks, row: "{what}", text: "Que faire ?", empty: "Rien.", keep: task, to: task}
  task: {guard: known, text: "{task.what}", choices: {1: {label: "Ici", to: here}, 2: {label: "Ailleurs", to: there}}}
  here: {guard: known, text: "Ici ?", effect: act, done: tasks,
    notice: "Fait: {what} pour Coumba Ndiaye de Mbour, son gros sac de mil et le petit panier de gejj."}
  there: {guard: known, text: "Ailleurs ?", effect: act, done: after}
  after: {guard: known, text: "Après {what}.", choices: {1: {label: "Les pesées", to: tasks}}}
  desk: {guard: known, source: shown, text: "Caisse", choices: {1: {label: "Carte", to: card}, 2: {label: "Privé", to: tasks}}}
  card: {guard: known, text: "Carte ?", ask: card, keep: card, to: paid, leads: {all: every}, refusals: {bad: "Pas ici."}}
  every: {guard: known, text: "Toutes", choices: {1: {label: "Une autre", to: card}}}
  paid: {guard: known, text: "Payer {card.number} ?", effect: pay, done: card, notice: "Payé {what}."}
  trouble: {text: "Erreur."}
"""
bindings = Bindings("way")


class Task(msgspec.Struct, frozen=True):
    id: int
    what: kinds.Short


class Done(msgspec.Struct, frozen=True):
    what: kinds.Short = ""


class Shown(msgspec.Struct, frozen=True):
    hidden: tuple[int, ...] = (2,)


class Card(msgspec.Struct, frozen=True):
    number: kinds.Short


class OfTask(msgspec.Struct, frozen=True):
    task: Task


class OfCard(msgspec.Struct, frozen=True):
    card: Card


@bindings.guard(name="known", leads={"pin": None})
def known(hop) -> Divert | None:
    return None if hop.proved else Divert("pin")


@bindings.answer(secret=True, proves=True)
def pin() -> Proved:
    return Proved()


@bindings.rows()
def tasks() -> Sequence[Task]:
    return [Task(number, f"pesée {number}") for number in range(1, 13)]


@bindings.source()
def shown() -> Shown:
    return Shown()


@bindings.answer(leads={"all": None}, refuses={"bad": None})
def card(typed: str) -> Card:
    if typed == "1":
        raise Lead("all")
    if len(typed) < 3:
        raise Refused("bad")
    return Card(typed)


@bindings.effect()
def act(session: list, kept: OfTask) -> Done:
    session.append(kept.task.id)
    return Done(kept.task.what)


@bindings.effect()
def pay(session: list, kept: OfCard) -> Done:
    session.append(kept.card.number)
    return Done(kept.card.number)


class Acts:
    def __init__(self):
        self.done, self.by_request = [], {}

    def perform(self, request, key, act, arguments, person_id, do, begun=0):  # noqa: ARG002 - it keeps no operations
        self.by_request[request] = do(self.done, key)
        return self.by_request[request]

    def outcomes(self, requests, begun=0) -> dict[str, Outcome]:  # noqa: ARG002
        return {request: self.by_request[request] for request in requests if request in self.by_request}

    def outage(self, error):  # noqa: ARG002
        return False


@pytest.fixture
def acts():
    return Acts()


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def line(acts, store, clock):
    def line(words: str) -> Handset:
        shelf = OneMenu()
        shelf.menu = compile_menu({"way": words}, bindings=bindings)
        assert Proof(shelf.menu, bindings, {}).findings() == []
        engine = Engine(
            store=store, shelf=shelf, acts=acts, bindings=bindings, desk=None, secret=b"s" * 32, constants={}, now=clock
        )
        held = Handset(engine, "+221770000001")
        held.dial()
        return held

    return line


@pytest.fixture
def phone(line):
    return line(MENU)


def tasks_shown(phone):
    phone.type("1")
    return phone.type("2468").text


def typed(phone, *entries):
    said = ""
    for entry in entries:
        said = phone.type(entry).text
    return said


def test_an_act_leads_back_to_the_list_with_what_was_done_above_it_once(phone, acts):
    tasks_shown(phone)
    said = typed(phone, "2", "1", "1")
    assert said.startswith("Fait: pesée 2 pour Coumba Ndiaye")
    assert "gejj.\nQue faire ?\n1 pesée 1\n" in said
    assert typed(phone, "3", "0").startswith("Que faire ?")
    assert typed(phone, "1", "1", "1").startswith("Fait: pesée 1 ")
    assert acts.done == [2, 1]
    assert typed(phone, "0").startswith("Accueil")


def test_back_from_what_comes_after_an_act_is_where_it_began_on_the_page_where_one_stood(phone):
    tasks_shown(phone)
    assert typed(phone, "9", "1", "2", "1").startswith("Après pesée 6.")
    assert typed(phone, "0").startswith("1 pesée 6\n")
    assert typed(phone, "1").startswith("pesée 6")


def test_a_choice_that_leads_back_is_a_step_back(phone):
    tasks_shown(phone)
    assert typed(phone, "1", "2", "1", "1").startswith("Que faire ?")
    assert typed(phone, "0").startswith("Accueil")


def test_no_row_slides_from_one_page_to_the_next_under_a_notice(phone):
    pages = [tasks_shown(phone), *(typed(phone, key) for key in ("88", "9", "88", "9"))]
    seen = [[line.split(" ", 1)[1] for line in said.split("\n") if "pesée" in line] for said in pages]
    assert seen[0] == seen[1] == [f"pesée {number}" for number in range(1, 6)]
    assert seen[2] == seen[3] == [f"pesée {number}" for number in range(6, 11)]
    assert seen[4] == ["pesée 11", "pesée 12"]


def test_where_a_notice_leaves_no_room_the_whole_page_comes_first(phone):
    tasks_shown(phone)
    said = typed(phone, "2", "1", "1")
    assert "pesée 5" not in said
    assert "9 Suite" in said
    assert [line for line in typed(phone, "9").split("\n") if "pesée" in line] == [f"{n} pesée {n}" for n in range(1, 6)]


def test_a_notice_that_leaves_no_row_any_room_stands_alone_before_the_whole_page():
    [page] = pages("Que faire ?", ["1 pesée"], more="9 Suite", back="0 Retour", notice="n" * 135)
    assert (page.text, page.cut) == ("n" * 135 + "\n9 Suite\n0 Retour", True)


def test_a_question_that_led_elsewhere_is_where_back_leads(phone):
    typed(phone, "2", "2468", "1")
    assert typed(phone, "1").startswith("Toutes")
    assert typed(phone, "0").startswith("Carte ?")
    assert typed(phone, "1", "1").startswith("Carte ?")
    assert typed(phone, "0").startswith("Caisse")


def test_the_next_one_follows_in_the_same_call(phone, acts):
    typed(phone, "2", "2468", "1", "2011")
    for number in ("2012", "2013"):
        assert typed(phone, "1").endswith("Carte ?\n0 Retour")
        assert typed(phone, number).startswith(f"Payer {number} ?")
    typed(phone, "1")
    assert acts.done == ["2011", "2012", "2013"]
    assert typed(phone, "0").startswith("Caisse")


def test_a_call_that_the_store_lost_says_what_was_done_behind_the_pin_alone(phone, store):
    tasks_shown(phone)
    typed(phone, "2", "1", "1")
    store.__init__()
    assert phone.again().text == "Code ?\n0 Retour"
    assert phone.type("2468").text.startswith("Fait: pesée 2 ")


@pytest.mark.parametrize(("leads", "said"), [("task", "pesée 2\n"), ("here", "Ici ?\n")])
@pytest.mark.parametrize(("notice", "words"), [(', notice: "Fait: {what}."', "Fait: pesée 2."), ("", "On recommence.")])
def test_a_lost_call_goes_home_behind_an_act_where_the_next_screen_wants_what_it_had(line, store, acts, leads, said, notice, words):
    menu = MENU.replace("done: after}", f"done: {leads}{notice}}}").replace("  after: ", "  # ")
    phone = line(menu.replace("words: {", 'words: {lost: "On recommence.", '))
    tasks_shown(phone)
    assert said in typed(phone, "2", "2", "1")
    store.__init__()
    phone.again()
    assert phone.type("2468").text.startswith(f"{words}\nAccueil\n")
    assert acts.done == [2]


def test_a_hidden_choice_is_not_shown_and_keeps_its_number(phone):
    assert typed(phone, "2", "2468") == "Caisse\n1 Carte\n0 Retour"
    assert typed(phone, "2").startswith("Que faire ?")


def test_a_notice_stands_above_no_screen_that_anybody_may_see():
    open_one = MENU.replace("done: card, notice", "done: home, notice")
    findings = [finding.words for finding in Proof(compile_menu({"way": open_one}, bindings=bindings), bindings, {}).findings()]
    assert findings == ["its notice stands above home, which can be seen without the guard"]


def test_what_was_done_is_kept_in_no_memory_of_screens(phone):
    typed(phone, "2", "2468", "1", "2011", "1", "2012", "1")
    [served] = phone.engine._menus._served.values()
    assert not any("Payé" in words for *_, words, _ in served.static)
