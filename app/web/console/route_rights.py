"""Which right each of the console's routes takes: a line a blueprint for its pages, and a line for each route that acts."""

from collections.abc import Mapping

from app.coop.rights import Right

ROUTES: Mapping[str, Right] = {
    "access": "console",
    "access.begin": "console",
    "access.end": "console",
    "access.end_others": "console",
    "access.prove": "console",
    "access.remove": "console",
    "broadcasts": "read",
    "broadcasts.ask": "broadcast",
    "broadcasts.confirm": "broadcast",
    "broadcasts.drop": "broadcast",
    "broadcasts.write": "broadcast",
    "console": "read",
    "console.sign_out": "console",
    "console.stop": "stop",
    "cooperatives": "read",
    "correspondence": "call_backs",
    "correspondence.answer": "call_backs",
    "correspondence.close": "call_backs",
    "correspondence.take": "call_backs",
    "decisions": "read",
    "equipment": "read",
    "equipment.decide": "boutiques",
    "equipment.hand_out": "boutiques",
    "equipment.repair": "boutiques",
    "equipment.take_back": "boutiques",
    "figures": "figures",
    "ideas": "read",
    "ideas.decide": "boutiques",
    "ideas.decline": "boutiques",
    "ideas.score": "score",
    "imports": "people",
    "imports.answers": "people",
    "imports.ask": "people",
    "imports.take_back": "people",
    "imports.upload": "people",
    "imports.write": "people",
    "journal": "read",
    "ledger": "read",
    "ledger.reverse": "pay",
    "lots": "read",
    "lots.recall": "read",
    "members": "read",
    "offices": "read",
    "offices.end": "offices",
    "offices.first_use": "offices",
    "offices.give": "offices",
    "offices.prolong": "offices",
    "papers": "read",
    "papers.cards": "people",
    "papers.lot_labels": "boutiques",
    "papers.members": "registers",
    "papers.shares": "registers",
    "papers.weighing_list": "weigh",
    "payments": "read",
    "payments.file": "payment_files",
    "payments.references": "payment_files",
    "payments.take_references": "payment_files",
    "prices": "read",
    "prices.ask": "price",
    "requests": "console",
    "requests.withdraw": "console",
    "sales": "read",
    "sales.end": "boutiques",
    "sales.hand_over": "sell",
    "sales.paid": "sell",
    "sales.pick_up": "sell",
    "sales.refund": "sell",
    "solidarity": "read",
    "trainings": "read",
    "trainings.applicants": "read",
    "trainings.choose": "training",
    "weighings": "read",
}
"""By endpoint, or by blueprint where an endpoint has no line of its own.

`act_here` asks for the office again, in the act's transaction.
"""


def right_of(endpoint: str) -> Right:
    """Return the right that a route takes; one without a line is for those who read."""
    return ROUTES.get(endpoint) or ROUTES.get(endpoint.partition(".")[0], "read")
