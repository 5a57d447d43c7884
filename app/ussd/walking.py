"""One hop's steps from screen to screen, on its own copy of the session."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from app.gsm7 import fold, septets
from app.ussd.bindings import Bindings, Divert, Found, Hop, Lead, Proved, Refused
from app.ussd.menu import WANTED, Menu, Screen
from app.ussd.ports import Acts, Outcome
from app.ussd.render import LIMIT, Page, fill, lay_out
from app.ussd.session import Offer, Session
from app.ussd.vocabulary import Vocabulary

BACK, MORE, HOME, RESUME = "0", "9", "00", "000"
DONE = "done"


class Served(msgspec.Struct, frozen=True):
    """A menu made ready to be walked: with its bindings, its vocabulary and the words that never change."""

    menu: Menu
    bindings: Bindings
    vocabulary: Vocabulary
    constants: dict[str, str]
    laid: dict[tuple[str, str, bool, str, str], list[Page]] = {}
    """The pages of screens that show nothing but their own words, laid out once."""


class Walk:
    """Take entries and show screens; changes only the session given, and acts only through `acts`."""

    def __init__(self, served: Served, session: Session, acts: Acts, hop: Callable[[Session], Hop[Any]]) -> None:
        self.served, self.session, self._acts, self._hop = served, session, acts, hop
        self.notice = ""
        self.event = "shown"

    @property
    def screen(self) -> Screen:
        """Return the screen that the session stands on."""
        return self.served.menu.screens[self.session.path[-1]]

    def acts_on(self, part: str) -> bool:
        """Tell whether taking `part` on this screen would write: then the turn must be claimed first."""
        screen = self.screen
        if part in (BACK, HOME):
            return False
        if screen.form == "question":
            return bool(screen.effect) or self.served.bindings.answers[screen.ask or ""].acts
        return screen.form == "confirmation" and part == "1"

    @property
    def offer(self) -> Offer | None:
        """Return what may be gone on with now: nothing while a guard still holds back what was chosen."""
        return self.session.offer if self.session.wanted is None else None

    def leaves(self) -> Offer | None:
        """Return what the next call may go on with: a screen a step behind what the PIN opened, where no answer acts or is secret.

        What the PIN opened is as near by dialling. A menu without the word for it offers nothing.
        """
        session, screen, menu = self.session, self.screen, self.served.menu
        answer = self.served.bindings.answers.get(screen.ask or "")
        barred = screen.effect or (answer and (answer.acts or answer.secret)) or "resume" not in menu.words
        behind = [menu.screens[name].guard for name in session.path[-2:]]
        if barred or not session.more or not all(behind):
            return None
        kept = {name: what for name, what in session.kept.items() if name not in self.served.vocabulary.secrets}
        return Offer(session.path, kept)

    def take(self, parts: Sequence[str]) -> None:
        """Take the entries that are new: what is offered stands until they lead to another screen."""
        session, offer, stood = self.session, self.offer, list(self.session.path)
        if offer and parts[0].strip() == RESUME:
            session.path, session.kept, self.event = offer.path[:-1], offer.kept, "resumed"
            self._enter(offer.path[-1])
        else:
            self._take(parts)
        if offer and session.path != stood:
            session.offer = None

    def _take(self, parts: Sequence[str]) -> None:
        """Take choices in turn; a question, PIN, list or confirmation takes only the last entry, and only when it was shown."""
        if self.screen.form != "choices":
            self._answer(parts[-1].strip())
            return
        for part in parts:
            if self.screen.form != "choices" or self.notice:
                return
            self._choose(part.strip())

    def start(self) -> None:
        """Stand on the first screen."""
        self.session.path, self.session.page = [self.served.menu.start], 0

    def show(self) -> None:
        """Put the screen's words into the session, following a source that leads elsewhere."""
        for _ in range(5):
            try:
                laid = self._pages()
                break
            except Lead as lead:
                self._lead(lead)
        else:
            raise RecursionError(f"screen {self.screen.name}: its source leads in a circle")
        page = laid[min(self.session.page, len(laid) - 1)]
        session = self.session
        session.said, session.more = page.text, self.screen.form != "ending"
        if self.offer and session.more:
            offered = f"{page.text}\n{fold(self.served.menu.said(self.served.menu.words['resume'], session.language))}"
            session.said = offered if septets(offered) <= LIMIT else page.text
        session.shown = [self._rows[place].id for place in page.lines] if self.screen.form == "list" else []

    def _pages(self) -> list[Page]:
        screen, session = self.screen, self.session
        asked = (screen.name, session.language, len(session.path) == 1, self.notice, session.caller)
        if asked not in self.served.laid:
            laid = self._lay_out()
            if not self.served.vocabulary.is_static(screen):
                return laid
            self.served.laid[asked] = laid
        return self.served.laid[asked]

    def _lay_out(self) -> list[Page]:
        screen, vocabulary, session = self.screen, self.served.vocabulary, self.session
        hop = self._hop(session)
        kept = session.kept | session.kept.get(DONE, {})
        values = self.served.constants | vocabulary.written(vocabulary.kept, kept)
        if screen.source:
            given = msgspec.to_builtins(self.served.bindings.sources[screen.source].call(hop))
            values |= vocabulary.written(vocabulary.of_screen(screen), given)
        self._rows = list(self.served.bindings.rows_of[screen.rows].call(hop)) if screen.rows else []
        kinds = vocabulary.of_rows(screen)
        rows = []
        for row in self._rows:
            plain = msgspec.to_builtins(row)
            rows.append(vocabulary.written(kinds, plain) | ({"slot": str(plain["slot"])} if "slot" in plain else {}))
        root = len(session.path) == 1
        said = {"notice": fold(self.notice), "caller": session.caller}
        return lay_out(self.served.menu, screen, session.language, values, rows, root=root, **said)

    def _choose(self, part: str) -> None:
        choice = self.screen.choices.get(int(part)) if part.isascii() and part.isdigit() and len(part) == 1 else None
        if choice:
            self.session.kept = self.session.kept | choice.keep
            self._enter(choice.face(self.session.caller).to)
        else:
            self._key(part)

    def _key(self, part: str) -> None:
        session = self.session
        if part == HOME:
            self.start()
        elif part == BACK:
            if session.page:
                session.page -= 1
            elif len(session.path) > 1:
                session.path.pop()
        elif part == MORE and self.screen.form in ("choices", "list") and session.page + 1 < len(self._pages()):
            session.page += 1
        else:
            self._complain("unknown" if part else "empty")

    def _complain(self, word: str) -> None:
        words = self.served.menu.words[word]
        self.notice, self.event = self.served.menu.said(words, self.session.language), "refused"

    def _answer(self, part: str) -> None:
        form = self.screen.form
        if part in (BACK, HOME) or (form == "list" and part == MORE):
            self._key(part)
        elif form == "list":
            self._pick(part)
        elif form == "question":
            self._reply(part)
        elif form == "confirmation" and part == "1":
            self._perform()
        else:
            self._complain("unknown" if part else "empty")

    def _pick(self, part: str) -> None:
        screen, session = self.screen, self.session
        rows = self.served.bindings.rows_of[screen.rows or ""].call(self._hop(session))
        number = int(part) if part.isascii() and part.isdigit() and len(part) <= 3 else 0
        wanted = session.shown[number - 1] if 0 < number <= len(session.shown) else None
        for row in rows:
            if (row.slot == number) if hasattr(row, "slot") else (row.id == wanted):
                session.kept = session.kept | {screen.keep or "": msgspec.to_builtins(row)}
                self._enter(screen.to or "")
                return
        self._complain("unknown" if part else "empty")

    def _reply(self, part: str) -> None:
        screen = self.screen
        answer = self.served.bindings.answers[screen.ask or ""]
        try:
            value = answer.call(self._hop(self.session), part)
        except Refused as refused:
            kinds = self.served.vocabulary.of_refusal(screen, refused.code)
            given = msgspec.to_builtins(refused.values) if refused.values else {}
            words = self.served.menu.said(screen.refusals[refused.code], self.session.language)
            self.notice, self.event = fill(words, self.served.vocabulary.written(kinds, given)), "refused"
            return
        except Lead as lead:
            self._lead(lead)
            return
        self._note(value, screen.keep)
        if screen.effect:
            self._perform()
        else:
            self._enter(screen.to or "")

    def _note(self, value: Any, keep: str | None) -> None:
        session = self.session
        if isinstance(value, Found | Proved):
            session.who = msgspec.to_builtins(value.who) if value.who else session.who
            if isinstance(value, Proved):
                session.proved, session.opened = True, value.opened
                session.language = value.language or session.language
        elif keep:
            session.kept = session.kept | {keep: msgspec.to_builtins(value)}

    def _perform(self) -> None:
        screen, session = self.screen, self.session
        effect = self.served.bindings.effects[screen.effect or ""]
        hop = self._hop(session)
        noted = {name: value for name, value in session.kept.items() if name not in self.served.vocabulary.secrets}

        def act(unit: Any) -> Outcome:
            return Outcome(screen.done or "", msgspec.to_builtins(effect.call(hop, unit)) or {})

        person = (session.who or {}).get("person_id")
        try:
            outcome = self._acts.perform(hop.operation, effect.name, noted, person, act)
        except Lead as lead:
            self._lead(lead)
            return
        self.deliver(outcome)

    def deliver(self, outcome: Outcome) -> None:
        """Go where an act led, with what it gave."""
        self.event = "acted"
        self.session.kept = self.session.kept | {DONE: outcome.values}
        self.session.path, self.session.page = [self.served.menu.start], 0
        if self.served.menu.screens[outcome.screen].form == "ending":
            self.session.path.append(outcome.screen)
        else:
            self._enter(outcome.screen)  # its guard may want a PIN first, in a session that was lost

    def _lead(self, lead: Lead) -> None:
        target = self.screen.leads[lead.name]
        if lead.values is not None:
            self.session.kept = self.session.kept | {lead.name: msgspec.to_builtins(lead.values)}
        if self.screen.form != "choices":
            self.session.path.pop()
        self._enter(target)

    def _enter(self, target: str) -> None:
        session = self.session
        session.page = 0
        if target == WANTED:  # nothing is wanted any more in a session that was lost and begun again
            target, depth = session.wanted or (self.served.menu.start, 0)
            session.path, session.wanted = session.path[:depth], None
        screen = self.served.menu.screens[target]
        if screen.guard:
            held = self.served.bindings.guards[screen.guard].call(self._hop(session))
            if isinstance(held, Divert):
                session.who = msgspec.to_builtins(held.who) if held.who else None
                session.wanted = (target, len(session.path))
                target = self.served.menu.guards[screen.guard][held.lead]
        if target == self.served.menu.start:
            self.start()
        else:
            session.path.append(target)
