"""One hop's steps from screen to screen, on its own copy of the session."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from app.digits import is_number
from app.gsm7 import septets
from app.ussd import way
from app.ussd.act import perform
from app.ussd.bindings import Divert, Found, Hop, Lead, Proved, Refused
from app.ussd.carried import DONE
from app.ussd.decision import Known
from app.ussd.menu import WANTED, Screen
from app.ussd.ports import Acts, Doubtful, Outcome
from app.ussd.render import LIMIT
from app.ussd.served import CONFIRMED, Laid, Served
from app.ussd.session import Offer, Session, Step

BACK, MORE, HOME, RESUME = "0", "9", "00", "000"


class Walk:
    """Take entries and show screens; changes only the session given, and acts only through `acts`.

    `request` is what the gateway brought, `known` is told of what an act led to, `left` counts the entries that weren't taken.
    """

    def __init__(
        self, served: Served, session: Session, acts: Acts, hop: Callable[[Session], Hop[Any]], request: str, known: Known
    ) -> None:
        self.served, self.session, self._acts, self._hop = served, session, acts, hop
        self._request, self._known = request, known
        self.notice = ""
        self.event = "shown"
        self.left = 0

    @property
    def screen(self) -> Screen:
        """Return the screen that the session stands on."""
        return self.served.menu.screens[self.session.screen]

    def acts_on(self, part: str) -> bool:
        """Tell whether taking `part` on this screen would write: then the turn must be claimed first."""
        screen = self.screen
        if part in (BACK, HOME):
            return False
        if screen.form == "question":
            return bool(screen.effect) or self.served.bindings.answers[screen.ask or ""].acts
        return self._confirms(part)

    def _confirms(self, part: str) -> bool:
        """Tell whether `part` confirms: only where the line that says so was on the page."""
        return self.screen.form == "confirmation" and part == "1" and CONFIRMED in self.session.shown

    @property
    def offer(self) -> Offer | None:
        """Return what may be gone on with now: nothing while a guard still holds back what was chosen."""
        return self.session.offer if self.session.wanted is None else None

    def take(self, parts: Sequence[str]) -> None:
        """Take the entries that are new: what is offered stands until they lead to another screen."""
        session, offer, stood = self.session, self.offer, [step.screen for step in self.session.steps]
        if offer and parts and parts[0].strip() == RESUME:
            session.steps, self.event = offer.steps[:-1], "resumed"
            self._enter(offer.steps[-1].screen)
        else:
            self._take(parts)
        if offer and [step.screen for step in session.steps] != stood:
            session.offer = None

    def _take(self, parts: Sequence[str]) -> None:
        """Take choices in turn. Any other screen takes an entry only when just one is new: else it may answer another screen."""
        self.left = len(parts)
        if parts and self.screen.form != "choices":
            if len(parts) == 1:
                self._answer(parts[0].strip())
                self.left = 0
            else:
                self._refuse_several(parts)
            return
        for part in parts:
            if self.screen.form != "choices" or self.notice or not self.session.more:
                return
            self.left -= 1
            self._choose(part.strip())

    def _refuse_several(self, parts: Sequence[str]) -> None:
        """Ask again after a reply with a star in it, or one to a screen that wasn't seen, in the question's own words if it can."""
        answer = self.served.bindings.answers.get(self.screen.ask or "")
        if answer and not answer.acts and not answer.secret:
            try:
                answer.call(self._hop(self.session), "*".join(parts))
            except Refused as refused:
                self._refuse(refused)
                return
            except Lead:
                pass
        self._complain("several")

    def start(self) -> None:
        """Stand on the first screen."""
        self.session.steps, self.session.page = [Step(self.served.menu.start)], 0

    def show(self) -> None:
        """Put the screen's words into the session, following a source that leads elsewhere."""
        if not self.session.more:
            return
        for _ in range(5):
            try:
                laid = self._laid()
                break
            except Lead as lead:
                self._lead(lead)
        else:
            raise RecursionError(f"screen {self.screen.name}: its source leads in a circle")
        session = self.session
        session.page = min(session.page, len(laid.pages) - 1)
        page = laid.pages[session.page]
        session.said, session.more, session.cut = page.text, self.screen.form != "ending", page.cut
        if session.told and session.told[0] == session.screen:
            session.told = None
        if self.offer and session.more:
            offered = f"{page.text}\n{self.served.word('resume', session.language)}"
            session.said = offered if septets(offered) <= LIMIT else page.text
        session.shown = laid.shown(session.page)

    def _laid(self) -> Laid:
        told = self.session.told
        notice = told[1] if told and told[0] == self.session.screen else self.notice
        return self.served.lay_out(self.session, notice, self._hop)

    def _choose(self, part: str) -> None:
        choice = self.screen.choices.get(int(part)) if is_number(part, 2) else None
        if choice:
            if self.session.caller not in choice.faces:  # what it keeps belongs to its own way
                self._keep(choice.keep)
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
            elif len(session.steps) > 1:
                session.steps = way.go_back(session.steps)
                session.page = session.steps[-1].page
            else:
                self._leave()
        elif part == MORE and self.screen.form != "question" and (session.cut or session.page + 1 < len(self._laid().pages)):
            session.page += not session.cut  # of a page that a notice has cut the whole is shown first
        else:
            self._complain("unknown" if part else "empty")

    def _leave(self) -> None:
        """End the call at the member's word."""
        self.session.said, self.session.more = self.served.word("bye", self.session.language), False

    def _keep(self, values: dict[str, Any]) -> None:
        way.keep(self.session.steps, values)

    def _complain(self, word: str) -> None:
        self.notice, self.event = self.served.word(word, self.session.language, "unknown"), "refused"

    def _answer(self, part: str) -> None:
        form = self.screen.form
        if part in (BACK, HOME) or (form in ("list", "confirmation") and part == MORE):
            self._key(part)
        elif form == "list":
            self._pick(part)
        elif form == "question":
            self._reply(part)
        elif self._confirms(part):
            self._perform()
        else:
            self._complain("unknown" if part else "empty")

    def _pick(self, part: str) -> None:
        screen, session = self.screen, self.session
        rows = self.served.rows(screen, self._hop(session))
        number = int(part) if is_number(part, 6) else 0
        # By the id that stood on the page: the rows may have changed since it was shown.
        wanted = session.shown[number - 1] if 0 < number <= len(session.shown) else None
        for row in rows:
            if (row.slot == number) if hasattr(row, "slot") else (row.id == wanted):
                self._keep({screen.keep or "": self.served.vocabulary.kept_of_row(screen, msgspec.to_builtins(row))})
                self._enter(screen.to or "")
                return
        self._complain("unknown" if part else "empty")

    def _reply(self, part: str) -> None:
        screen = self.screen
        answer = self.served.bindings.answers[screen.ask or ""]
        try:
            value = answer.call(self._hop(self.session), part)
        except Refused as refused:
            self._refuse(refused)
            return
        except Lead as lead:
            self._lead(lead, stays=not answer.secret)
            return
        self._note(value, screen.keep)
        if screen.effect:
            self._perform()
        else:
            self._enter(screen.to or "")

    def _refuse(self, refused: Refused) -> None:
        self.notice, self.event = self.served.refusal(self.screen, refused, self.session.language), "refused"

    def _note(self, value: Any, keep: str | None) -> None:
        session = self.session
        if isinstance(value, Found | Proved):
            session.who = msgspec.to_builtins(value.who) if value.who else session.who
            if isinstance(value, Proved):
                session.proved, session.opened = True, value.opened
                session.language = value.language or session.language
        elif keep:
            self._keep({keep: msgspec.to_builtins(value)})

    def _perform(self) -> None:
        screen, session, secrets = self.screen, self.session, self.served.vocabulary.secrets
        effect, hop = self.served.bindings.effects[screen.effect or ""], self._hop(session)
        try:
            outcome = perform(self._acts, screen, effect, hop, request=self._request, secrets=secrets, begun=session.begun)
        except Lead as lead:
            self._lead(lead)
            return
        # The commit's answer is unknown: no ending may say that nothing is done.
        except Doubtful:
            self._known.doubt()
            raise
        self.deliver(outcome)

    def deliver(self, outcome: Outcome) -> None:
        """Go where an act led, with what it gave; what was done stands above that screen, once it can be shown."""
        self._known.done(outcome, self.served.told(outcome, self.session.language))
        self.event = "acted"
        session, menu = self.session, self.served.menu
        notice = self.served.notice(outcome, session.language)
        session.told = (outcome.screen, notice) if notice else None
        session.steps = way.after_act(session.steps, outcome.screen, menu.start)
        session.steps[-1].led |= {DONE: outcome.values}
        session.page = session.steps[-1].page
        if menu.screens[outcome.screen].form == "ending":
            session.steps, session.page = [*session.steps, Step(outcome.screen)], 0
        else:
            self._enter(outcome.screen)  # its guard may want a PIN first, in a session that was lost

    def _lead(self, lead: Lead, *, stays: bool = False) -> None:
        """Go elsewhere in this screen's place: what it kept goes along, and `0` leads to where it was chosen.

        A question that was answered `stays` on the way.
        """
        target, session = self.screen.leads[lead.name], self.session
        if not stays and len(session.steps) > 1:
            left = session.steps.pop()
            self._keep(left.kept)
            session.page = session.steps[-1].page  # where it was chosen
        if lead.values is not None:
            session.steps[-1].led = session.steps[-1].led | {lead.name: msgspec.to_builtins(lead.values)}
        self._enter(target)

    def _enter(self, target: str) -> None:
        session = self.session
        page, session.page = session.page, 0
        if target == WANTED:  # nothing is wanted any more in a session that was lost and begun again
            target, depth = session.wanted or (self.served.menu.start, 0)
            session.steps, session.wanted = session.steps[:depth], None
        screen = self.served.menu.screens[target]
        if screen.guard:
            held = self.served.bindings.guards[screen.guard].call(self._hop(session))
            if isinstance(held, Divert):
                session.who = msgspec.to_builtins(held.who) if held.who else None
                session.wanted = (target, len(session.steps))
                target = self.served.menu.guards[screen.guard][held.lead]
        needs = self.served.vocabulary.needs(self.served.menu.screens[target])
        if target == self.served.menu.start:
            self.start()
        elif not needs or needs <= session.values.keys():
            session.steps = way.go_on(session.steps, target, page)
        else:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Go home: the call was lost behind an act, and with it what the next screen wants. What was done is said there."""
        self.start()
        session, menu = self.session, self.served.menu
        if session.told:
            session.told = (menu.start, session.told[1])
        elif "lost" in menu.words:
            self.notice = self.served.word("lost", session.language)
