"""A small service for the engine alone: a till whose next screen asks the database, and scales whose last words don't."""

from typing import Annotated

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.database import Database
from app.db.operations import Operation
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Hop, Proved, Refused
from app.ussd.compiler import compile_menu

PINS = {"+221770000001": "7391", "+221770000002": "5083"}

OFFICER = "+221770000002"

MENU = """
start: home
trouble: trouble
words:
  back: "0 Retour"
  more: "9 Suite"
  "yes": "Confirmer"
  unknown: "Choix inconnu."
  empty: "Tapez un chiffre."
  nothing: "Panne. Rien n'est enregistré."
  unsure: "Nous vérifions."
  done: "Fait."
  diverged: "Cet appel est fini."
  several: "Une seule réponse."
  bye: "Au revoir."
  moved: "Le menu a changé."
guards:
  pin: {pin: pin}
screens:
  home:
    text: "Accueil"
    choices:
      1: {label: "Caisse", to: till}
      2: {label: "Balance", to: weight}
      3: {label: "Aide", to: help, for: {officer: {label: "Bureau", to: account}}}
      4: {label: "Compte", to: account}
      5: {label: "Don", to: gift}
  help:
    text: "Aide"
    choices:
      1: {label: "Peser", to: weight}
  account:
    guard: pin
    source: account
    text: "Compte {own}"
  pin:
    text: "Code secret ?"
    ask: pin
    free: true
    to: "@wanted"
    refusals: {wrong: "Code faux."}
  till:
    guard: pin
    source: account
    text: "Caisse {own}, {acts} fois. Quelle somme ?"
    ask: figure
    keep: amount
    to: pay
    refusals: {bad: "Un nombre."}
  pay:
    guard: pin
    text: "Payer {amount} ?"
    effect: pay
    done: till
  weight:
    guard: pin
    text: "Combien de kg ?"
    ask: figure
    keep: amount
    to: weigh
    refusals: {bad: "Un nombre."}
  weigh:
    guard: pin
    source: account
    text: "Peser {amount} ?"
    effect: weigh
    done: weighed
  weighed:
    end: "Fait: {figure}."
  gift:
    guard: pin
    text: "Quelle somme ?"
    ask: figure
    keep: amount
    to: give
    refusals: {bad: "Un nombre."}
  give:
    guard: pin
    text: "Donner {amount} ?"
    effect: give
    done: given
    said: "Fait: {figure}."
  given:
    guard: pin
    source: account
    text: "Fait: {figure}. Compte {own}"
    choices:
      1: {label: "Encore", to: gift}
      2: {label: "Balance", to: weight}
  trouble:
    text: "Une erreur. Rien n'est enregistré."
    choices:
      1: {label: "Aide", to: help}
"""

Figure = Annotated[int, kinds.Kind("count", "999")]
bindings = Bindings("till")
menu = compile_menu({"till": MENU})


class Desk(msgspec.Struct, frozen=True):
    database: Database


class Who(msgspec.Struct, frozen=True):
    phone: str


class Account(msgspec.Struct, frozen=True):
    own: Annotated[str, kinds.Kind("name", "m" * 20, private=True)]
    acts: Figure


class Typed(msgspec.Struct, frozen=True):
    amount: Figure


class Done(msgspec.Struct, frozen=True):
    figure: Figure


@bindings.caller(kinds=("officer",))
def caller(hop: Hop[Desk]) -> str:
    """Ask the database who calls; only the second number is an officer's."""
    _acts(hop)
    return "officer" if hop.phone == OFFICER else ""


@bindings.guard(name="pin", leads={"pin": None})
def pin_guard(hop: Hop[Desk]) -> Divert | None:
    """Ask the database, as the co-operative's own guards do."""
    _acts(hop)
    return None if hop.proved else Divert("pin", Who(hop.phone))


@bindings.answer(acts=True, secret=True, proves=True, refuses={"wrong": None})
def pin(hop: Hop[Desk], typed: str) -> Proved:
    _acts(hop)
    if typed != PINS[hop.phone]:
        raise Refused("wrong")
    return Proved(Who(hop.phone), opened=f"opened{hop.phone}")


@bindings.answer(refuses={"bad": None})
def figure(hop: Hop[Desk], typed: str) -> Figure:
    del hop
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3):
        raise Refused("bad")
    return int(typed)


@bindings.source()
def account(hop: Hop[Desk]) -> Account:
    return Account(f"de {hop.phone[-4:]}", _acts(hop))


@bindings.effect()
def pay(kept: Typed, session: Session) -> Done:
    return _do(kept, session)


@bindings.effect()
def weigh(kept: Typed, session: Session) -> Done:
    return _do(kept, session)


@bindings.effect()
def give(kept: Typed, session: Session) -> Done:
    return _do(kept, session)


def _do(kept: Typed, session: Session) -> Done:
    session.scalar(select(func.count()).select_from(Operation))
    return Done(kept.amount)


def _acts(hop: Hop[Desk]) -> int:
    with hop.desk.database.read() as reader:
        return reader.scalar(select(func.count()).select_from(Operation)) or 0
