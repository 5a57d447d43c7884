"""From the batch to the member's word, on the phones of those who pay and are paid."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.coop.contests.models import Contest
from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.queries import balances_of
from app.coop.members.models import Member
from app.coop.offices.models import OfficerAct
from app.coop.payments.models import Payment
from app.coop.verify import verify
from app.gsm7 import septets
from app.sms.models import Message
from menus.payments import delay_words
from menus.registry import bindings
from tests import sample_declarations, sample_deliveries


@pytest.fixture
def phone(line, database):
    sample_declarations.treasurer(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 3), datetime.now(UTC))

    def phone(number=sample_declarations.TREASURER, *entries):
        made = line(number)
        said = made.dial([])
        for entry in entries:
            said = made.type(entry)
        made.said = said
        return made

    return phone


def woman(member):
    return f"+22177{member:07d}"


def payments(database):
    with database.read() as reader:
        return reader.execute(select(Payment.__table__).order_by(Payment.member_id)).all()


def texts(database, number, cause):
    with database.read() as reader:
        found = reader.scalars(select(Message.text).where(Message.to_number == number, Message.cause.like(f"{cause}%"))).all()
    assert all(septets(text) <= 160 for text in found)
    return found


def pay_all(phone, way="1"):
    officer = phone(sample_declarations.TREASURER, "8", "3", "1", "2468", "3", way)
    assert "3 membres, 29 400 F" in officer.said
    officer.type("1")
    assert "ouvert" in officer.type("2468")
    return officer


def hand(phone, card):
    officer = phone(sample_declarations.TREASURER, "8", "3", "2", "2468", card)
    assert "remettre 9 800 F ?" in officer.said
    return officer.type("1")


def test_a_day_is_paid_in_cash_and_each_member_says_so(phone, database):
    officer = phone(sample_declarations.TREASURER, "8", "3", "1", "2468", "1", "1")
    assert "1 Espèces" in officer.said
    assert "3 membres, 29 400 F" in officer.type("1")
    assert "C00201 Femme 201 9 800 F" in officer.type("2")
    officer.type("0")
    officer.type("1")
    assert "Code faux" in officer.type("1122")
    assert payments(database) == []
    made = officer.type("2468")
    assert officer.again() == made
    assert "3 à remettre" in officer.type("1")
    assert "C00201" in officer.type("1")
    assert "Femme 201" in officer.type("1")
    assert "2 à remettre" in officer.type("1")
    first = payments(database)[0]
    assert officer.type(first.reference).startswith("Réf ou carte inconnue ici, ou déjà remis.")
    assert "Femme 202" in officer.type("202")
    (text,) = texts(database, woman(201), "payment:")
    assert f"réf {first.reference}" in text
    assert " F" not in text
    member = phone(woman(201), "1", "2468", "3")
    assert "9 800 F" in member.said
    assert "la trésorerie" in member.type("1")
    member.type("1")
    done = member.type("2468")
    assert "vous avez recu" in done
    assert member.again() == done
    assert "Rien à confirmer" in phone(woman(201), "1", "2468", "3").said
    assert [row.state for row in payments(database)] == ["paid", "open", "open"]
    with database.read() as reader:
        assert verify(reader).wrong == ()
        acts = reader.execute(select(OfficerAct.person_id, OfficerAct.act).where(OfficerAct.act.like("%a%"))).all()
    assert (104, "batch made") in acts
    assert (104, "payment handed over") in acts


def test_the_member_who_asked_for_amounts_reads_hers(phone, database):
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 201).values(amounts_by_sms=True))
    pay_all(phone)
    hand(phone, "201")
    assert "9 800 F" in texts(database, woman(201), "payment:")[0]


def test_no_money_no_confirmation_a_contest_answered_by_another_officer(phone, database):
    pay_all(phone)
    hand(phone, "201")
    member = phone(woman(201), "1", "2468", "3", "1", "2")
    assert "n'avez pas recu 9 800 F" in member.said
    said = member.type("1")
    assert "Réclamation " in said
    assert payments(database)[0].state == "contested"
    assert "au plus tard" in texts(database, woman(201), "contest:")[0]
    assert "Aucune réclamation" in phone(sample_declarations.TREASURER, "8", "3", "5", "2468").said
    officer = phone(sample_declarations.PRESIDENT, "8", "3", "5", "2468")
    assert "Paiement" in officer.said
    assert "Femme 201" in officer.type("1")
    officer.type("1")
    assert "sans montant" in officer.type("On vous doit 9800 F")
    assert "code secret" in officer.type("La caisse a été recomptée")
    assert "redevient à payer" in officer.type("2468")
    assert ": acceptée. La caisse a été recomptée" in texts(database, woman(201), "contest:%answered")[0]
    assert payments(database)[0].state == "cancelled"
    with database.read() as reader:
        assert balances_of(reader, 201).payable == 9_800
        assert verify(reader).wrong == ()
    assert "1 membre, 9 800 F" in phone(sample_declarations.TREASURER, "8", "3", "1", "2468", "2", "1", "1").said


def test_a_member_contests_a_weighing_its_price_or_a_payment_by_one_key(phone, database):
    member = phone(woman(201), "7", "2468", "9", "6")
    assert "Pesée" in member.said
    assert "12,5 kg" in member.said
    assert "Prix" in member.said
    member.type("1")
    number = member.type("1").split("Réclamation ")[1][:6]
    again = phone(woman(201), "7", "2468", "9", "6", "1", "1")
    assert number in again.said
    with database.read() as reader:
        assert len(reader.execute(select(Contest.id)).all()) == 1
    assert len(texts(database, woman(201), "contest:")) == 1
    with database.read() as reader:
        assert reader.scalar(select(Contest.answer_by)) > datetime.now(UTC).date() + timedelta(days=28)
    assert "Aucune réclamation" in phone(sample_declarations.SECRETARY, "8", "3", "5", "2468").said
    assert "Pesée" in phone(sample_declarations.TREASURER, "8", "3", "5", "2468").said


def test_two_officers_sign_for_a_member_without_a_telephone(phone, database):
    pay_all(phone)
    hand(phone, "202")
    reference = payments(database)[1].reference
    asked = phone(sample_declarations.TREASURER, "8", "3", "6", "2468", reference, "4711").said
    assert f"Paiement 9 800 F, réf {reference}" in asked.replace("\n", " ")
    at_the_till = phone(sample_declarations.TREASURER, "8", "3", "4", "6", "2468", reference, "4711", "2468")
    assert "2e responsable" in at_the_till.said, "one screen, by either way"
    assert "déjà signé" in phone(sample_declarations.TREASURER, "8", "3", "6", "2468", reference, "4711", "2468").said
    assert "autre numéro" in phone(sample_declarations.PRESIDENT, "8", "3", "6", "2468", reference, "4712", "2468").said
    assert "C'est payé" in phone(sample_declarations.PRESIDENT, "8", "3", "6", "2468", reference, "4711", "2468").said
    assert payments(database)[1].state == "paid"
    assert "numéro 4711" in texts(database, woman(202), "payment:%signed")[0]


def test_a_large_batch_waits_for_another_officers_word(phone, database):
    with database.transaction() as session:
        session.execute(update(Cooperative).values(payment_threshold=1_000))
    officer = phone(sample_declarations.TREASURER, "8", "3", "1", "2468", "3", "1", "1")
    assert "attend d'autres responsables" in officer.type("2468")
    assert "0 à remettre" in officer.type("1")
    approver = phone(sample_declarations.SECRETARY, "8", "2", "2468", "1")
    assert "Payer 3 membres" in approver.said
    approver.type("1")
    approver.type("2468")
    assert "3 à remettre" in phone(sample_declarations.TREASURER, "8", "3", "2", "2468").said


def test_a_batch_is_closed_and_what_it_left_is_due_again(phone):
    pay_all(phone)
    hand(phone, "201")
    officer = phone(sample_declarations.TREASURER, "8", "3", "7", "2468", "1")
    assert "2 non remis, 19 600 F" in officer.said
    assert officer.type("2468").startswith("Lot 1 clos: 2 paiements annulés. L'argent redevient à payer.\nAucun lot ouvert.")
    assert "2 membres, 19 600 F" in phone(sample_declarations.TREASURER, "8", "3", "1", "2468", "3", "1").said


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        ([], ""),
        ([0, 0], "D'habitude payé le jour même."),
        ([0, 0, 3], "D'habitude payé le jour même, au plus 3 j."),
        ([2, 5], "D'habitude payé en 5 j, au plus 5 j."),
    ],
)
def test_days_to_payment_are_said_as_people_say_them(waited, said):
    assert delay_words(waited) == said


def test_the_list_of_who_is_paid_offers_to_pay_on_its_first_page(line, database):
    sample_declarations.treasurer(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 30), datetime.now(UTC))
    officer = line(sample_declarations.TREASURER)
    officer.dial(["8", "3", "1"])
    for entry in ("2468", "3", "1", "2"):
        seen = officer.type(entry)
    assert "\n1 Payer\n9 Suite" in seen
    assert "Votre code secret confirme" in officer.type("1")


def test_who_may_not_pay_is_told_so_and_delays_are_said(phone):
    assert "pas de votre charge" in phone(sample_declarations.SECRETARY, "8", "3", "1", "2468").said
    pay_all(phone)
    hand(phone, "201")
    member = phone(woman(201), "1", "2468", "3", "1", "1", "2468")
    assert "recu" in member.said
    assert "D'habitude payé le jour meme." in phone(sample_declarations.TREASURER, "8", "3", "1", "2468").said
    assert "Rien à payer" in phone(sample_declarations.TREASURER, "8", "3", "1", "2468", "1").said
    assert "Lot(s)" not in phone(sample_declarations.TREASURER, "8", "3", "3", "2468").said


def test_a_frozen_account_gets_no_money_at_the_counter(phone, database):
    pay_all(phone)
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 203).values(money_frozen_until=datetime.now(UTC) + timedelta(hours=2)))
    assert "suspendue" in hand(phone, "203")
    assert payments(database)[2].state == "open"


def test_the_total_says_who_is_left_out_and_why(phone, database):
    with database.transaction() as session:
        session.get_one(Member, 201).state = "blocked"
        session.get_one(Member, 202).money_frozen_until = datetime.now(UTC) + timedelta(hours=2)
    officer = phone(sample_declarations.TREASURER, "8", "3", "1", "2468", "3", "1")
    assert "1 membre, 9 800 F. Sans: 1 compte fermé, 1 argent suspendu." in officer.said
    officer.type("1")
    assert "ouvert" in officer.type("2468")
    assert [one.member_id for one in payments(database)] == [203]


@pytest.mark.parametrize("fault", [OperationalError("SELECT", {}, Exception("gone")), RuntimeError("a fault of ours")])
@pytest.mark.parametrize("broken", ["guard:pay", "source:hand_standing"])
@pytest.mark.parametrize("again", ["kept", "lost"])
def test_what_was_handed_over_is_said_also_when_the_next_screen_cant_be_shown(phone, database, monkeypatch, broken, fault, again):
    def fails(hop):
        del hop
        raise fault

    phone(sample_declarations.TREASURER, "8", "3", "1", "2468", "1", "1", "1", "1", "2468")
    officer = phone(sample_declarations.TREASURER, "8", "3", "2", "2468", "201")
    kind, _, name = broken.partition(":")
    group = bindings.groups()[kind]
    monkeypatch.setitem(group, name, msgspec.structs.replace(group[name], call=fails))
    said = officer.type("1")
    assert [row.state for row in payments(database)] == ["handed_over", "open", "open"]
    assert said.startswith("Remis: 9 800 F à C00201, réf ")
    if again == "lost":
        monkeypatch.undo()
    assert "Rien n'est" not in officer.again()
