"""`python -m tests.flow_costs`: what a flow costs, in lines, statements and files that stand for nothing else.

A piece is a whole file, or what is named of it: functions and classes of a module, screens of a YAML file, texts of `sms.yaml` that
begin with a word, a table of a migration. What flows share (the hand-over, approvals, the PIN) isn't any flow's; what five kinds
of payouts share (savings, advances, leases, settlements, aid) has a line of its own. The last two are of subjects that came after.
"""

import ast
import re
from pathlib import Path

BASELINE = "app/db/migrations/versions/2026_11_26_baseline.py"
AIDS = ("aid_asked", "aid_terms", "aid_relative", "ask_aid", "aids_to_decide", "aid_shown", "accept_aid", "refuse_aid", "_aid")
BOOKINGS = ("Booked", "BookingCancelled", "machines", "half_days", "book", "own_bookings", "cancel_booking", "booking_row")
FLOWS: dict[str, dict[str, tuple[str, ...]]] = {
    "savings withdrawn": {
        "app/coop/till/withdrawals.py": (),
        "menus/savings.py": (),
        "menus/savings.yaml": (),
    },
    "payouts of five kinds": {
        "app/coop/till/models.py": ("Payout",),
        "app/coop/till/payouts.py": (),
        "app/coop/till/expiry.py": (),
        BASELINE: ("payouts",),
        "menus/payouts.py": (),
        "menus/payouts.yaml": (),
        "menus/sms.yaml": ("payout_",),
    },
    "contest": {
        "app/coop/contests/models.py": (),
        "app/coop/contests/services.py": (),
        "app/coop/contests/answers.py": (),
        "app/coop/contests/deadlines.py": (),
        "app/coop/contests/clock.py": (),
        "app/coop/contests/own.py": (),
        "app/coop/contests/subject.py": (),
        BASELINE: ("contests",),
        "app/commands/contests.py": (),
        "menus/contests.py": (),
        "menus/contests.yaml": (),
        "menus/contest_answers.py": (),
        "menus/contest_answers.yaml": (),
        "menus/sms.yaml": ("contest_",),
    },
    "call back": {
        "app/coop/correspondence/models.py": ("CallBack",),
        "app/coop/correspondence/call_backs.py": (),
        BASELINE: ("call_backs",),
        "menus/call_backs.py": (),
        "menus/call_backs.yaml": (),
        "menus/member.py": ("CallBackSubject", "call_me", "WhoCalls", "who_calls", "_caller_of", "_subject"),
        "menus/member.yaml": ("call_me", "called"),
        "menus/sms.yaml": ("given_up",),
    },
    "aid: asked, decided, told": {
        "app/coop/solidarity/models.py": ("Aid",),
        "app/coop/solidarity/aids.py": (),
        "app/db/migrations/versions/2026_11_26_solidarity.py": ("aids",),
        "menus/solidarity.py": ("AidLimit", "RelativeFound", "AidWish", "AidRow", "OfAid", "RefusedAid", "ShownAid", *AIDS),
        "menus/solidarity.yaml": ("aid",),
        "menus/sms.yaml": ("aid_",),
    },
    "machine booked by half-days": {
        "app/coop/equipment/models.py": ("Booking", "HalfDay"),
        "app/coop/equipment/bookings.py": (),
        "app/coop/equipment/clock.py": (),
        "app/coop/equipment/queries.py": ("ShownBooking", "free_half_days", "bookings_of", "_booked"),
        "app/db/migrations/versions/2026_11_26_boutiques_technology.py": ("bookings", "half_days"),
        "menus/technology.py": ("MachineRow", "SlotRow", "BookingRow", "OfMachine", "OfSlot", "OfBooking", *BOOKINGS),
        "menus/technology.yaml": ("machines", "half_days", "book", "own_bookings", "cancel_booking"),
        "menus/sms.yaml": ("booking_",),
    },
}


def cost(path: str, names: tuple[str, ...]) -> tuple[int, int]:
    """Return the lines and the statements of a file, or of what is named of it. Raises LookupError when something isn't there."""
    text = Path(path).read_text("utf-8")
    if not names and path.endswith(".py"):
        return len(text.splitlines()), _statements(ast.parse(text))
    if not names:
        return len(text.splitlines()), sum(bool(line.strip()) for line in text.splitlines())
    pieces = [piece for name in names for piece in _pieces(path, text, name)]
    return sum(lines for lines, _ in pieces), sum(statements for _, statements in pieces)


def _pieces(path: str, text: str, name: str) -> list[tuple[int, int]]:
    if path.endswith(".yaml"):
        found = re.findall(rf"^  {name}\w*:.*\n(?:    .*\n|\n(?=    ))*", text, re.MULTILINE)
        pieces = [(len(piece.splitlines()), len(piece.splitlines())) for piece in found]
    else:
        pieces = [(_span(node), _statements(node)) for node in ast.walk(ast.parse(text)) if _is(node, name)]
    if not pieces:
        raise LookupError(f"{path}: {name}")
    return pieces


def _is(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name == name
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call).startswith(f"op.create_table('{name}'")


def _span(node: ast.AST) -> int:
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return node.end_lineno - first + 1


def _statements(tree: ast.AST) -> int:
    docstring = (ast.Expr, ast.Constant)
    return sum(
        isinstance(node, ast.stmt) and not (isinstance(node, docstring[0]) and isinstance(node.value, docstring[1]))
        for node in ast.walk(tree)
    )


if __name__ == "__main__":
    print("| flow | lines | statements | files |\n|---|---|---|---|")
    for flow, pieces in FLOWS.items():
        costs = [cost(path, names) for path, names in pieces.items()]
        print(f"| {flow} | {sum(lines for lines, _ in costs)} | {sum(count for _, count in costs)} | {len(pieces)} |")
