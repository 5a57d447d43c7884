"""Random hands on members' and officers' phones, and a network that drops, repeats, reorders and forgets: what must hold anyway.

Each hop is judged as it happens: it fits, it isn't our fault's screen, a repeat gets the same bytes, and nothing acts but the
entry that confirms, on the screen that asked for it. `findings` judges what is left in the database.
"""

import random
from collections import Counter, defaultdict
from functools import cached_property

from sqlalchemy import func, select

from app.coop.boutiques.models import Order
from app.coop.payments.models import Payment
from app.coop.production.models import Declaration
from app.coop.verify import verify
from app.db.operations import Operation
from app.gsm7 import septets
from app.sms.models import Message
from app.ussd.entries import Call
from app.ussd.memory_store import MemoryStore
from app.ussd.menu import Choice
from app.ussd.menus import Reply
from tests import sample_cooperative, sample_declarations
from tests.ussd.conftest import Handset, OneMenu, engine_on

FATES = ("sent",) * 30 + ("repeated", "late", "shorter", "unseen", "dropped", "forgotten", "redialled")
PHONES = (
    sample_declarations.SECRETARY,
    sample_declarations.SECRETARY,
    sample_declarations.PRESIDENT,
    sample_declarations.TREASURER,
    sample_declarations.ADMINISTRATOR,
    sample_cooperative.AWA,
    sample_cooperative.SHARED,
    "+221770000201",
    sample_cooperative.NEW,
    sample_cooperative.NOBODY,
)
PINS = {sample_cooperative.SHARED: ("1357", "8642")}
TYPED = (
    *("1", "2", "3", "4", "5", "12,5", "25", "500", "1000", "15000", "2311", "4711"),
    *("00001", "00201", "C00202", "00104", "770000201", "770000012", "760000001", "771112233"),
    *("", "x", "-5", "1e9", "99999999999", "é" * 30, "00000", "482190"),
)
LIKELY = {
    "line": ("1", "1", "2", "3", "00201"),
    "paper_line": ("00201", "00202"),
    "weight": ("12,5", "25", "3"),
    "grade": ("1", "2", "3", "4"),
    "quantity": ("12,5", "25", "3"),
    "paper_day": ("2311", "2411", "0101"),
    "price_amount": ("1100", "2900", "1000"),
    "activation": ("482190",),
    "join_name": ("Fatou Ndiaye", "Fatou"),
    "member_name": ("Fatou Ndiaye",),
    "join_where": ("cps1", "joal"),
    "member_phone": ("1", "771112233"),
    "new_phone": ("771112233", "770000201"),
    "paper_number": ("4711", "4712"),
    "weighing_paper": ("4711", "4712"),
    "members_card": ("00001", "00201", "00004"),
    "peers_card": ("00001", "00201"),
    "assisted_member": ("00001", "00201", "770000201", "760000001"),
    "letter_words": ("Oui, demain.", "x" * 60),
    "pay_way": ("1", "1", "2"),
    "hand_to": ("1", "1", "00201", "00203"),
    "sign_number": ("4711", "4711", "4712"),
    "contest_note": ("Vu et compté", "On vous doit 5000 F", "x"),
    "till_card": ("00001", "00001", "00201", "00202", "00104"),
    "till_payer": ("00001", "00001", "00201", "00202", "00104"),
    "till_hand_card": ("00001", "00201"),
    "till_amount": ("500", "2000", "12 500 F", "90000", "x"),
    "till_sum_in": ("500", "2000", "12 500 F"),
    "till_sum_out": ("500", "2000", "12 500 F"),
    "till_times": ("3", "1"),
    "till_asset": ("Moteur 15 CV",),
    "innovation_words": ("Claies en bois", "x"),
    "technique_name": ("Claies",),
    "technique_steps": ("Monter les claies sur pieds.",),
    "run_in": ("50", "10", "1000"),
    "run_out": ("20", "4", "9000"),
    "counted": ("97,5", "0,0", "x"),
    "order_units": ("1", "1", "3", "90"),
    "offer_units": ("5", "x"),
    "shelf_counted": ("37", "40", "0,0"),
    "invoice_buyer": ("Mairie de Joal",),
    "invoice_phone": ("1", "771112233"),
    "bought_name": ("sel", "thiof"),
    "bought_unit": ("kg", "sac"),
    "bought_units": ("50", "0"),
    "bought_source": ("Salins de Palmarin", "x"),
    "run_also_in": ("2,5", "9000"),
    "run_beside_out": ("1", "9000"),
    "keep_days": ("180", "9999"),
    "work_minutes": ("90", "0"),
    "work_workers": ("4", "0"),
    "work_cost": ("5000", "x"),
    "lent_to": ("CPS2", "cps1"),
    "lot_code": ("L000000000", "246813571"),
    "idea_words": ("Vendre du sel", "x", "appelez 771234567"),
    "idea_points": ("44444", "55555", "9"),
    "idea_product": ("Huitre",),
    "idea_unit": ("kg",),
    "merge_into": ("2", "1"),
    "aid_relative": ("00102", "00201"),
    "candidate_name": ("Fatou Ndiaye",),
    "interested_name": ("Fatou Ndiaye",),
    "birth": ("2000", "29022004", "2010"),
    "birth_day": ("29022004",),
    "newcomer_name": ("Fatou Ndiaye",),
    "newcomer_commune": ("joal",),
    "guardian": ("Coumba Faye",),
    "training_day": ("15122026",),
    "training_seats": ("2", "12"),
    "training_title": ("Couture",),
    "training_place": ("Mbour",),
    "course_last_day": ("30092027",),
    "course_level": ("BFEM", "aucun"),
    "course_contract": ("IT-2026-17",),
    "job_trade": ("Soudeur",),
    "job_until": ("15122026",),
    "job_commune": ("joal", "toutes"),
    "partner_name": ("SIRN",),
    "partner_contact": ("Aminata Sow",),
    "partner_until": ("31122027",),
    "partner_places": ("40", "0"),
    "split_units": ("5", "0,5", "x"),
    "lot_place": ("Joal", "ici"),
    "shown_number": ("123", "x"),
    "withdraw_amount": ("500", "2000", "12500"),
}
"""What is often typed where; other questions get anything."""
HOPS_A_SESSION = 25
FAR = 99


class Hands:
    """Hands that dial and type as `seed` says; `seen` counts the screens that came."""

    def __init__(self, database, clock, seed: int) -> None:
        self.database, self.clock, self.store = database, clock, MemoryStore()
        self.engine = engine_on(database, self.store, clock)
        self.menu = OneMenu().menu
        self.random = random.Random(seed)  # noqa: S311 - the same walk for the same seed
        self.seen: Counter[str] = Counter()
        self.past: list[Call] = []
        self.away: dict[str, int] = {}
        self.stands: Reply | None = None

    def session(self) -> None:
        """Dial, and type until it ends or somebody gives up."""
        phone = Handset(self.engine, self.random.choice(PHONES), self.random.choice(("africastalking", "hubtel")))
        self.away = self.distances(self.random.choice(self.least_seen()))
        shows = self.dial(phone)
        for _ in range(HOPS_A_SESSION):
            if not self.stands.more:
                return
            shows = self.hop(phone, shows)

    def dial(self, phone: Handset) -> Reply:
        """Begin a session."""
        self.past = []
        self.stands = self.judged(phone.dial(*self.dialled()))
        return self.stands

    def hop(self, phone: Handset, shows: Reply) -> Reply:
        """Let one entry meet its fate; return what the phone shows then, which may be older than where its session `stands`."""
        self.clock.forward(seconds=self.random.randrange(5, 40))
        fate, entry = self.random.choice(FATES), self.entry(shows, phone.phone)
        if fate == "dropped":
            return shows
        if fate == "forgotten":
            self.store.sessions.clear()
        if fate == "redialled":
            return self.dial(phone)
        before, stood = self.acts(), self.stands
        self.past.append(phone.call([*phone.parts]))
        said = self.stands = self.judged(phone.type(entry))
        acted = self.acts() - before
        assert acted == 0 or (acted == 1 and said.event == "acted" and self.confirmed(stood, entry)), (stood, entry, said)
        if fate in ("repeated", "late", "shorter"):
            before = self.acts()
            again = phone.again() if fate == "repeated" else self.engine.answer(self.random.choice(self.past))
            assert fate != "repeated" or again.text == said.text, (said, again)
            assert self.acts() == before, (stood, entry, again)
        return shows if fate == "unseen" else said

    def confirmed(self, stands: Reply, entry: str) -> bool:
        """Tell whether an entry confirms what a screen showed."""
        screen = self.menu.screens[stands.screen]
        return (screen.form == "confirmation" and entry == "1") or (screen.form == "question" and bool(screen.effect))

    def dialled(self) -> list[str]:
        """Return what a dial string holds: mostly nothing."""
        return [str(self.random.randrange(1, 9)) for _ in range(self.random.choice((0, 0, 1, 2)))]

    def entry(self, stands: Reply, phone: str) -> str:
        """Return what somebody would type on a screen, now and then something else."""
        pick, screen = self.random.choice, self.menu.screens[stands.screen]
        if self.random.random() < 0.08:
            return pick(("0", "9", "00", "000", "000", "7", *TYPED))
        if screen.form == "choices":
            nearest = min(map(self.way, screen.choices.values()), default=FAR)
            wanted = [number for number, choice in screen.choices.items() if self.way(choice) == nearest]
            return str(pick(wanted if self.random.random() < 0.8 else [*screen.choices] or [0])) if screen.choices else "0"
        if screen.form == "list":
            return pick(("1", "1", "2", "3", "9", "0"))
        if screen.form == "confirmation":
            return pick(("1", "1", "1", "0"))
        if screen.ask in ("pin", "account_pin", "enrolling_pin", "chosen_pin", "same_pin"):
            return pick(PINS.get(phone, ("2468",)))
        if screen.ask in ("place", "assisted_place", "reason", "assisted_word"):
            return pick(("1", "2", "3"))
        if screen.ask == "pick_up" and self.random.random() < 0.6:
            return pick(self.codes() or ("123456",))
        if screen.ask in ("line", "paper_line", "weight", "grade", "hand_to", "sign_reference") and self.random.random() < 0.4:
            return pick(self.references())
        return pick(LIKELY.get(screen.ask or "", TYPED))

    def way(self, choice: Choice) -> int:
        """Return how many entries a choice leaves to the screen that this session is after."""
        return min(self.away.get(to, FAR) for to in (choice.to, *(face.to for face in choice.faces.values())))

    def least_seen(self) -> list[str]:
        """Return the screens that came least often so far."""
        fewest = min(self.seen[name] for name in self.menu.screens)
        return [name for name in self.menu.screens if self.seen[name] == fewest]

    def distances(self, *goals: str) -> dict[str, int]:
        """Return how many entries each screen is away from the nearest of some."""
        found, edge = dict.fromkeys(goals, 0), [*goals]
        while edge:
            edge = list(dict.fromkeys(name for goal in edge for name in self.behind.get(goal, ()) if name not in found))
            found |= dict.fromkeys(edge, max(found.values()) + 1)
        return found

    @cached_property
    def behind(self) -> dict[str, list[str]]:
        """Return the screens that lead to each."""
        found = defaultdict[str, list[str]](list)
        for screen in self.menu.screens.values():
            for target in set(screen.targets().values()):
                found[target].append(screen.name)
        return found

    def references(self) -> list[str]:
        """Return the references there are."""
        with self.database.read() as reader:
            return [*reader.scalars(select(Declaration.reference)), *reader.scalars(select(Payment.reference))]

    def codes(self) -> list[str]:
        """Return the pick-up codes there are."""
        with self.database.read() as reader:
            return list(reader.scalars(select(Order.code).where(Order.state == "reserved")))

    def acts(self) -> int:
        """Count what was done so far; a broadcast's code keeps an operation of its own, within the act."""
        with self.database.read() as reader:
            return reader.scalar(select(func.count()).where(Operation.act != "broadcast")) or 0

    def judged(self, reply: Reply) -> Reply:
        """Hold a reply to what every one of them promises."""
        self.seen[reply.screen] += 1
        assert reply.fault is None, (self.stands, reply)
        assert reply.event != "trouble", (self.stands, reply)
        assert 0 < septets(reply.text) <= 160, (self.stands, reply)
        return reply


def findings(database) -> list[object]:
    """Return what is wrong in the books, and each cause that two SMS to one number came of."""
    with database.read() as reader:
        twice = select(Message.cause, Message.to_number).group_by(Message.cause, Message.to_number).having(func.count() > 1)
        return [*verify(reader).wrong, *reader.execute(twice).all()]
