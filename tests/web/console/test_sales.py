"""The boutique témoin at the console: what is for sale, ordered, due and counted; nothing is handed over in a browser."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from app.coop.boutiques import counts, orders, sales
from app.coop.boutiques.models import Offer, Order
from app.coop.console_requests import services
from app.coop.console_requests.models import ConsoleRequest
from app.coop.lots.models import Lot
from app.coop.rights import Office
from tests import sample_boutiques, sample_cooperative, sample_declarations
from tests.acts import by, own
from tests.web.console.test_broadcasts import plain
from tests.web.console.test_pages import inside, rows

SECRETARY = sample_declarations.SECRETARY


@pytest.fixture
def counter(database, app, clock):  # noqa: ARG001 - it makes the village
    """Give CPS1 jars for sale, three of them ordered by Awa."""
    offer, _ = sample_boutiques.jars(database, clock(), units=10)
    with database.transaction() as session:
        act = own(1, "order", clock(), phone=sample_cooperative.AWA)
        return offer, orders.place(session, act, offer, Decimal(3))[0].code


def test_the_shelf_says_what_is_left_and_what_is_reserved(officer, counter):
    fatou = inside(officer, SECRETARY)
    fatou.get("/boutique")
    assert rows(fatou.page, "offers")[0].startswith(f"{counter[0]} Keccax du quai CPS1, Joal-Fadiouth, lot L")
    assert "1 500 F 7 sachets 3 sachets" in rows(fatou.page, "offers")[0]


def test_an_order_is_found_by_its_code_and_not_shown_without(officer, counter, database):
    fatou = inside(officer, SECRETARY)
    fatou.get("/boutique/orders")
    assert "3 sachets de Keccax du quai" in plain(fatou.page)
    assert counter[1] not in fatou.page
    fatou.get("/boutique")
    assert fatou.send("/boutique/pick-up", code=f" {counter[1][:3]} {counter[1][3:]}").status_code == 200
    assert "Awa 1 : 3 sachets de Keccax du quai , 4 500 F en espèces" in plain(fatou.page)
    fatou.send("/boutique/orders/1/hand-over", code=counter[1])
    assert "Demande notée" in fatou.page
    with database.read() as reader:
        assert reader.scalars(select(Order.state)).all() == ["reserved"]
        words = "CPS1: remettre 3 sachets de Keccax du quai à Awa 1, 4 500 F en espèces."
        assert reader.scalars(select(ConsoleRequest.words)).all() == [words]
    fatou.get("/boutique")
    fatou.send("/boutique/orders/1/hand-over", code="000000")
    assert "Rien n'est changé" in plain(fatou.page)
    assert fatou.send("/boutique/pick-up", code="000000").status_code == 400
    assert "Code inconnu ici" in fatou.page


def test_who_may_not_sell_finds_no_order(officer, counter):
    administrator = inside(officer, sample_declarations.ADMINISTRATOR)
    administrator.get("/boutique")
    assert "Code de retrait" not in administrator.page
    assert administrator.send("/boutique/pick-up", code=counter[1]).status_code == 403


def test_invoices_that_are_late_say_so(officer, counter, database, clock):
    with database.transaction() as session:
        sales.deliver(session, by(sample_declarations.CLERK, "invoice", clock()), counter[0], Decimal(2), "Cantine de Joal")
    clock.forward(days=31)
    fatou = inside(officer, SECRETARY)
    fatou.get("/boutique/orders?which=due")
    assert "facture F2026-00001, Cantine de Joal" in plain(fatou.page)
    assert "24/12/2026 en retard" in plain(fatou.page)


def test_what_moves_money_is_asked_and_done_by_the_pin(officer, counter, database, clock):
    clerk = sample_declarations.CLERK
    with database.transaction() as session:
        row = sales.deliver(session, by(clerk, "invoice", clock()), counter[0], Decimal(2), "Cantine de Joal").id
    president = inside(officer, sample_declarations.PRESIDENT)
    president.get("/boutique/orders?which=due")
    president.send(f"/boutique/orders/{row}/paid", box="here")
    assert "Rien n'est demandé" in plain(president.page)
    president.send(f"/boutique/orders/{row}/paid", box="bank")
    president.send(f"/boutique/orders/{row}/refund", restocked="1")
    with database.read() as reader:
        asked = dict(reader.execute(select(ConsoleRequest.words, ConsoleRequest.id)).all())
        assert reader.scalar(select(Order.state).where(Order.id == row)) == "delivered"
    words = "CPS1: facture F2026-00001 payée, Cantine de Joal: 3 000 F en banque."
    assert set(asked) == {words, "CPS1: rembourser 2 sachets de Keccax du quai, 3 000 F, remis en rayon."}
    with database.transaction() as session:
        act = by(Office(102, "president", 1), "pin", clock())
        done = services.confirm(session, act, asked[words], services.mark_of(words), key=sample_cooperative.KEY)
        assert done.said == "Facture F2026-00001 payée: 3 000 F."
        assert session.scalar(select(Order.state).where(Order.id == row)) == "sold"


def test_goods_are_put_up_and_sold_over_the_counter_by_the_pin(officer, counter, database):
    fatou = inside(officer, SECRETARY)
    fatou.get("/boutique")
    for form in ({"units": "0", "seen": "1500"}, {"units": "2", "seen": "1400"}):
        fatou.send(f"/boutique/offers/{counter[0]}/sell", **form)
        assert "Rien n'est demandé" in plain(fatou.page)
    fatou.send(f"/boutique/offers/{counter[0]}/sell", units="2", seen="1500")
    fatou.send(f"/boutique/offers/{counter[0]}/sell", units="1", seen="1500", buyer="Cantine de Joal")
    with database.read() as reader:
        lot = reader.scalar(select(Lot.code).where(Lot.units > Lot.offered))
    fatou.send("/boutique/offers", code=lot, units="1", price="1\u00a0200", name="Keccax fin")
    assert fatou.on_phone() == ["Vendu: 3 000 F en caisse.", "Livré: facture F2026-00001, 1 500 F.", "En vente: offre 3."]
    with database.read() as reader:
        assert reader.scalar(select(Offer.quantity).where(Offer.id == counter[0])) == 4
        told = select(Offer.amount, Offer.quantity).where(Offer.name == "Keccax fin")
        assert reader.execute(told).all() == [(1200, 1)]
    fatou.send("/boutique/offers", code="L1", units="1", price="1200")
    assert "Impossible : ce lot n'est pas d'ici. Rien n'est demandé." in plain(fatou.page)


def test_counts_of_the_day_show_the_difference(officer, counter, database, clock):
    with database.transaction() as session:
        counts.ask(session, by(sample_declarations.CLERK, "count", clock()), Decimal(9), counter[0])
    fatou = inside(officer, SECRETARY)
    fatou.get("/boutique/counts")
    assert rows(fatou.page, "counts") == [
        "24/11 à 10:00 Keccax du quai CPS1 9 sachets 10 sachets -1 sachet attend un autre",
    ]


@pytest.mark.parametrize(("left", "said"), [(7, "7 reviennent au lot"), (1, "1 revient au lot")])
def test_an_offer_is_ended_and_its_orders_stay(officer, counter, database, left, said):
    with database.transaction() as session:
        session.execute(update(Offer).where(Offer.id == counter[0]).values(quantity=Decimal(left)))
    fatou = inside(officer, SECRETARY)
    fatou.get("/boutique")
    fatou.send(f"/boutique/offers/{counter[0]}/end")
    assert said in plain(fatou.page)
    with database.read() as reader:
        assert reader.scalar(select(Offer.quantity).where(Offer.id == counter[0])) == 0
        assert reader.scalar(select(func.count()).where(Order.state == "reserved")) == 1


def test_a_long_list_goes_on_behind_its_last_row(officer, counter, database, clock):
    with database.transaction() as session:
        for number in range(60):
            session.add(
                Offer(
                    cooperative_id=1,
                    name=f"Article {number}",
                    unit="kg",
                    amount=5,
                    quantity=Decimal(1),
                    place="Joal",
                    until_at=sample_cooperative.LONG_AHEAD,
                )
            )
    fatou = inside(officer, SECRETARY)
    fatou.get("/boutique")
    assert len(rows(fatou.page, "offers")) == 50
    more = fatou.page.split("?before=")[1].split('"')[0]
    fatou.get(f"/boutique?before={more}")
    assert len(rows(fatou.page, "offers")) == 12
    del counter, clock
