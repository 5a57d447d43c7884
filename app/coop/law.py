"""The law's table: which act of lending a co-operative's legal form allows, to whom not, by which article.

Read article by article in a digital copy of OHADA's uniform act on co-operatives (AUSCOOP, 2010), which binds SCOOPS and COOP-CA.
No lawyer has checked it yet: `docs/going-live.md` asks one, and a row that was checked says by whom and when.
"""

from datetime import date
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, SQLColumnExpression, and_, literal, or_, select, true
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Member
from app.coop.offices.models import Role
from app.coop.offices.queries import in_term

Form = Literal["SCOOPS", "COOP-CA", "GIE", "AER"]
Act = Literal["advance", "leasing", "overdraft", "guarantee", "on account"]
Verdict = Literal["allowed", "needs", "void"]
Whom = Literal["members", "officers", "others"]

READ_BY, READ_ON = "lu dans une copie numérique, à vérifier par un juriste", date(2026, 11, 25)
FORBIDDEN = {
    "251": "Art. 251: une SCOOPS ne prête pas à ses membres.",
    "313": "Art. 313: pas de prêt à qui a une charge ici.",
}
"""What an officer reads, by the article of AUSCOOP: at most 48 septets."""


class Rule(msgspec.Struct, frozen=True):
    """One row: an act of the co-operative under a form, for whom, and what the law says of it.

    `needs` says what must come first, in French. `article` is AUSCOOP's, empty where it binds nobody.
    """

    act: Act
    form: Form
    whom: Whom
    verdict: Verdict
    article: str = ""
    needs: str = ""
    checked_by: str = READ_BY
    checked_on: date = READ_ON


TABLE: tuple[Rule, ...] = (
    # act           form       whom        verdict    article
    Rule("advance", "SCOOPS", "members", "void", "251"),
    Rule("leasing", "SCOOPS", "members", "void", "251"),
    Rule("overdraft", "SCOOPS", "members", "void", "251"),
    Rule("guarantee", "SCOOPS", "members", "void", "251"),
    Rule("advance", "COOP-CA", "officers", "void", "313"),
    Rule("leasing", "COOP-CA", "officers", "void", "313"),
    Rule("overdraft", "COOP-CA", "officers", "void", "313"),
    Rule("guarantee", "COOP-CA", "officers", "void", "313"),
    Rule("advance", "COOP-CA", "others", "allowed", "313"),
    Rule("leasing", "COOP-CA", "others", "allowed", "313"),
    Rule("overdraft", "COOP-CA", "others", "allowed", "313"),
    Rule("guarantee", "COOP-CA", "others", "needs", "312", "l'autorisation préalable du conseil d'administration"),
    # The uniform act binds neither form.
    *(Rule(act, form, "members", "allowed") for form in ("GIE", "AER") for act in ("advance", "leasing", "overdraft", "guarantee")),
    # a delivery is the member's own money: what is paid on it is no loan
    *(Rule("on account", form, "members", "allowed") for form in ("SCOOPS", "COOP-CA", "GIE", "AER")),
)


class Unlawful(Exception):
    """The law voids the act: `rule` is its row, the argument what an officer reads."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(FORBIDDEN[rule.article])
        self.rule = rule


def check(reader: Connection | Session, act: str, member_id: int, today: date) -> None:
    """Raise Unlawful when the member's co-operative may not do this for them; an act that isn't in the table is none of lending."""
    whose = select(Cooperative.legal_form).join(Member, Member.cooperative_id == Cooperative.id).where(Member.id == member_id)
    form = reader.scalar(whose.where(forbidden(literal(act), today)))
    if form is not None:
        raise Unlawful(rule_of(act, form))


def forbidden(act: SQLColumnExpression[str], today: date) -> ColumnElement[bool]:
    """Say in SQL, over Cooperative and Member, that the law voids an act on a day."""
    officer = (Role.person_id == Member.person_id) & (Role.cooperative_id == Member.cooperative_id) & in_term(today)
    holds = {"members": true(), "officers": select(Role.id).where(officer).exists()}
    return or_(
        *(and_(act == row.act, Cooperative.legal_form == row.form, holds[row.whom]) for row in TABLE if row.verdict == "void")
    )


def is_void(act: Act, form: str, *, officer: bool) -> bool:
    """Tell whether the law voids an act under a form, for an officer of the co-operative or another member."""
    whom = ("members", "officers" if officer else "others")
    return any((row.act, row.form, row.verdict) == (act, form, "void") and row.whom in whom for row in TABLE)


def rules(act: str, form: str) -> tuple[Rule, ...]:
    """Return what the table says of an act under a form."""
    return tuple(row for row in TABLE if (row.act, row.form) == (act, form))


def rule_of(act: str, form: str) -> Rule:
    """Return the row that voids an act under a form."""
    return next(row for row in TABLE if (row.act, row.form, row.verdict) == (act, form, "void"))
