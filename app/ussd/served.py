"""A menu made ready to be served: its screens laid out for a session, its words said in a language."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, cast

import msgspec

from app.gsm7 import fold
from app.ussd import way
from app.ussd.bindings import Bindings, Hop, Refused
from app.ussd.menu import Menu, Screen, Texts
from app.ussd.ports import Outcome
from app.ussd.render import Page, fill, lay_out, slot_words
from app.ussd.session import Offer, Session
from app.ussd.shared import Shared
from app.ussd.vocabulary import Vocabulary

CONFIRMED = 1
"""What a page of a confirmation shows where it says the line that confirms."""
HIDDEN = "hidden"
"""What a source gives of this name are the numbers of the choices that aren't shown; typed, they still lead to their guards."""


class Laid(msgspec.Struct, frozen=True):
    """A screen as it can be shown: its pages, and the ids of a list's rows or of the line that confirms."""

    pages: list[Page]
    ids: list[int]

    def shown(self, page: int) -> list[int]:
        """Return the ids of what a page shows."""
        return [self.ids[place] for place in self.pages[page].lines] if self.ids else []


class Served(msgspec.Struct, frozen=True):
    """A menu with its bindings, its vocabulary and the values that never change."""

    menu: Menu
    bindings: Bindings
    vocabulary: Vocabulary
    constants: dict[str, str]
    static: dict[tuple[str, str, bool, str, str], Laid] = {}
    """The screens that show nothing but their own words, laid out once."""
    shared: Shared = msgspec.field(default_factory=Shared)

    def lay_out(self, session: Session, notice: str, lend: Callable[[Session], Hop[Any]]) -> Laid:
        """Lay out the screen that a session stands on, with a notice above it; raises what its source and its rows raise.

        `lend` is asked for the hop only where a function of the menu needs it.
        """
        screen, root = self.menu.screens[session.screen], len(session.steps) == 1
        asked = (screen.name, session.language, root, notice, session.caller)
        if asked in self.static:
            return self.static[asked]
        hop, of = lend(session), self.vocabulary.shared[screen.name]
        whose = of(hop) if of else None
        lay: Callable[[], Laid] = lambda: self._lay_out(screen, session, notice, root, hop, whose)  # noqa: E731
        if session.told:  # what was done is another each time
            return lay()
        if whose:
            return cast(Laid, self.shared.get((asked, whose), hop.now, lay))
        laid = lay()
        if self.vocabulary.is_static(screen):
            self.static[asked] = laid
        return laid

    def rows(self, screen: Screen, hop: Hop[Any]) -> Sequence[Any]:
        """Return the rows of a list to pick from: kept apart from the laid screens, for what is kept of kept is twice as old."""
        binding = self.bindings.rows_of[screen.rows or ""]
        if not binding.of:
            return list(binding.told(hop))
        whose = binding.of(hop)
        return cast(Sequence[Any], self.shared.get((binding.name, whose), hop.now, lambda: list(binding.told(hop, whose))))

    def leaves(self, session: Session) -> Offer | None:
        """Return what the next call may go on with where this one was cut, if anything.

        That is a guarded screen behind another, whose answer neither acts nor is secret: the first behind the PIN is as near by
        dialling. A menu without the word for it offers nothing.
        """
        screen, menu, secrets = self.menu.screens[session.screen], self.menu, self.vocabulary.secrets
        answer = self.bindings.answers.get(screen.ask or "")
        barred = screen.effect or (answer and (answer.acts or answer.secret)) or "resume" not in menu.words
        behind = [menu.screens[step.screen].guard for step in session.steps[-2:]]
        if barred or not session.more or not all(behind):
            return None
        return Offer([way.without(step, secrets) for step in session.steps])

    def word(self, name: str, language: str, instead: str = "unsure") -> str:
        """Say words that belong to no screen; others where a menu that was published earlier lacks them."""
        said = fold(self.menu.said(self.menu.word(name, instead), language))
        # Not by `fill`, which raises where a value is missing: these words are said when all else has failed.
        for constant, value in self.constants.items():
            said = said.replace(f"{{{constant}}}", value)
        return said

    def refusal(self, screen: Screen, refused: Refused, language: str) -> str:
        """Say why an answer won't do; in general words where a menu that was published earlier knows no such reason."""
        given = msgspec.to_builtins(refused.values) if refused.values else {}
        written = self.vocabulary.written(self.vocabulary.of_refusal(screen, refused.code), given)
        said = screen.refusals.get(refused.code) or self.menu.word("unknown", "unknown")
        return fill(self.menu.said(said, language), written)

    def notice(self, outcome: Outcome, language: str) -> str:
        """Say what stands above the screen that an act led to: nothing where that screen says itself what was done."""
        acted = self.menu.screens.get(outcome.acted)
        return self._filled(acted.notice, outcome, language) if acted and acted.notice else ""

    def told(self, outcome: Outcome, language: str) -> str:
        """Say what was done from the outcome alone; in general words where the screen that acted has none, or is no more."""
        acted, leads = self.menu.screens.get(outcome.acted), self.menu.screens.get(outcome.screen)
        texts = (acted.said if acted else {}) or (leads.text if leads and leads.form == "ending" else {})
        return self._filled(texts or (acted.notice if acted else {}) or self.menu.word("done"), outcome, language)

    def _filled(self, texts: Texts, outcome: Outcome, language: str) -> str:
        values = self.constants | self.vocabulary.written(self.vocabulary.kept, outcome.values)
        try:
            return fill(fold(self.menu.said(texts, language)), values)
        # An outcome that an older version of the program kept may lack a value.
        except KeyError:
            return self.word("done", language)

    def _lay_out(self, screen: Screen, session: Session, notice: str, root: bool, hop: Hop[Any], whose: Hashable) -> Laid:
        vocabulary = self.vocabulary
        values = self.constants | vocabulary.written(vocabulary.kept, session.values)
        given: dict[str, Any] = {}
        if screen.source:
            given = msgspec.to_builtins(self.bindings.sources[screen.source].told(hop, whose))
            values |= vocabulary.written(vocabulary.of_screen(screen), given)
        rows = list(self.bindings.rows_of[screen.rows].told(hop, whose)) if screen.rows else []
        kinds, written = vocabulary.of_rows(screen), []
        for row in rows:
            plain = msgspec.to_builtins(row)
            written.append(vocabulary.written(kinds, plain) | ({"slot": slot_words(plain["slot"])} if "slot" in plain else {}))
        hidden = given.get(HIDDEN, ())
        ids = [row.id for row in rows] if screen.form == "list" else [CONFIRMED] if screen.form == "confirmation" else []
        caller = session.caller
        pages = lay_out(
            self.menu, screen, session.language, values, written, root=root, notice=fold(notice), caller=caller, hidden=hidden
        )
        return Laid(pages, ids)
