"""Sixty people apply for twenty seats at once: twenty have one, the others a rank each, all are told once."""

from app.coop.demo import seed as demo
from tests import sample_cooperative
from tests.faults import training_seats


def test_seats_ranks_and_words_come_out_right(postgres_database):
    plan = demo.Plan(60, None, sample_cooperative.PEPPERS, sample_cooperative.KEY, training_seats.NOW)
    demo.seed(postgres_database, plan)
    assert training_seats.run(postgres_database, 60) == {"applied": 60, "seated": 20, "ranks": 40, "told": 60, "wrong": 0}
