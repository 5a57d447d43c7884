"""Which acts of officers end the call; all others lead back to where they began."""

from menus.publication import compiled

SECRETS = {"people_done"}
"""Endings that say an activation number, which is kept nowhere."""
ONCE_A_DAY = {"list_done", "training_changed", "training_added", "course_added", "partner_added", "partner_noted"}
BOUTIQUES = {"ideas_desk.yaml", "production_desk.yaml", "sales_desk.yaml", "technology_desk.yaml"}


def test_an_officers_act_ends_the_call_only_where_it_is_said_why():
    menu = compiled()
    officers = {"weigh", "price", "pay", "approve", "call_backs", "assist", "people", "broadcast", "training"}
    acting = [screen for screen in menu.screens.values() if screen.effect and screen.guard in officers]
    ending = {menu.screens[screen.done].name for screen in acting if menu.screens[screen.done].form == "ending"}
    assert ending - {one.name for one in menu.screens.values() if one.file in BOUTIQUES} == SECRETS | ONCE_A_DAY
