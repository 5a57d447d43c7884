"""What must hold of a menu before it can be published. One function a rule; a finding names file, line, screen, example."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from app.gsm7 import NotGsm7, fold, outside, septets
from app.ussd.bindings import Bindings
from app.ussd.carried import DONE, Carried
from app.ussd.compiler import Finding
from app.ussd.kinds import Kind, kinds_of
from app.ussd.menu import WANTED, Menu, Screen, Texts
from app.ussd.reach import distances, without_guard
from app.ussd.render import LIMIT, LINES_A_PAGE, PLACEHOLDER, Page, fill, lay_out
from app.ussd.vocabulary import Vocabulary, fields_of_row

CHOICES = frozenset((*range(1, 9), *range(11, 19), *range(21, 29)))
NEEDED_WORDS = (
    *("back", "more", "yes", "unknown", "empty", "several", "bye"),
    *("nothing", "unsure", "done", "diverged", "moved"),
)
SPARED_WORDS = {"resume"}
"""Words that a menu may do without: what they say is then not offered."""
Found = Iterator[tuple[Screen, str]]


class Proof:
    """A menu held against its bindings and the longest values that they can give.

    `constants` give the longest value of the placeholders that settings fill in (`cost`, `code`).
    """

    def __init__(self, menu: Menu, bindings: Bindings, constants: dict[str, str]) -> None:
        self.menu, self.bindings = menu, bindings
        self.constants = {name: Kind("constant", value) for name, value in constants.items()}
        self.vocabulary = Vocabulary(menu, bindings, self.constants)
        self._callers = ("", *menu.callers)
        self._first = menu.screens.get(menu.start) or next(iter(menu.screens.values()))

    def findings(self) -> list[Finding]:
        """Return what keeps the menu from being published, in the file's order; none is a proof.

        The rules come in stages, each standing on the one before.
        """
        found: list[Finding] = []
        for stage in (
            (self.targets, self.bound),
            (self.words, self.reach, self.exits, self.numbers, self.placeholders),
            (self.privacy, self.confirmed, self.carried, self.told, self.sizes, self.first_page, self.goals),
        ):
            if not found:
                found = [finding for rule in stage for finding in self._of(rule)]
        return sorted(set(found))

    def _of(self, rule: Callable[[], Found]) -> Iterator[Finding]:
        for screen, words in rule():
            yield Finding(screen.file, screen.line, screen.name, words)

    def targets(self) -> Found:
        """Every way leads to a screen that exists."""
        for name in (self.menu.start, self.menu.trouble):
            if name not in self.menu.screens:
                yield self._first, f"there is no screen {name}"
        for guard, leads in self.menu.guards.items():
            yield from (
                (self._first, f"guard {guard}: {lead} leads to no screen: {to}")
                for lead, to in leads.items()
                if to not in self.menu.screens
            )
        for screen in self._screens():
            for way, target in screen.targets().items():
                if target != WANTED and target not in self.menu.screens:
                    yield screen, f"{way} leads to no screen: {target}"

    def bound(self) -> Found:
        """Every name is bound, and every refusal and lead that a binding declares has its words and its way."""
        for screen in self._screens():
            named = (
                (screen.source, self.bindings.sources, "source"),
                (screen.rows, self.bindings.rows_of, "rows"),
                (screen.ask, self.bindings.answers, "answer"),
                (screen.effect, self.bindings.effects, "effect"),
            )
            for name, group, kind in named:
                if name and name not in group:
                    yield screen, f"no {kind} is called {name}"
                elif name:
                    yield from (
                        (screen, f"{name} may lead to {lead}: say where") for lead in group[name].leads if lead not in screen.leads
                    )
                    yield from (
                        (screen, f"{name} may refuse {code}: give the words")
                        for code in group[name].refuses
                        if code not in screen.refusals
                    )
            if screen.guard and screen.guard not in self.menu.guards:
                yield screen, f"no guard is called {screen.guard}"
            for caller in {kind for choice in screen.choices.values() for kind in choice.faces} - set(self.bindings.kinds):
                yield screen, f"nobody is known as {caller}"
        for guard, leads in self.menu.guards.items():
            declared = set(self.bindings.guards[guard].leads) if guard in self.bindings.guards else {"(unbound)"}
            yield from ((self._first, f"guard {guard} may lead to {lead}: say where") for lead in declared - set(leads))

    def words(self) -> Found:
        """The words that belong to no screen are all there, and the endings among them fit."""
        for word in (*NEEDED_WORDS, *(SPARED_WORDS & self.menu.words.keys())):
            texts = self.menu.words.get(word)
            if not texts:
                yield self._first, f"words.{word} is missing"
                continue
            for language, said in texts.items():
                longest = fill(fold(said), {name: kind.longest for name, kind in self.constants.items()})
                yield from self._fits(self._first, f"words.{word}", language, longest)
        yield from ((self._first, f"these values clash: {path}") for path in self.vocabulary.clashes)

    def reach(self) -> Found:
        """Every screen can be reached."""
        seen = set(distances(self.menu))
        yield from ((screen, "nothing leads here") for screen in self._screens() if screen.name not in seen)

    def exits(self) -> Found:
        """Every screen leads on or ends; every list, question and confirmation says where."""
        for screen in self._screens():
            if screen.form in ("list", "question") and not (screen.to or (screen.effect and screen.done)):
                yield screen, "it asks, but leads nowhere: give `to`"
            if screen.effect and not screen.done:
                yield screen, "it acts, but doesn't say what then: give `done`"
            if screen.form == "list" and not (screen.keep and screen.row and screen.empty):
                yield screen, "a list needs `keep`, `row` and `empty`"

    def told(self) -> Found:
        """What was done can be said from its outcome alone: where the next screen can't be shown, or the call is lost."""
        for screen in self._screens():
            effect, done = self.bindings.effects.get(screen.effect or ""), self.menu.screens.get(screen.done or "")
            if not effect or not done:
                continue
            given = set(kinds_of(effect.gives)) if isinstance(effect.gives, type) else set()
            words = screen.said or (done.text if done.form == "ending" and not done.source else {})
            told = [*words.values(), *screen.notice.values()]
            shown = {name for said in told for name in PLACEHOLDER.findall(said)}
            for name in sorted(shown - given - set(self.constants)):
                yield screen, f"{{{name}}} is nothing that {effect.name} gives: what was done can't be said by it"

    def numbers(self) -> Found:
        """Choices are numbered 1 to 8, then 11 to 18, 21 to 28; rows have an id."""
        for screen in self._screens():
            if screen.form == "choices" and not set(screen.choices) <= CHOICES:
                yield screen, "choices are numbered 1 to 8, then 11 to 18: 0 is back, 9 is more"
            if screen.rows and "id" not in fields_of_row(self.bindings.rows_of[screen.rows]):
                yield screen, f"the rows of {screen.rows} have no id"

    def placeholders(self) -> Found:
        """Every placeholder is a value that the screen can have."""
        for screen in self._screens():
            for where, texts, kinds in self._texts(screen):
                for said in texts.values():
                    for name in PLACEHOLDER.findall(said):
                        if name not in kinds:
                            yield screen, f"{where}: nothing gives {{{name}}}"

    def privacy(self) -> Found:
        """No amount and no name before the guard."""
        open_screens = without_guard(self.menu)
        for screen in self._screens():
            if screen.name not in open_screens:
                continue
            for where, texts, kinds in self._texts(screen):
                for said in texts.values():
                    for name in PLACEHOLDER.findall(said):
                        if name in kinds and kinds[name].private:
                            yield screen, f"{where}: {{{name}}} is private, and can be seen without the guard"
        for screen in self._screens():
            if screen.notice and screen.done in open_screens:
                yield screen, f"its notice stands above {screen.done}, which can be seen without the guard"

    def confirmed(self) -> Found:
        """Nothing acts without a confirmation: 1 on a screen of its own, a secret typed twice, or the PIN; noting needs none."""
        for screen in self._screens():
            if screen.form == "question" and screen.effect:
                if self.bindings.answers[screen.ask or ""].proves or self.bindings.effects[screen.effect].notes:
                    continue
                asked = {other.keep for other in self._screens() if other.keep and other.ask}
                if not screen.confirms or screen.confirms not in asked:
                    yield screen, f"{screen.effect} would act without a confirmation"

    def carried(self) -> Found:
        """What a function reads of the way to its screen was kept on every way there; what any act may have given has no must."""
        always = Carried(self.menu, self.bindings)
        for screen in self._screens():
            for binding, has in always.read_on(screen):
                if binding.kept is None:
                    continue
                for field in msgspec.structs.fields(binding.kept):
                    if field.required and field.name not in has:
                        yield screen, f"{binding.name} reads {field.name}, which not every way here has kept"
                    if field.name == DONE and not field.required and not _may_be_empty(field.type):
                        yield screen, f"{binding.name} may find as {DONE} what another act gave: each of its fields needs a default"

    def sizes(self) -> Found:
        """Every page of every screen fits with its longest values, in the alphabet; a question has one: no key turns it."""
        for screen in self._screens():
            for language in self.menu.languages:
                for notice in self._notices(screen, language):
                    pages = list(self._longest_pages(screen, language, notice))
                    for page in pages:
                        yield from self._fits(screen, "page", language, page.text)
                    if screen.form == "question" and (len(pages) > 1 or pages[0].cut):
                        yield screen, f"a question ({language}) has one page, not {len(pages)}: {pages[0].text!r}"

    def first_page(self) -> Found:
        """Choices that are `first` stand on the first page beside the first others, to every caller, with the longest values."""
        for screen in self._screens():
            wanted = [f"{number} " for number, choice in screen.choices.items() if not choice.first][:LINES_A_PAGE]
            wanted += [f"{number} " for number, choice in screen.choices.items() if choice.first]
            if not any(choice.first for choice in screen.choices.values()):
                continue
            for language in self.menu.languages:
                for caller in self._callers:
                    lines = self._laid(screen, language, "", [], caller)[0].text.split("\n")
                    missing = [number.strip() for number in wanted if not any(line.startswith(number) for line in lines)]
                    if missing:
                        yield screen, f"the first page ({language}, {caller or 'member'}) has no room for {', '.join(missing)}"

    def goals(self) -> Found:
        """Goals are met: entries from the start, the confirming one among them; guards' and free screens' are not counted."""
        entries = distances(self.menu)
        for screen in self._screens():
            if screen.goal:
                name, within = screen.goal
                needed = entries.get(screen.name, 99) + (screen.form == "confirmation")
                if needed > within:
                    yield screen, f"{name} takes {needed} entries, not {within}"

    def _fits(self, screen: Screen, where: str, language: str, said: str) -> Found:
        try:
            size = septets(said)
        except NotGsm7:
            yield screen, f"{where} ({language}): {' '.join(outside(said))} is outside GSM-7"
            return
        if size > LIMIT:
            yield screen, f"{where} ({language}): {size} septets, not {LIMIT}: {said!r}"

    def _longest_pages(self, screen: Screen, language: str, notice: str) -> Iterator[Page]:
        row = _longest(self.vocabulary.of_rows(screen))
        slotted = bool(screen.rows) and "slot" in fields_of_row(self.bindings.rows_of[screen.rows or ""])
        # Eight rows take two pages, so that one with both keys is measured.
        rows = [row | ({"slot": str(999_991 + place)} if slotted else {}) for place in range(8)] if screen.rows else []
        for shown in [rows, []] if screen.rows else [[]]:
            for caller in self._callers if screen.form == "choices" else ("",):
                yield from self._laid(screen, language, notice, shown, caller)

    def _laid(self, screen: Screen, language: str, notice: str, rows: list[dict[str, str]], caller: str) -> list[Page]:
        values = self._longest_anywhere | _longest(self.vocabulary.of_screen(screen))
        root = screen.name == self.menu.start
        return lay_out(self.menu, screen, language, values, rows, root=root, notice=notice, caller=caller)

    def _notices(self, screen: Screen, language: str) -> Iterator[str]:
        yield ""
        if screen.form == "ending":
            return
        above = ("unknown", "empty", "several", *(("lost",) if "lost" in self.menu.words else ()))
        yield from (fold(self.menu.said(self.menu.words[word], language)) for word in above)
        told = (acted.notice for acted in self._screens() if acted.notice and acted.done == screen.name)
        yield from (fill(fold(self.menu.said(notice, language)), self._longest_anywhere) for notice in told)
        for code, texts in screen.refusals.items():
            kinds = self.vocabulary.of_refusal(screen, code)
            yield fill(fold(self.menu.said(texts, language)), {name: kind.longest for name, kind in kinds.items()})

    def _texts(self, screen: Screen) -> Iterator[tuple[str, Texts, Mapping[str, Kind]]]:
        kinds = self._kinds(screen)
        yield "text", screen.text, kinds
        yield "row", screen.row, self.vocabulary.of_rows(screen)
        yield from (("empty", screen.empty, kinds), ("yes", screen.yes, kinds))
        for number, choice in screen.choices.items():
            yield from ((f"choice {number}", label, kinds) for label in (choice.label, *(f.label for f in choice.faces.values())))
        yield from ((f"refusal {code}", texts, self.vocabulary.of_refusal(screen, code)) for code, texts in screen.refusals.items())

    def _kinds(self, screen: Screen) -> dict[str, Kind]:
        return {**self.constants, **self.vocabulary.kept, **self.vocabulary.of_screen(screen)}

    @cached_property
    def _longest_anywhere(self) -> dict[str, str]:
        return _longest(self.constants | self.vocabulary.kept)

    def _screens(self) -> Iterator[Screen]:
        return iter(self.menu.screens.values())


def _longest(kinds: Mapping[str, Kind]) -> dict[str, str]:
    return {name: fold(kind.longest) for name, kind in kinds.items()}


def _may_be_empty(shape: Any) -> bool:
    try:
        msgspec.convert({}, shape)
    except msgspec.ValidationError:
        return False
    return True
