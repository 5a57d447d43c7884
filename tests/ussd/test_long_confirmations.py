"""A confirmation of several pages acts by the line that was shown, and by no other entry."""

import itertools

import msgspec
import pytest

from app.ussd import kinds
from app.ussd.bindings import Bindings
from app.ussd.compiler import compile_menu
from app.ussd.engine import Engine
from app.ussd.memory_store import MemoryStore
from app.ussd.proof import Proof
from tests.ussd.conftest import Handset, OneMenu

MENU = """
start: home
trouble: trouble
words: {back: 0 Retour, more: 9 Suite, "yes": Confirmer, unknown: Inconnu., empty: Tapez., several: Une., bye: Adieu., done: Fait.,
  nothing: Panne., unsure: Attente., diverged: Fini., moved: Parti.}
screens:
  home: {text: "Accueil", choices: {1: {label: "Lettre", to: letter}}}
  letter: {source: letter, text: "{words}", effect: answer, done: answered}
  answered: {text: "Envoyé.", choices: {1: {label: "Accueil", to: home}}}
  trouble: {text: "Erreur."}
"""
bindings = Bindings("letters")


class Words(msgspec.Struct, frozen=True):
    words: kinds.PublicText


@bindings.source()
def letter() -> Words:
    return Words("quarante mots " * 15)


@bindings.effect()
def answer(session: list) -> None:
    session.append("answered")


class Acts:
    def __init__(self):
        self.done = []

    def perform(self, request, key, act, arguments, person_id, do, begun=0):  # noqa: ARG002 - it keeps no operations
        return do(self.done, key)

    def outcomes(self, requests, begun=0):  # noqa: ARG002
        return {}

    def outage(self, error):  # noqa: ARG002
        return False


@pytest.fixture
def acts():
    return Acts()


@pytest.fixture
def phone(acts, clock):
    menu = compile_menu({"letters": MENU})
    assert Proof(menu, bindings, {}).findings() == []
    shelf = OneMenu()
    shelf.menu = menu
    engine = Engine(
        store=MemoryStore(), shelf=shelf, acts=acts, bindings=bindings, desk=None, secret=b"s" * 32, constants={}, now=clock
    )
    held = Handset(engine, "+221770000001")
    held.dial()
    return held


def test_it_acts_only_where_its_line_was_shown(phone, acts):
    first = phone.type("1")
    assert "9 Suite" in first.text
    assert "Confirmer" not in first.text
    refused = phone.type("1")
    assert (refused.text.partition("\n")[0], acts.done) == ("Inconnu.", [])
    seen = next(reply for reply in (phone.type("9") for _ in range(5)) if "1 Confirmer" in reply.text)
    assert acts.done == []
    assert "9 Suite" not in seen.text
    assert phone.type("1").text.startswith("Envoyé.")
    assert acts.done == ["answered"]


def test_back_from_its_second_page_leads_to_its_first_where_it_does_not_act(phone, acts):
    phone.type("1")
    for _ in itertools.takewhile(lambda reply: "Confirmer" not in reply.text, (phone.type("9") for _ in range(5))):
        pass
    assert "9 Suite" in phone.type("0").text
    phone.type("1")
    assert acts.done == []


def test_a_question_has_one_page():
    asked = MENU.replace("effect: answer, done: answered", "ask: word, keep: word, to: answered")
    part = Bindings("questions")

    @part.answer()
    def word(typed: str) -> str:
        return typed

    whole = Bindings.join("all", [part, bindings])
    findings = [finding.words for finding in Proof(compile_menu({"letters": asked}), whole, {}).findings()]
    assert any("a question (fr) has one page" in words for words in findings)
