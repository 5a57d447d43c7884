"""The published menus, each made ready to be served once, and what is said where none of their screens can be shown."""

import msgspec

from app.ussd.bindings import Bindings
from app.ussd.decision import Known, ending_of
from app.ussd.kinds import Kind
from app.ussd.menu import Menu
from app.ussd.ports import Shelf
from app.ussd.served import Served
from app.ussd.vocabulary import Vocabulary


class Reply(msgspec.Struct, frozen=True):
    """What the handset shows, whether it may answer (`more`), and what to count and log: screen, event, journey, a fault."""

    text: str
    more: bool
    screen: str
    event: str
    journey: str = ""
    fault: BaseException | None = None


class Menus:
    """Menus by their versions, with the functions and the values that never change."""

    def __init__(self, shelf: Shelf, bindings: Bindings, constants: dict[str, str]) -> None:
        self._shelf, self._bindings, self._constants = shelf, bindings, constants
        self._served: dict[str, Served] = {}

    def served(self, version: str, menu: Menu) -> Served:
        """Return a menu made ready, once for each version."""
        # Two threads may make the same menu at once: both serve the same, and the later one is kept.
        if version not in self._served:
            kinds = {name: Kind("constant", value) for name, value in self._constants.items()}
            self._served[version] = Served(menu, self._bindings, Vocabulary(menu, self._bindings, kinds), self._constants)
        return self._served[version]

    def ending(self, word: str, fault: BaseException | None = None) -> Reply:
        """Return one of the menu's endings; of the current menu, for no session is needed."""
        served = self.served(*self._shelf.remembered())
        return Reply(served.word(word, served.menu.languages[0]), False, f"@{word}", "ended", fault=fault)

    def ended(self, known: Known, fault: BaseException | None) -> Reply:
        """Return the honest ending of a hop that failed where no screen can be shown."""
        word = ending_of(known.certainty, outage=True)
        if word == "done" and known.words:
            return Reply(known.words, False, "@done", "acted", fault=fault)
        return self.ending(word, fault)
