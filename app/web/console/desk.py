"""What all the console's pages share: the guard, the rooms of the navigation, an officer's act, what is said after it.

A set of pages is a blueprint in a file of its own, made ready by `furnish`; its rooms stand in `rooms.py`.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from flask import Blueprint, Response, g, redirect, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.coop.act import Act
from app.coop.console_requests import services as requests
from app.coop.offices.queries import office_for
from app.coop.rights import NotYours, Right
from app.web.console.rooms import groups_of
from app.web.console.session import caller, desk, guard, now, page_headers, say


def furnish(routes: Blueprint) -> None:
    """Put a set of pages behind the guard, with their headers, the navigation, and the sentence of the act before."""
    page_headers(routes)
    guard(routes)

    @routes.context_processor
    def common() -> dict[str, Any]:
        return {"groups": groups_of(caller().may), "said": session.pop("said", None)} if "caller" in g else {}

    @routes.errorhandler(NotYours)
    def not_yours(fault: NotYours) -> Response:
        del fault
        return say("Votre charge ne permet pas cela. Rien n'est fait.", 403)


def denies(routes: Blueprint, back: str, errors: Mapping[type[Exception], str | Callable[[Any], str]]) -> None:
    """Give the errors of the domain their sentences, as the menus' `denies` do: the page `back` says why nothing was done."""
    for error, said in errors.items():
        routes.register_error_handler(error, lambda fault, said=said: done(said if isinstance(said, str) else said(fault), back))


def act_here(transaction: Session, right: Right, operation: str) -> Act:
    """Return what the caller does by the office that has a right, in the scope that the page shows. Raises NotYours."""
    here, at = caller(), now()
    office = office_for(transaction, here.person_id, right, at.date(), scope=here.office.scope)
    return Act(office.person_id, "web", operation, at, by=office, phone=here.phone)


def ask_on_phone(arguments: msgspec.Struct, endpoint: str, **values: Any) -> AnyResponse:
    """Have an act wait for the caller's PIN under Bureau 14, and lead to a page that says so. Raises NotYours."""
    here, at, service = caller(), now(), desk().database.service
    try:
        with desk().database.transaction() as transaction:
            act = Act(here.person_id, "web", f"console:{here.sign_in}:{secrets.token_hex(8)}", at, by=here.office)
            requests.ask(transaction, act, arguments)
    except requests.TooManyRequests:
        return done(f"{requests.MOST_WAITING} demandes attendent déjà : confirmez-les ou retirez-les d'abord.", "requests.asked")
    except requests.RequestImpossible as no:
        return done(f"Impossible : {no}. Rien n'est demandé.", endpoint, **values)
    except requests.RequestTooLong:
        return done("C'est trop long pour être relu sur un téléphone. Rien n'est demandé.", endpoint, **values)
    return done(f"Demande notée. Pour la faire : {service.code}, puis 8, puis 14, et votre code secret.", endpoint, **values)


def done(said: str, endpoint: str = "console.overview", **values: Any) -> AnyResponse:
    """Lead to a page, which says once what was done."""
    session["said"] = said
    return redirect(url_for(endpoint, **values), 303)
