"""An officer who broadcasts by SMS, in tests."""

import re

import pytest

from app.sms.broadcasts.models import Broadcast
from tests import sample_cooperative, sample_declarations
from tests.commands.conftest import Desk

WOMEN = 20
ALL = WOMEN + 4  # with the secretary, the president, a member alone on her number and two who share one
TEXT = "Réunion demain à 9h au quai, venez"


class Office(Desk):
    """The clerk, as an officer's phone sees it: answers apart from copies and from what goes to members."""

    def ask(self, text, sender=sample_declarations.SECRETARY):
        before = max([message.id for message in self.answers()], default=0)
        sms_id = f"office{next(self._ids)}"
        self.hear(text, sender, sms_id)
        return next(m.text for m in self.answers() if m.id > before and m.cause.startswith("sms:"))

    def ordered(self, text=f"DIFF TOUS {TEXT}", sender=sample_declarations.SECRETARY):
        """Estimate and confirm; give the answer to OUI."""
        return self.ask(f"OUI {code_in(self.ask(text, sender))}", sender)

    def caused(self, start):
        return [message for message in self.answers() if message.cause.startswith(start)]

    def sent(self, broadcast=1):
        return self.caused(f"broadcast:{broadcast}")

    def broadcasts(self):
        return self.rows(Broadcast)

    def change(self, statement):
        with self.database.transaction() as session:
            session.execute(statement)


def code_in(answer):
    found = re.search(r"OUI (\d{4,6})\b", answer)
    assert found, answer
    return found[1]


def make(database, clock):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    sample_declarations.women(database, WOMEN)
    return Office(database, clock)


@pytest.fixture
def office(sqlite_database, clock):
    return make(sqlite_database, clock)
