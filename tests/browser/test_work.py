"""A day's work at the desk, in a real browser, with the telephones that it asks."""

import re
from decimal import Decimal

from sqlalchemy import select

from app.coop.boutiques import orders
from app.coop.boutiques.models import Order
from app.sms.models import Message
from app.sms.states import move
from tests import sample_boutiques, sample_cooperative, sample_declarations
from tests.acts import own

SECRETARY = sample_declarations.SECRETARY


def newest(database, phone=SECRETARY):
    with database.read() as reader:
        mine = (Message.to_number == phone) & (Message.purpose == "answer")
        return reader.scalars(select(Message.text).where(mine).order_by(Message.id.desc())).first()


def test_a_broadcast_goes_from_its_text_to_its_report(seat, database, clock):
    mine = seat()
    mine.come_in()
    page = mine.page
    page.get_by_role("link", name="Diffusions", exact=True).first.click()
    page.get_by_role("link", name="Écrire une diffusion").click()
    page.get_by_label("À qui").fill("TOUS")
    page.get_by_label("Texte", exact=True).fill("Pesée lundi 30/11 à 7h au quai")
    page.get_by_role("button", name="Estimer").click()
    assert "CPS Joal: Pesée lundi 30/11 à 7h au quai" in page.locator(".message").inner_text()
    mine.look("broadcast-desk", "broadcast-telephone")
    page.get_by_role("button", name="Recevoir le code").click()
    code = re.search(r"OUI (\d+)", newest(database))[1]
    page.get_by_label("Code du SMS").fill(code)
    page.get_by_role("button", name="Envoyer à 4 numéros").click()
    page.get_by_text("0 sur 4").first.wait_for()
    with database.transaction() as session:
        move(session, Message.cause == "broadcast:1", "delivered", now=clock())
    page.get_by_role("link", name="Actualiser").click()
    page.get_by_text("4 sur 4").first.wait_for()
    mine.look()


def test_an_order_is_found_at_the_desk_and_handed_over_on_the_telephone(seat, database, clock):
    offer, _ = sample_boutiques.jars(database, clock(), units=10)
    with database.transaction() as session:
        code = orders.place(session, own(1, "order", clock(), phone=sample_cooperative.AWA), offer, Decimal(3))[0].code
    mine = seat()
    mine.come_in()
    page = mine.page
    page.get_by_role("link", name="Boutiques").click()
    page.get_by_role("link", name="Boutique témoin").first.click()
    mine.look()
    page.get_by_label("Code de retrait du client").fill(code)
    page.get_by_role("button", name="Chercher la commande").click()
    page.get_by_text("4 500 F").wait_for()
    mine.look()
    assert "Remis: 4 500 F" in mine.dial("8", "11", "4", "1", "2468", code, "2468")
    with database.read() as reader:
        assert reader.scalars(select(Order.state)).all() == ["sold"]
    page.goto(mine.address + "/boutique")
    page.get_by_text("7 sachets").first.wait_for()
