"""The solidarity fund at the console: rules and what members were told; sums and open cases to those alone who decide.

Why aid is asked for, and by whom, is on no page: that is read at Bureau 13, behind the PIN.
"""

from flask import Blueprint, Response, render_template

from app.coop.offices.queries import offices_of
from app.coop.solidarity import aids, fund
from app.coop.till.solidarity_fund import fund_of
from app.web.console.desk import furnish
from app.web.console.list_pages import A_PAGE, before
from app.web.console.session import caller, desk, now

solidarity = Blueprint("solidarity", __name__, url_prefix="/solidarity", template_folder="templates")
furnish(solidarity)
REASONS = {"death": "un décès", "illness": "une maladie", "catch": "une pêche perdue", "other": "autre chose"}


@solidarity.get("")
def funds() -> Response:
    """Show a co-operative's rules and reports, to who decides also its sums and cases that wait; to the federation all reports."""
    at, scope = now(), caller().office.scope
    page: dict[str, object] = {"rules": None, "sums": None, "cases": (), "names": REASONS, "now": at}
    with desk().database.transaction() as session:
        told = fund.reports(session, scope, most=A_PAGE + 1, before=before())
        held = [one for one in offices_of(session, caller().person_id, at.date()) if one.scope == scope]
        decides = next((one for one in held if one.may("approve")), None)
        if not scope.is_federation:
            page["rules"] = fund.rules_of(session, scope.cooperative)
        if decides and not scope.is_federation:
            page["sums"], page["cases"] = fund_of(session, scope.cooperative), aids.to_decide(session, decides, at)
    more = told[A_PAGE - 1][1].id if len(told) > A_PAGE else None
    return Response(render_template("console/solidarity.html", told=told[:A_PAGE], more=more, **page))
