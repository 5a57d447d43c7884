"""From YAML to a compiled menu, or to findings that name file, line and screen.

A menu is one file or several. The grammar of each: `guards` (where each guard diverts to) and `screens`; one of them also has
`start`, `trouble` (the screen after a fault), `words` (what belongs to no screen), `ways` (where a lead goes that a screen or a
guard says nothing of; without a line there it goes to the screen of its name) and `refusals` (the words for answers that won't do,
where a screen says nothing). A screen is one of
  choices       numbered for life: `{1: {label, to, keep}}`; `for: {caller: {label, to}}` is what the choice is to another
                kind of caller; `first: true` keeps it on the first page, behind the first five;
                a `text` alone is read and left by 0
  list + row    rows of data, picked into `keep`, then `to`; `empty` when there are none
  ask           a question whose answer goes into `keep`, then `to`; `refusals` are the words for answers that won't do;
                with `effect` and `done` it must repeat the secret that `confirms` names
  effect + done a confirmation: 1 acts; `said` says what was done, from the outcome alone, when `done` can't be shown;
                `notice` says it above `done`, once
  confirm       an answer that proves who is there, with `effect` and `done`
  end           the last words of a session
and may have `text`, `source`, `guard`, `leads`, `free: true` (its entries are not counted in goals), `goal: {name, within}`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec
import yaml

from app.ussd.bindings import Bindings
from app.ussd.menu import Choice, Face, Menu, Screen, ScreenForm, Texts

SOURCE_LANGUAGE = "fr"
_constructor = yaml.constructor.SafeConstructor
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml reads ten times as fast; a PyYAML without it reads the same."""
Catalogues = Mapping[str, Mapping[str, str]]
Read = TypeVar("Read")


class Finding(msgspec.Struct, frozen=True, order=True):
    """Something that keeps a menu from being published."""

    file: str
    line: int
    screen: str
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.screen}: {self.words}"


class Unreadable(ValueError):
    """A menu that can't be compiled; `findings` say where and why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


class _Face(msgspec.Struct, forbid_unknown_fields=True):
    label: str
    to: str


class _Choice(msgspec.Struct, forbid_unknown_fields=True):
    label: str
    to: str
    keep: dict[str, str] = {}
    first: bool = False
    faces: dict[str, _Face] = msgspec.field(default_factory=dict, name="for")


class _Goal(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    within: int


class _Screen(msgspec.Struct, forbid_unknown_fields=True):
    text: str = ""
    end: str | None = None
    source: str | None = None
    guard: str | None = None
    choices: dict[int, _Choice] = {}
    list: str | None = None
    row: str | None = None
    empty: str | None = None
    ask: str | None = None
    confirm: str | None = None
    confirms: str | None = None
    effect: str | None = None
    yes: str | None = None
    said: str | None = None
    notice: str | None = None
    keep: str | None = None
    to: str | None = None
    done: str | None = None
    leads: dict[str, str] = {}
    refusals: dict[str, str] = {}
    free: bool = False
    goal: _Goal | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    start: str = ""
    trouble: str = ""
    words: dict[str, str] = {}
    ways: dict[str, str] = {}
    refusals: dict[str, str] = {}
    guards: dict[str, dict[str, str]] = {}
    screens: dict[str, _Screen] = {}


def compile_menu(sources: Mapping[str, str], catalogues: Catalogues | None = None, bindings: Bindings | None = None) -> Menu:
    """Compile a menu from its YAML files, by name; a language is served when its catalogue has every text.

    The leads of `bindings` that a screen or a guard says nothing of go where `ways` says, or to the screen of their name.

    Raises Unreadable on YAML that isn't, keys and names given twice, unknown fields, a menu with no start or two, and screens of
    two forms or none.
    """
    texts = _Texts(catalogues or {})
    words: dict[str, Texts] = {}
    guards: dict[str, dict[str, str]] = {}
    screens: dict[str, Screen] = {}
    starts: list[tuple[str, str]] = []
    files = [(f"{name}.yaml", *read_yaml(f"{name}.yaml", source, _File)) for name, source in sources.items()]
    common = next((read for _, read, _ in files if read.start), _File())
    ways = {name: name for _, read, _ in files for name in read.screens} | common.ways
    for file, read, lines in files:
        if read.start:
            starts.append((read.start, read.trouble))
            words = {key: texts(word) for key, word in read.words.items()}
        for name in read.guards.keys() & guards.keys():
            raise Unreadable([Finding(file, lines[f"$.guards.{name}"], "-", f"another file has a guard {name}")])
        guards |= {name: _leads(bindings, "guard", name, leads, ways) for name, leads in read.guards.items()}
        for name in read.screens:
            line = lines[f"$.screens.{name}"]
            if name in screens:
                raise Unreadable([Finding(file, line, name, f"{screens[name].file} has a screen {name} too")])
            screens[name] = _screen(
                name, _whole(name, read.screens[name], line, file, ways, common.refusals, bindings), line, file, texts
            )
    if len(starts) != 1 or not screens:
        raise Unreadable([Finding(f"{next(iter(sources), '-')}.yaml", 1, "-", "one file gives `start`, and some give `screens`")])
    served = (SOURCE_LANGUAGE, *sorted(set(catalogues or {}) - texts.missing))
    return Menu(*starts[0], served, words, guards, screens)


def _whole(
    name: str, read: _Screen, line: int, file: str, ways: dict[str, str], refusals: dict[str, str], bindings: Bindings | None
) -> _Screen:
    """Return a screen with what it takes from all screens' common part: its leads' ways, its refusals' words."""
    if read.confirm and read.ask:
        raise Unreadable([Finding(file, line, name, "a screen has `ask` or `confirm`, not both")])
    ask, leads = read.confirm or read.ask, read.leads
    for kind, called in (("source", read.source), ("answer", ask), ("effect", read.effect)):
        leads = _leads(bindings, kind, called, leads, ways)
    answer = bindings.answers.get(ask or "") if bindings else None
    said = {code: refusals[code] for code in (answer.refuses if answer else ()) if code in refusals}
    return msgspec.structs.replace(read, ask=ask, leads=leads, refusals=said | read.refusals)


def _leads(bindings: Bindings | None, kind: str, name: str | None, said: dict[str, str], ways: dict[str, str]) -> dict[str, str]:
    binding = bindings.groups()[kind].get(name or "") if bindings else None
    return {lead: ways[lead] for lead in (binding.leads if binding else ()) if lead in ways} | said


def read_yaml(file: str, source: str, shape: type[Read]) -> tuple[Read, dict[str, int]]:
    """Read a YAML file of one shape, with the line of each of its paths (`$.screens.home`). Raises Unreadable."""
    lines: dict[str, int] = {}
    try:
        # Composed and not loaded: only nodes know their lines.
        root = yaml.compose(source, Loader=_Loader)
        return msgspec.convert(_plain(root, "$", lines, file), type=shape), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise Unreadable([Finding(file, mark.line + 1 if mark else 0, "-", str(error.problem))]) from error
    except msgspec.ValidationError as error:
        words, _, path = str(error).partition(" - at `")
        raise Unreadable([Finding(file, _nearest(lines, path.rstrip("`")), "-", words)]) from error


class _Texts:
    """Turn French words into the words of all languages, noting the languages that lack any."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues, self.missing = catalogues, set[str]()

    def __call__(self, words: str | None) -> Texts:
        if not words:
            return {}
        found = {SOURCE_LANGUAGE: words.rstrip("\n")}
        for language, catalogue in self._catalogues.items():
            if catalogue.get(words.rstrip("\n")):
                found[language] = catalogue[words.rstrip("\n")]
            else:
                self.missing.add(language)
        return found


def _screen(name: str, read: _Screen, line: int, file: str, texts: _Texts) -> Screen:
    given: dict[ScreenForm, Any] = {
        "choices": read.choices,
        "list": read.list,
        "question": read.ask,
        "ending": read.end,
    }
    forms: list[ScreenForm] = [form for form, value in given.items() if value]
    if read.effect and not read.ask:
        forms.append("confirmation")
    if not forms and read.text:
        forms.append("choices")
    if len(forms) != 1:
        said = " and ".join(forms) if forms else "none of choices, list, ask, effect, end"
        raise Unreadable([Finding(file, line, name, f"a screen has one form, not {said}")])
    return Screen(
        name=name,
        form=forms[0],
        text=texts(read.end or read.text),
        file=file,
        line=line,
        source=read.source,
        guard=read.guard,
        choices={number: _choice(choice, texts) for number, choice in read.choices.items()},
        rows=read.list,
        row=texts(read.row),
        empty=texts(read.empty),
        ask=read.ask,
        confirms=read.confirms,
        effect=read.effect,
        yes=texts(read.yes),
        said=texts(read.said),
        notice=texts(read.notice),
        keep=read.keep,
        to=read.to,
        done=read.done,
        leads=read.leads,
        refusals={code: texts(words) for code, words in read.refusals.items()},
        free=read.free,
        goal=(read.goal.name, read.goal.within) if read.goal else None,
    )


def _choice(read: _Choice, texts: _Texts) -> Choice:
    faces = {caller: Face(texts(face.label), face.to) for caller, face in read.faces.items()}
    return Choice(texts(read.label), read.to, read.keep, faces, read.first)


def words_of(menu: Menu) -> Iterator[str]:
    """Give every French text of a menu once, in its order: what a catalogue must translate."""
    seen: set[str] = set()
    for texts in _all_texts(menu):
        words = texts.get(SOURCE_LANGUAGE)
        if words and words not in seen:
            seen.add(words)
            yield words


def texts_of(screen: Screen) -> Iterator[Texts]:
    """Give the texts of a screen, empty ones too: its own, its choices', its refusals'."""
    yield from (screen.text, screen.row, screen.empty, screen.yes, screen.said, screen.notice)
    for choice in screen.choices.values():
        yield from (choice.label, *(face.label for face in choice.faces.values()))
    yield from screen.refusals.values()


def _all_texts(menu: Menu) -> Iterator[Texts]:
    yield from menu.words.values()
    for screen in menu.screens.values():
        yield from texts_of(screen)


def _plain(node: yaml.Node | None, path: str, lines: dict[str, int], file: str) -> Any:
    """Build plain values, noting each one's line; a key given twice is refused, for YAML would drop the first in silence."""
    if node is None:
        return None
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        built: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _constructor().construct_object(key_node)
            line = key_node.start_mark.line + 1
            if key in built:
                raise Unreadable([Finding(file, line, path.removeprefix("$.screens."), f"{key} is given twice")])
            built[key] = _plain(value_node, f"{path}.{key}", lines, file)
            lines[f"{path}.{key}"] = line
        return built
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, f"{path}[{place}]", lines, file) for place, item in enumerate(node.value)]
    return _constructor().construct_object(node)


def _nearest(lines: dict[str, int], path: str) -> int:
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path, 0)
