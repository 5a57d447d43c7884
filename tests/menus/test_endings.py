"""Which acts of officers end the call; all others lead back to where they began."""

from typing import get_args

from app.coop.rights import Right
from menus.publication import compiled

SECRETS = {"people_done"}
"""Endings that say an activation number, which is kept nowhere."""
ONCE_A_DAY = {
    "list_done",
    "training_changed",
    "training_moved",
    "training_cancelled",
    "training_added",
    "course_added",
    "partner_added",
    "partner_noted",
    "job_added",
}
SAID_ALOUD = {"day_code_given"}


def test_an_officers_act_ends_the_call_only_where_it_is_said_why():
    menu = compiled()
    acting = [screen for screen in menu.screens.values() if screen.effect and screen.guard in get_args(Right)]
    ending = {menu.screens[screen.done].name for screen in acting if menu.screens[screen.done].form == "ending"}
    assert ending == SECRETS | ONCE_A_DAY | SAID_ALOUD
