"""Two co-operatives, and officers of one who walk to any screen of the other."""

import contextlib
from typing import get_args

import msgspec
from sqlalchemy import select

from app.coop.access.identity import who_holds
from app.coop.boutiques.models import Order
from app.coop.broadcasts.estimates import Draft, estimate
from app.coop.contests import services
from app.coop.offices.queries import Directory
from app.coop.payments.due import Wanted, due
from app.coop.payments.models import Payment
from app.coop.production.models import Weighing
from app.coop.rights import Right
from app.coop.till.models import Payout
from app.ussd.bindings import Hop, Lead, Refused
from menus.publication import compiled
from menus.registry import bindings
from menus.runtime import Desk
from tests import sample_cooperative, sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.commands.conftest import TERMS

MENU = compiled()
SCREENS = [screen for screen in MENU.screens.values() if screen.guard in get_args(Right)]
FIRST = {
    "sell": sample_declarations.TREASURER,
    "score": sample_declarations.PRESIDENT,
    "weigh": sample_declarations.SECRETARY,
    "pay": sample_declarations.TREASURER,
    "approve": sample_declarations.PRESIDENT,
}
SECOND = {"score": "+221770000302", "weigh": "+221770000301", "pay": "+221770000304"}
"""Who acts in CPS1 and in CPS2; the secretary where no other is named."""
TYPED = {
    "assisted_member": "00201",
    "hand_to": "00202",
    "line": "00204",
    "members_card": "00202",
    "other_card": "00203",
    "paper_line": "00203",
    "sign_reference": "payout",
    "pick_up": "order",
    "till_card": "00201",
    "till_hand_card": "00201",
    "till_payer": "00201",
}
"""What of CPS1's is typed at a question."""
NOBODYS = {
    "idea_points": "44444",
    "idea_product": "Huître",
    "idea_unit": "kg",
    "merge_into": "1",
    "counted": "97,5",
    "course_contract": "IRT 12/26",
    "course_last_day": "30092027",
    "course_level": "AUCUN",
    "job_commune": "TOUTES",
    "lot_place": "Saly",
    "split_units": "5",
    "job_trade": "Soudeur",
    "job_until": "15122026",
    "partner_contact": "Mme Sow",
    "partner_name": "CFP Mbour",
    "partner_places": "40",
    "partner_until": "31122027",
    "invoice_buyer": "Mairie de Joal",
    "invoice_phone": "1",
    "work_minutes": "90",
    "work_workers": "4",
    "work_cost": "5000",
    "lent_to": "CPS2",
    "offer_units": "10",
    "order_units": "1",
    "shelf_counted": "37",
    "shown_number": "123",
    "run_in": "50",
    "run_also_in": "5",
    "run_beside_out": "1",
    "keep_days": "180",
    "bought_name": "Thiof",
    "bought_unit": "kg",
    "bought_units": "50",
    "bought_source": "Salins de Palmarin",
    "run_out": "38",
    "technique_name": "Claies",
    "technique_steps": "Monter les claies sur pieds.",
    "assisted_place": "1",
    "contest_note": "Vu et compté",
    "grade": "1",
    "letter_words": "Oui, demain.",
    "member_name": "Fatou Ndiaye",
    "member_phone": "771112233",
    "new_phone": "771112277",
    "paper_day": "2311",
    "paper_number": "4711",
    "weighing_paper": "4711",
    "pay_way": "1",
    "pin": "2468",
    "price_amount": "1100",
    "quantity": "5",
    "reason": "1",
    "sign_number": "4711",
    "till_amount": "500",
    "till_asset": "Moteur",
    "till_sum_in": "500",
    "till_sum_out": "500",
    "till_times": "3",
    "training_day": "15122026",
    "training_place": "Mbour",
    "training_seats": "12",
    "training_title": "Couture",
    "weight": "12,5",
}
"""What is typed at questions that name nobody."""


class Houses:
    def __init__(self, database, clock, kept):
        self.database, self.clock, self.kept = database, clock, kept
        self.desk = Desk(database, sample_cooperative.PEPPERS, sample_cooperative.KEY, Directory(database, 0), TERMS)

    def found(self):
        database, clock = self.database, self.clock
        with database.transaction() as session:
            act = by(sample_declarations.CLERK, "matrix", clock(), "sms", sample_declarations.SECRETARY)
            estimate(session, act, Draft("CPS1", "Réunion du bureau", False, None), key=sample_cooperative.KEY, terms=TERMS)
        sample_deliveries.credited(database, [203], clock())
        self.kept = self._collected()
        self.kept["decided_idea"] = self.kept["unread_idea"]
        self.kept["merge_lot"] = self.kept["stock_lot"]
        firm = {"id": 1, "name": "SIRN", "until": "31/12/2027"}
        self.kept |= dict.fromkeys(("partner", "course_centre", "course_company", "job_company"), firm)
        for screen in ("till_hand_over", "hand_over", "leaver_confirm", "weigh_grade"):
            self.act(FIRST, MENU.screens[screen], self.kept, keep=True)
        with database.transaction() as session:
            credited, noted = (session.scalar(select(Weighing).where(Weighing.state == state)) for state in ("credited", "noted"))
            services.open_contest(session, own(credited.member_id, "contest", clock()), "weighing", credited.id)
            undo = {"undo": {"id": noted.id, "reference": "482913", "goods": "12,5 kg de Thiof", "member_id": 201}}
            [owed] = due(session, 1, Wanted(member_id=203), "cash", clock())
        one_due = {"one_due": {"member_id": 203, "card": "C00203", "amount": owed.amount}}
        self.kept = self.kept | self._collected() | undo | one_due

    def _collected(self):
        """Return what the sessions of CPS1's officers may keep: the first of each list, what is typed, what choices add."""
        kept = {}
        for screen in MENU.screens.values():
            for choice in screen.choices.values():
                kept = choice.keep | kept
        for screen in SCREENS * 4:
            with contextlib.suppress(LookupError, Lead, Refused, TypeError, msgspec.ValidationError):
                if screen.rows and screen.keep:
                    kept[screen.keep] = self.rows(FIRST, screen, kept)[0]
                elif screen.ask and screen.keep:
                    self._answered(screen, kept)
        return kept

    def _answered(self, screen, kept):
        try:
            kept[screen.keep] = self.ask(FIRST, screen, kept)
        except Lead as lead:
            kept[lead.name] = msgspec.to_builtins(lead.values)

    def hop(self, phones, right, kept):
        phone = phones.get(right, phones["weigh"])
        with self.database.read() as reader:
            [who] = who_holds(reader, phone)
        return Hop(self.desk, phone, self.clock(), "matrix", "t", "fr", msgspec.to_builtins(who), True, kept)

    def typed(self, ask):
        word = (TYPED | NOBODYS)[ask]
        if word == "order":
            with self.database.read() as reader:
                return reader.scalar(select(Order.code).where(Order.state == "reserved"))
        table = {"payment": Payment, "payout": Payout}.get(word)
        if table is None:
            return word
        with self.database.read() as reader:
            return reader.scalar(select(table.reference).where(table.state.in_(("handed_over", "handed")))) or ""

    def ask(self, phones, screen, kept):
        answer = bindings.answers[screen.ask]
        return msgspec.to_builtins(answer.call(self.hop(phones, screen.guard, kept), self.typed(screen.ask)))

    def rows(self, phones, screen, kept):
        return [msgspec.to_builtins(row) for row in bindings.rows_of[screen.rows].call(self.hop(phones, screen.guard, kept))]

    def act(self, phones, screen, kept, *, keep=False):
        with self.database.session() as session:
            done = bindings.effects[screen.effect].call(self.hop(phones, screen.guard, kept), session)
            session.commit() if keep else session.rollback()
            return done
