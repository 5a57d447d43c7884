"""A village with something for every list of the menu."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import update

from app.coop.boutiques import offers, orders, sales
from app.coop.console_requests import services as console_requests
from app.coop.correspondence import call_backs
from app.coop.enrolment import applications
from app.coop.equipment import bookings, custody
from app.coop.equipment.models import Booking
from app.coop.ideas import services as ideas
from app.coop.jobs import services as jobs
from app.coop.lots import purchases, stock
from app.coop.payments.due import Wanted
from app.coop.prices import proposals
from app.coop.prices.console import AskedPrice
from app.coop.rights import Office
from app.coop.solidarity import aids, fund
from app.coop.subjects import approvals
from app.coop.techniques import services as techniques
from app.coop.till import payouts
from tests import incoming_sms, sample_boutiques, sample_cooperative, sample_declarations, sample_deliveries, sample_trainings
from tests.acts import by, own
from tests.samples import sample


@sample
def settle(database, now) -> None:
    """Fill a migrated database with a village, its officers, four women, what they declared, and something for every list."""
    sample_declarations.staffed(database)
    women = sample_declarations.women(database, 4)
    sample_declarations.declared(database, women, now)
    sample_deliveries.credited(database, women, now, product=3)
    sample_deliveries.batch(database, now, wanted=Wanted(product_id=3))
    with database.transaction() as session:
        for phone in (sample_cooperative.AWA, sample_cooperative.NOBODY):
            call_backs.ask(session, phone, "Aide", person_id=None, cooperative_id=1, now=now)
        for amount in (2_100, 9_000):
            far = proposals.propose(session, by(sample_declarations.CLERK, f"hands:{amount}", now, "sms"), 2, amount, grade=None)
        proposals.confirm(session, by(sample_declarations.CLERK, "hands", now), far.id)
        for kind, member in (("withdrawal", 1), ("advance", 1), ("leasing", 201)):
            act = own(member, f"hands:{kind}:{member}", now)
            payouts.ask(session, act, kind, member, 2_000, instalments=2 * (kind != "withdrawal"))
        for person, role in ((101, "secretary"), (102, "president")):
            office = Office(person, role, 1)
            for wish in approvals.waiting_for(session, office, now)[-2:]:
                approvals.decide(session, by(office, f"hands:{person}:{wish.id}", now), wish.id, approved=True)
        fund.give(session, by(sample_declarations.CLERK, "hands:fund", now), 1, 60_000)
        aids.ask(session, own(204, "hands:aid", now), "illness", 5_000)
        sample_trainings.couture(session, now, 201, 202)
        sample_trainings.agreements(session, now)
        jobs.add_job(session, jobs.NewJob("Chantier naval", "Soudeur", "Mbour", 2, now.date() + timedelta(days=21)), now.date())
        applications.apply(session, 1, "Coumba Faye", "+221771112244", now=now)
        sample_boutiques.begin(session, now)
        for number, member in enumerate((201, 202), 1):
            ideas.propose(session, own(member, f"hands:idea:{member}", now), f"Secher des mangues {number}")
        ideas.publish(session, by(sample_declarations.CLERK, "hands:publish", now), 1)
        custody.add(session, by(sample_declarations.CLERK, "hands:dryer", now), 1, "Séchoir", "Joal", custody.HireTerms(500, 2_000))
        today = now.date() if now.hour < 13 else now.date() + timedelta(days=1)
        for member, days, half in ((201, 0, "am"), (201, 1, "am"), (203, 1, "pm")):
            act = own(member, f"hands:book:{days}:{half}", now)
            bookings.book(session, act, 1, today + timedelta(days=days), half)
        for booking, state in ((2, "out"), (3, "asked")):
            session.execute(update(Booking).where(Booking.id == booking).values(state=state))
        for number, member in enumerate((201, 202), 1):
            techniques.propose(session, own(member, f"hands:found:{member}", now), f"Claies sur pieds {number}")
        techniques.read(session, by(sample_declarations.CLERK, "hands:read", now), 1, published=True)
        techniques.add_technique(session, "Keccax braisé", "Laver, braiser, saler, sécher.", 1, (30, 45))
        bought = stock.NewLot(2, "caisse", Decimal(60), None, source="Joal")
        lot = purchases.buy(session, by(sample_declarations.CLERK, "hands:jars", now), 1, bought, 10_000)
        act = by(sample_declarations.CLERK, "hands:offer", now)
        offer = offers.put_up(session, act, offers.Put(lot.code, Decimal(40), 1_500, "Confiture", "Joal")).id
        orders.place(session, own(203, "hands:order", now), offer, Decimal(2))
        seller = Office(104, "treasurer", 1)
        sales.sell(session, by(seller, "hands:sold", now), offer, Decimal(1))
        sales.deliver(session, by(seller, "hands:invoice", now), offer, Decimal(1), "Cantine de Joal")
        bought = stock.NewLot(1, "kg", Decimal(100), 100_000, source="Joal")
        purchases.buy(session, by(sample_declarations.CLERK, "hands:bought", now), 1, bought, 90_000)
        incoming_sms.letter(session, "Qui peut venir ?", sample_cooperative.AWA, now)
        console_requests.ask(session, by(sample_declarations.CLERK, "hands:console", now, "web"), AskedPrice(1, 1_010))
