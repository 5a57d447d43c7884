"""What all the console's pages share: the guard, the rooms of the navigation, an officer's act, what is said after it.

A set of pages is a blueprint in a file of its own, made ready by `furnish`; its rooms stand in `rooms.py`.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from flask import Blueprint, Response, g, redirect, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.coop.act import Act
from app.coop.console_requests import services as requests
from app.coop.offices.acts import last_act_about
from app.coop.offices.queries import office_for
from app.coop.rights import NotYours, Right
from app.web.console.act_words import ACTS
from app.web.console.filters import clock
from app.web.console.rooms import BESIDE, groups_of
from app.web.console.session import caller, desk, guard, now, page_headers, reader, say

THINGS = {name: name for name in ("booking", "broadcast", "call_back", "idea", "letter", "offer", "office", "order", "training")}
THINGS |= {"machine": "equipment"}
"""What the journal calls the thing that a route's argument names."""


class NotAsked(Exception):
    """What was typed won't do: `says` why, in French, on the page of an endpoint."""

    def __init__(self, says: str, endpoint: str, **values: Any) -> None:
        super().__init__(says)
        self.says, self.endpoint, self.values = says, endpoint, values


def furnish(routes: Blueprint) -> None:
    """Put a set of pages behind the guard, with their headers, the navigation, and the sentence of the act before."""
    page_headers(routes)
    guard(routes)

    @routes.context_processor
    def common() -> dict[str, Any]:
        here = BESIDE.get(routes.name, routes.name)
        return {"groups": groups_of(caller().may), "here": here, "said": session.pop("said", None)} if "caller" in g else {}

    @routes.errorhandler(NotYours)
    def not_yours(fault: NotYours) -> Response:
        del fault
        return say("Votre charge ne permet pas cela. Rien n'est fait.", 403)

    @routes.errorhandler(NotAsked)
    def not_asked(fault: NotAsked) -> AnyResponse:
        return done(f"{fault.says} Rien n'est demandé.", fault.endpoint, **fault.values)


def check_seen(stands: object, what: str, endpoint: str, said: str = "", **values: Any) -> None:
    """Let nobody change what somebody else changed since the page was opened: its form carries as `seen` what stood then.

    Raises NotAsked, which shows what stands now (`said`, where that is written otherwise).
    """
    if request.form.get("seen") != str(stands):
        told = said or ("rien" if stands is None else str(stands))
        raise NotAsked(f"{what} a changé depuis que vous avez ouvert la page : {told}.{quicker()}", endpoint, **values)


def denies(routes: Blueprint, back: str, errors: Mapping[type[Exception], str | Callable[[Any], str]]) -> None:
    """Give the errors of the domain their sentences, as the menus' `denies` do: the page `back` says why nothing was done.

    Where another officer was quicker, it says who, when and what.
    """
    for error, said in errors.items():
        # Bound as a default: the loop's own name has the last error's sentence by the time that this is called.
        def denied(fault: Any, said: str | Callable[[Any], str] = said) -> AnyResponse:
            return done(f"{said if isinstance(said, str) else said(fault)}{quicker()}", back)

        routes.register_error_handler(error, denied)


def quicker() -> str:
    """Say what was done last about the thing that the route names, by an officer of the caller's scope; "" for nothing."""
    for thing, number in [(THINGS[name], number) for name, number in (request.view_args or {}).items() if name in THINGS]:
        last = last_act_about(reader(), caller().office.scope, f"{thing}:{number}")
        if last is not None:
            return f" En dernier : {ACTS.get(last.act, last.act)}, {last.name}, le {clock(last.at)}."
    return ""


def act_here(transaction: Session, right: Right, operation: str) -> Act:
    """Return what the caller does by the office that has a right, in the scope that the page shows. Raises NotYours."""
    here, at = caller(), now()
    # Asked anew in the act's own transaction: an office may have ended since the page was opened.
    office = office_for(transaction, here.person_id, right, at.date(), scope=here.office.scope)
    return Act(office.person_id, "web", operation, at, by=office, phone=here.phone)


def ask_on_phone(arguments: msgspec.Struct, endpoint: str, *more: msgspec.Struct, **values: Any) -> AnyResponse:
    """Have an act, and `more` behind it, wait for the caller's PIN under Bureau 14, and lead to a page that says so.

    Raises NotYours.
    """
    here, at, service = caller(), now(), desk().database.service
    try:
        with desk().database.transaction() as transaction:
            act = Act(here.person_id, "web", f"console:{here.sign_in}:{secrets.token_hex(8)}", at, by=here.office)
            for one in (arguments, *more):
                requests.ask(transaction, act, one)
    except requests.TooManyRequests:
        return done(f"{requests.MOST_WAITING} demandes attendent déjà : confirmez-les ou retirez-les d'abord.", "requests.asked")
    except requests.RequestImpossible as why:
        return done(f"Impossible : {why}.{quicker()} Rien n'est demandé.", endpoint, **values)
    except requests.RequestTooLong:
        return done("C'est trop long pour être relu sur un téléphone. Rien n'est demandé.", endpoint, **values)
    noted = f"{1 + len(more)} demandes notées. Pour les faire, dans l'ordre" if more else "Demande notée. Pour la faire"
    return done(f"{noted} : {service.code}, puis 8, puis 14, et votre code secret.", endpoint, **values)


def done(said: str, endpoint: str = "console.overview", **values: Any) -> AnyResponse:
    """Lead to a page, which says once what was done."""
    session["said"] = said
    return redirect(url_for(endpoint, **values), 303)
