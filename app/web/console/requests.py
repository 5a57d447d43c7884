"""What the officer asked here and does on the phone: its state, and the way to withdraw it."""

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from app.coop.console_requests import queries, services
from app.web.console.desk import act_here, done, furnish
from app.web.console.list_pages import before as before_id
from app.web.console.session import caller, desk, now, reader

request_pages = Blueprint("requests", __name__, url_prefix="/requests", template_folder="templates")
furnish(request_pages)
STATES = {
    "waiting": "Attend votre code secret",
    "done": "Fait",
    "failed": "Impossible",
    "refused": "Refusé au téléphone",
    "withdrawn": "Retiré",
    "expired": "Trop vieux",
}


@request_pages.get("")
def asked() -> Response:
    """Show what the officer asked, the newest first."""
    before = before_id()
    found = queries.asked_by(reader(), caller().person_id, now(), before)
    older = found[-1].id if len(found) == queries.PAGE else None
    code, lives = desk().database.service.code, services.LIVES
    page = render_template("console/requests.html", found=found, older=older, states=STATES, code=code, lives=lives)
    return Response(page)


@request_pages.post("/<int:asked_id>/withdraw")
def withdraw(asked_id: int) -> AnyResponse:
    """Take one's own request back."""
    with desk().database.transaction() as transaction:
        act = act_here(transaction, "console", f"console:withdraw:{asked_id}")
        try:
            services.end(transaction, act, asked_id, "withdrawn")
        except services.RequestClosed:
            return done("Cette demande n'attend plus. Rien n'est changé.", "requests.asked")
    return done("Demande retirée. Rien n'est fait.", "requests.asked")
