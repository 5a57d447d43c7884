"""A list is weighed and credited while web, worker and Valkey die: each line once or still open, and the screen says which."""

from tests.faults.stack import open_house
from tests.faults.weighing_list import run


def test_each_line_is_credited_once_or_still_open_and_the_screen_says_which(tmp_path, sqlite_database, seed):
    with open_house(tmp_path, sqlite_database, "simulator", "web", "worker") as house:
        figures = run(house, lines=20, lists=1, deaths=3, deaths_while_crediting=2, seed=seed)
    assert (figures["credited"], figures["still open"], figures["SMS"]) == (20, 0, 20)
    assert (figures["wrong"], figures["screens that disagreed"]) == (0, 0)
