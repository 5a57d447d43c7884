"""Call-backs and letters: who wants to be called, what members wrote. What is done here is what Bureau 6 does."""

from typing import get_args

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.coop.correspondence import call_backs as calls
from app.coop.correspondence import inbox
from app.coop.correspondence.senders import answered_before, senders_of
from app.coop.members.names import person_name
from app.sms import prices
from app.web.console.desk import act_here, denies, done, furnish
from app.web.console.list_pages import A_PAGE, mark, parted
from app.web.console.session import caller, desk, now, reader
from menus.call_backs import RESULTS, SAID

correspondence = Blueprint("correspondence", __name__, template_folder="templates")
furnish(correspondence)
LETTERS = 30
"""Of a page: each brings its form."""
denies(
    correspondence, "correspondence.call_backs", {calls.CallBackTaken: "Ce rappel est pris par un autre, ou fait. Rien n'est noté."}
)
denies(
    correspondence,
    "correspondence.letters",
    {
        inbox.LetterClosed: "Ce message a déjà sa réponse, ou n'est pas à vous. Rien n'est envoyé.",
        inbox.ReplyTooLong: f"Une réponse a de 1 à {inbox.MOST_CHARACTERS} signes. Rien n'est envoyé.",
    },
)


@correspondence.get("/call-backs")
def call_backs() -> Response:
    """Show who wants to be called, the oldest first."""
    waiting, more = parted(calls.waiting_for(reader(), _scope(), now(), A_PAGE + 1, mark("after")))
    takers = {one.taken_by: person_name(reader(), one.taken_by) for one in waiting if one.taken_by}
    shown = {"waiting": waiting, "more": more, "takers": takers, "results": RESULTS}
    return Response(render_template("console/call_backs.html", now=now(), **shown))


@correspondence.post("/call-backs/<int:call_back>/take")
def take(call_back: int) -> AnyResponse:
    """Take a call back: the other officers see so."""
    with desk().database.transaction() as transaction:
        calls.take(transaction, act_here(transaction, "call_backs", f"console:call:{call_back}"), call_back)
    return done("Ce rappel est à vous pour deux heures. Appelez, puis notez ce qu'il en est.", "correspondence.call_backs")


@correspondence.post("/call-backs/<int:call_back>/close")
def close(call_back: int) -> AnyResponse:
    """Note what a call came to, by who took it."""
    outcome = next((one for one in get_args(calls.Outcome) if one == request.form.get("outcome")), None)
    if outcome is None:
        return done("Dites ce qu'il en est de l'appel. Rien n'est noté.", "correspondence.call_backs")
    with desk().database.transaction() as transaction:
        act = act_here(transaction, "call_backs", f"console:call:{call_back}:{outcome}")
        given_up = calls.close(transaction, act, call_back, outcome)
        if given_up:
            calls.tell_given_up(transaction, act, call_back, given_up)
    return done("Retiré ; un SMS le lui dit." if given_up else SAID[outcome], "correspondence.call_backs")


@correspondence.get("/letters")
def letters() -> Response:
    """Show what members wrote and nobody answered, the oldest first."""
    scope, office = _scope(), caller().office
    waiting, more = parted(inbox.unread(reader(), scope, limit=LETTERS + 1, after=mark("after")), LETTERS)
    phones = {one.phone for one in waiting}
    senders, before = senders_of(reader(), phones), answered_before(reader(), office.scope, phones)
    price = prices.part_price(reader(), now(), desk().database.service.part_price)
    shown = {"waiting": waiting, "more": more, "senders": senders, "before": before, "price": price, "most": inbox.MOST_CHARACTERS}
    return Response(render_template("console/letters.html", now=now(), **shown))


@correspondence.post("/letters/<int:letter>/answer")
def answer(letter: int) -> AnyResponse:
    """Answer an SMS that no command understood, or close it without an answer."""
    with desk().database.transaction() as transaction:
        act = act_here(transaction, "call_backs", f"console:letter:{letter}")
        if "dismiss" in request.form:
            inbox.dismiss(transaction, act, letter)
            return done("Message classé sans réponse.", "correspondence.letters")
        parts = inbox.answer(transaction, act, letter, request.form.get("words", ""))
    return done(f"Réponse envoyée, en {parts} SMS.", "correspondence.letters")


def _scope() -> int | None:
    """Return whose call-backs and letters the caller reads."""
    return caller().office.cooperative_id
