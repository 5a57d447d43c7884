"""Broadcasts confirmed and written by several at once."""

import threading

import pytest
from sqlalchemy import select

from app.commands.inbound import Clerk
from app.gateways.callbacks import IncomingSms
from app.sms.broadcasts import budget
from app.sms.broadcasts.models import BudgetDay
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.sending_broadcasts import TERMS, Sending, _until_written, patient, sending, slices

__all__ = ["patient", "sending", "slices"]


@pytest.mark.usefixtures("slices")
def test_two_workers_write_each_message_once(patient, clock):
    sending = Sending(patient, clock)
    sending.order()
    workers = [threading.Thread(target=_until_written, args=(sending,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (sending.row().written, sending.states()) == (sending.all, {"queued": sending.all})


def test_eight_confirmations_share_one_budget(patient, clock):
    """Eight at once, room for three: three get it, and the day's sum is theirs."""
    outcomes, day = [], clock().date()
    gate = threading.Barrier(8)

    def spend():
        gate.wait()
        try:
            with patient.transaction() as session:
                budget.reserve(session, day, 300, 1_000)
            outcomes.append(0)
        except budget.OverBudget as over:
            outcomes.append(over.francs)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, 0, 0, 200, 200, 200, 200, 200]
    with patient.read() as reader:
        assert reader.scalar(select(BudgetDay.reserved)) == 900


def test_the_same_oui_four_times_at_once_is_one_order(patient, clock):
    """Under four ids: who comes later waits for the first and finds it ordered."""
    sending = Sending(patient, clock)
    clerk = Clerk(patient, sample_cooperative.KEY, "21512", TERMS)

    def hear(text, sms_id):
        incoming_sms.hear(clerk, IncomingSms(sms_id, sample_declarations.SECRETARY, "21512", text, None), clock())

    hear("DIFF TOUS Marché fermé", "first")
    code = sending.said("sms:africastalking:first")[0].partition("OUI ")[2].split()[0]
    threads = [threading.Thread(target=hear, args=(f"OUI {code}", f"yes{n}")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(sending.said("sms:africastalking:yes"))) == 1
    assert len(sending.said("sms:africastalking:yes")) == 4
    assert (sending.states(), sending.row().reserved) == ({"queued": sending.all}, 20 * sending.all)


def test_one_text_by_two_officers_at_once_leaves_once(patient, clock):
    """Who comes second finds it ordered, and is asked."""
    sending = Sending(patient, clock)
    clerk = Clerk(patient, sample_cooperative.KEY, "21512", TERMS)

    def hear(text, sender, sms_id):
        incoming_sms.hear(clerk, IncomingSms(sms_id, sender, "21512", text, None), clock())

    officers = (sample_declarations.SECRETARY, sample_declarations.PRESIDENT)
    for sender in officers:
        hear("DIFF TOUS Marché fermé", sender, f"first{sender}")
    codes = [said.partition("OUI ")[2].split()[0] for said in sending.said("sms:africastalking:first")]
    clock.forward(seconds=20)
    threads = [
        threading.Thread(target=hear, args=(f"OUI {code}", sender, f"yes{sender}"))
        for sender, code in zip(officers, codes, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = sending.said("sms:africastalking:yes")
    assert sorted("Encore ?" in answer for answer in answers) == [False, True]
    assert sum(sending.states("broadcast:1").values()) + sum(sending.states("broadcast:2").values()) == sending.all
