"""What a menu's Python module gives its screens: sources, rows, answers, effects, guards. Nothing else can act."""

import inspect
import typing
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from app.ussd.kinds import Phrase

D = TypeVar("D")
F = TypeVar("F", bound=Callable[..., Any])
Shapes = Mapping[str, type | None]
Denials = Mapping[type[Exception], str | Callable[[Any], str]]
Ways = Mapping[type[Exception], "str | Callable[[Any], Lead]"]


class Hop(msgspec.Struct, Generic[D], frozen=True):
    """What a binding may know of the hop that it serves. `desk` is what the application lends its bindings."""

    desk: D
    phone: str
    now: datetime
    operation: str
    trace: str
    language: str
    who: Mapping[str, Any] | None
    proved: bool
    kept: Mapping[str, Any]


class Refused(Exception):
    """An answer that won't do: the screen comes again with the words of `refusals.<code>`."""

    def __init__(self, code: str, values: msgspec.Struct | None = None) -> None:
        super().__init__(code)
        self.code, self.values = code, values


class Lead(Exception):
    """The way goes elsewhere: to the screen that `leads.<name>` names. Its values are kept under the lead's name."""

    def __init__(self, name: str, values: msgspec.Struct | None = None) -> None:
        super().__init__(name)
        self.name, self.values = name, values


class Divert(msgspec.Struct, frozen=True):
    """A guard's no: the screen that must come first, and who the number was found to be."""

    lead: str
    who: msgspec.Struct | None = None


class Denied(msgspec.Struct, frozen=True):
    """Why something isn't done, as the lead `denied` shows it."""

    why: Phrase


class Proved(msgspec.Struct, frozen=True):
    """An answer's proof of who is there; with `who` None the one found before stands.

    `opened` is the same whenever the same person proves it on the same number by the same secret: by it a call that was cut is
    found again. It must betray none of the three.
    """

    who: msgspec.Struct | None = None
    language: str | None = None
    opened: str = ""


class Found(msgspec.Struct, frozen=True):
    """An answer that tells who is meant, without proving it: the place digit of a shared number."""

    who: msgspec.Struct


class Binding(msgspec.Struct, frozen=True):
    """One function that a screen may name, with what it gives and where else it may lead."""

    name: str
    call: Callable[..., Any]
    gives: Any
    leads: Shapes = {}
    refuses: Shapes = {}
    kept: type | None = None
    """What it reads of the way to its screen, when it declares a parameter `kept`."""
    acts: bool = False
    secret: bool = False
    proves: bool = False
    notes: bool = False
    untold: tuple[str, ...] = ()
    """What it reads and an act's record must not hold."""
    of: Callable[[Any], Hashable] | None = None
    """What tells, of a hop, whose words they are, where they are the same for all of those; `call` takes that too."""

    def told(self, hop: "Hop[Any]", whose: Hashable = None) -> Any:
        """Call a source or rows; `whose` is what `of` gave for this hop, if it was asked already."""
        return self.call(hop, whose or self.of(hop)) if self.of else self.call(hop)

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the names of what it reads of the way, which are an act's arguments but for what is `untold`."""
        return tuple(sorted(field.name for field in msgspec.structs.fields(self.kept))) if self.kept else ()


class Bindings:
    """The functions of one menu, by what they are for.

    A *source* takes the hop and returns a Struct of values to show. *Rows* return a sequence of Structs, each with an `id`, and
    with a `slot` where its number is for life. An *answer* takes the hop and what was typed and returns what is kept, or Found or
    Proved; one that `acts` writes on its own (a PIN's tries are counted), so it claims the turn. An *effect* takes the hop and
    the unit of work. A *guard* takes the hop and returns a Divert, or None to let pass. The *caller* takes the hop that begins a
    session and returns the kind of caller that the number is ("" when it is none of `kinds`), by which choices change their face.

    A function is given what its parameters name: `hop`, and `typed` or `session`. One with a parameter `reader` is given what the
    desk's `read()` opens, until it returns: it calls nothing that opens another. One with a parameter `kept` of a Struct's type is
    given what the way to its screen kept, under its fields' names; the proof sees to it that it is there.

    What a source or rows give `of` somebody, a co-operative say, is the same for all who ask for a second or so. `of` takes the hop
    and returns whose it is, never None; the function takes that besides.

    `denies` says why nothing is done on an error of the domain: its words, or a function of the
    error that returns them, are shown by the lead `denied`. `ways` names the lead that an error takes without any words,
    or is a function of the error that returns it with its values.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.sources: dict[str, Binding] = {}
        self.rows_of: dict[str, Binding] = {}
        self.answers: dict[str, Binding] = {}
        self.effects: dict[str, Binding] = {}
        self.guards: dict[str, Binding] = {}
        self.kinds: tuple[str, ...] = ()
        self.caller_of: Callable[[Any], str] | None = None

    @classmethod
    def join(cls, name: str, parts: Iterable["Bindings"]) -> "Bindings":
        """Return the functions of several files as one; raises ValueError on a name that two of them have."""
        whole = cls(name)
        for part in parts:
            for kind, group in part.groups().items():
                into = whole.groups()[kind]
                for twice in into.keys() & group.keys():
                    raise ValueError(f"{part.name}: another file has the {kind} {twice}")
                into |= group
            if part.caller_of:
                whole.kinds, whole.caller_of = part.kinds, part.caller_of
        return whole

    def groups(self) -> dict[str, dict[str, Binding]]:
        """Return the functions by what they are for."""
        return {
            "source": self.sources,
            "rows": self.rows_of,
            "answer": self.answers,
            "effect": self.effects,
            "guard": self.guards,
        }

    def caller(self, *, kinds: tuple[str, ...]) -> Callable[[F], F]:
        """Register what tells the kinds of callers apart."""

        def register(call: F) -> F:
            self.kinds, self.caller_of = kinds, call
            return call

        return register

    def source(
        self,
        *,
        leads: Shapes | None = None,
        denies: Denials | None = None,
        ways: Ways | None = None,
        of: Callable[[Any], Hashable] | None = None,
    ) -> Callable[[F], F]:
        """Register a source."""
        return self._into(self.sources, leads=leads or {}, denies=denies, ways=ways, of=of)

    def rows(self, *, of: Callable[[Any], Hashable] | None = None) -> Callable[[F], F]:
        """Register the rows of a list."""
        return self._into(self.rows_of, of=of)

    def answer(
        self,
        *,
        name: str | None = None,
        leads: Shapes | None = None,
        refuses: Shapes | None = None,
        acts: bool = False,
        secret: bool = False,
        proves: bool = False,
        denies: Denials | None = None,
        ways: Ways | None = None,
    ) -> Callable[[F], F]:
        """Register what reads the answer to a question; one that `proves` takes the PIN, which is as good as a confirmation."""
        facts = {"acts": acts, "secret": secret, "proves": proves}
        return self._into(self.answers, name, leads=leads or {}, refuses=refuses or {}, denies=denies, ways=ways, **facts)

    def effect(
        self,
        *,
        leads: Shapes | None = None,
        notes: bool = False,
        denies: Denials | None = None,
        ways: Ways | None = None,
        untold: tuple[str, ...] = (),
    ) -> Callable[[F], F]:
        """Register an effect; one that only `notes` what is confirmed later, and can be undone, may follow a question.

        What is `untold` it reads of the way like the rest; the act's record doesn't hold it.
        """
        return self._into(self.effects, leads=leads or {}, acts=True, notes=notes, denies=denies, ways=ways, untold=untold)

    def guard(self, *, name: str, leads: Shapes) -> Callable[[F], F]:
        """Register a guard."""
        return self._into(self.guards, name, leads=leads)

    def needs(self) -> list[str]:
        """Return the names of all bindings, as a published menu lists what it needs."""
        return sorted(f"{kind}:{name}" for kind, group in self.groups().items() for name in group)

    def _into(
        self,
        group: dict[str, Binding],
        called: str | None = None,
        *,
        leads: Shapes | None = None,
        denies: Denials | None = None,
        ways: Ways | None = None,
        **facts: Any,
    ) -> Callable[[F], F]:
        all_leads = (
            dict.fromkeys(way for way in (ways or {}).values() if isinstance(way, str))
            | ({"denied": Denied} if denies else {})
            | dict(leads or {})
        )

        def register(call: F) -> F:
            name = called or call.__name__
            if name in group:
                raise ValueError(f"{self.name}: two bindings are called {name}")
            hints = typing.get_type_hints(call, include_extras=True)
            kept = hints.get("kept")
            ready = _led(_given(call, kept), denies or {}, ways or {})
            group[name] = Binding(name=name, call=ready, gives=hints.get("return"), leads=all_leads, kept=kept, **facts)
            return call

        return register


def _given(call: Callable[..., Any], shape: type | None) -> Callable[..., Any]:
    """Return a function of the hop, and of what was typed or the session, that gives `call` what its parameters name."""
    wanted = tuple(inspect.signature(call).parameters)
    fields = [field.name for field in msgspec.structs.fields(shape)] if shape else []
    if not set(wanted) <= {"hop", "reader", "typed", "session", "kept", "whose"}:
        raise ValueError(
            f"{call.__name__}: a function is given hop, reader, typed, session or whose, and kept, not {', '.join(wanted)}"
        )
    # Most functions need nothing else: a hop calls them without a wrapper.
    if wanted in (("hop",), ("hop", "typed"), ("hop", "session"), ("hop", "whose")):
        return call

    def ready(hop: Hop[Any], other: Any = None) -> Any:
        offered = {"hop": hop, "typed": other, "session": other, "whose": other}
        if shape:
            kept = {name: hop.kept[name] for name in fields if name in hop.kept}
            offered["kept"] = msgspec.convert(kept, shape, strict=False)
        with hop.desk.read() if "reader" in wanted else nullcontext() as offered["reader"]:
            return call(**{name: offered[name] for name in wanted})

    return ready


def _led(call: Callable[..., Any], denies: Denials, ways: Ways) -> Callable[..., Any]:
    """Have the errors of the domain lead where they are to; the nearest class of an error counts."""
    if not denies and not ways:
        return call

    def ready(*given: Any) -> Any:
        try:
            return call(*given)
        except (*denies, *ways) as error:
            for of in type(error).__mro__:
                if of in ways:
                    way = ways[of]
                    raise (Lead(way) if isinstance(way, str) else way(error)) from None
                if of in denies:
                    said = denies[of]
                    raise Lead("denied", Denied(said if isinstance(said, str) else said(error))) from None
            raise

    return ready
