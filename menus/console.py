"""What an officer asked at the console, and does here by PIN."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app.coop.access import sign_in_sessions
from app.coop.access.activation import drawn_from
from app.coop.console_requests import queries, services
from app.db.rows import require
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused, Ways
from menus.call_backs import age_words
from menus.hop import Hop, officers_act, who_of

menu = Bindings("console")
Sentence = Annotated[str, kinds.Kind("words", "m" * services.MOST_SAID, private=True)]
ISSUED = " Numéro d'activation {n}, 30 jours: à dire en face, jamais au téléphone."
CLOSED: Ways = {services.RequestClosed: "gone", services.RequestChanged: "changed"}


class RequestRow(msgspec.Struct, frozen=True):
    """A request; `mark` marks the sentence that it had when it was listed."""

    id: int
    age: Annotated[str, kinds.Kind("words", "59 min")]
    what: kinds.Short
    mark: str
    """Of a request; a sign-in that waits for its number has none, and its id below 0: one list holds both."""


class PickedRequest(msgspec.Struct, frozen=True):
    request: RequestRow


class ReadRequest(msgspec.Struct, frozen=True):
    asked: Sentence


class RequestEnded(msgspec.Struct, frozen=True):
    came: Annotated[str, kinds.Kind("words", "m" * 90)]
    issued: str


class KeptEnd(msgspec.Struct, frozen=True):
    done: RequestEnded


class RequestTold(msgspec.Struct, frozen=True):
    told: Annotated[str, kinds.Kind("text", "mmmmmmmmm " * 15, private=True)]


class RefusedRequest(msgspec.Struct, frozen=True):
    let_go: kinds.Phrase


class TypedNumber(PickedRequest, frozen=True):
    """The number that the page shows, as it was typed."""

    shown_number: str


class SignInRead(msgspec.Struct, frozen=True):
    browser: kinds.Short
    address: Annotated[str, kinds.Kind("words", "m" * 24)]
    since: kinds.Clock


class SignInEnded(msgspec.Struct, frozen=True):
    let_in: kinds.Phrase


@menu.rows()
def console_requests(hop: Hop) -> Sequence[RequestRow]:
    """Give what waits for this officer's PIN: sign-ins, then what was asked at the console, oldest first."""
    sign_ins = [RequestRow(-one.id, age_words(hop.now - one.asked_at), "Entrer", "") for one in _sign_ins(hop)]
    return sign_ins + [RequestRow(one.id, age_words(hop.now - one.asked_at), one.title, one.mark) for one in _waiting(hop)]


@menu.source(leads={"gone": None})
def console_sign_in(hop: Hop, kept: PickedRequest) -> SignInRead:
    """Say which browser asks to come in, and from where."""
    found = require(next((one for one in _sign_ins(hop) if one.id == -kept.request.id), None), Lead("gone"))
    return SignInRead(found.family, found.address, found.asked_at)


@menu.answer(refuses={"bad": None})
def shown_number(typed: str) -> kinds.Short:
    """Read the number on the page."""
    if not is_number(typed, 3, least=3):
        raise Refused("bad")
    return typed


@menu.effect(leads={"not_yours": None})
def confirm_sign_in(hop: Hop, session: Session, kept: TypedNumber) -> SignInEnded:
    """Let the browser in that shows this number."""
    left = sign_in_sessions.confirm_number(session, officers_act(session, hop, "console"), -kept.request.id, kept.shown_number)
    if left is None:
        return SignInEnded("C'est confirmé. Continuez sur l'écran.")
    return SignInEnded(f"Pas ce nombre: rien n'est ouvert. Reste: {left}.")


@menu.source(leads={"gone": None, "changed": None, "sign_in": None})
def console_request(hop: Hop, kept: PickedRequest) -> ReadRequest:
    """Say what would be done: names and figures, for the PIN is behind us."""
    if kept.request.id < 0:
        raise Lead("sign_in")
    found = require(next(iter(_waiting(hop, kept.request.id)), None), Lead("gone"))
    if found.mark != kept.request.mark:
        raise Lead("changed")
    return ReadRequest(found.words)


@menu.effect(leads={"not_yours": None}, ways=CLOSED)
def confirm_request(hop: Hop, session: Session, kept: PickedRequest) -> RequestEnded:
    """Do what was asked."""
    act = officers_act(session, hop, "console")
    done = services.confirm(session, act, kept.request.id, kept.request.mark, key=hop.desk.key)
    return RequestEnded(done.said, done.issued)


@menu.effect(leads={"not_yours": None}, ways=CLOSED)
def refuse_request(hop: Hop, session: Session, kept: PickedRequest) -> RefusedRequest:
    """Let a request go."""
    services.end(session, officers_act(session, hop, "console"), kept.request.id, "refused")
    return RefusedRequest("Refusé. Rien n'est changé.")


@menu.source()
def request_done(hop: Hop, kept: KeptEnd) -> RequestTold:
    """Say what came of it, with the activation number that this very act issued."""
    done = kept.done
    issued = ISSUED.format(n=f"{drawn_from(done.issued, hop.desk.key)(1_000_000):06d}") if done.issued else ""
    return RequestTold(done.came + issued)


def _sign_ins(hop: Hop) -> list[sign_in_sessions.WaitingSignIn]:
    who = who_of(hop)
    if who.trusted:
        return []
    with hop.desk.read() as reader:
        return sign_in_sessions.waiting_for_number(reader, who.person_id, hop.now)


def _waiting(hop: Hop, only: int | None = None) -> list[queries.WaitingRequest]:
    """Return what waits for who is on the line, on a number of their own: all of it, or one request."""
    who = who_of(hop)
    if who.trusted:
        return []
    with hop.desk.read() as reader:
        return queries.waiting_for(reader, who.person_id, who.scope, hop.now, only)
