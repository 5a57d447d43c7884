"""Rappels: who waits to be called, one officer for each, and what the call came to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import phones
from app.coop.act import Act
from app.coop.correspondence import call_backs as calls
from app.coop.members.names import person_name
from app.db.rows import require
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Ways
from menus.hop import Hop, officers_act, reading_office, who_of

menu = Bindings("call_backs")
Phone = Annotated[str, kinds.Kind("phone", "+999999999999999", private=True)]
Topic = Annotated[str, kinds.Kind("words", "m" * 60)]
Subjects = Annotated[str, kinds.Kind("words", "m" * 36)]


class Waiting(msgspec.Struct, frozen=True):
    waiting: kinds.Phrase


class CallBackRow(msgspec.Struct, frozen=True):
    """One who waits; `mark` says who has it. No name: it is read when shown."""

    id: int
    mark: kinds.Short
    age: kinds.Short
    phone: Phone
    subjects: Subjects


class CallBackCaller(msgspec.Struct, frozen=True):
    who: kinds.PersonName
    phone: Phone
    topic: Topic
    tries: kinds.Short


class TakenCallBack(msgspec.Struct, frozen=True):
    """What was taken: a session that is lost finds it in the outcome; 0 where the last act took nothing."""

    call_back_id: int = 0


class TakenBy(msgspec.Struct, frozen=True):
    officer: kinds.PersonName


class Closed(msgspec.Struct, frozen=True):
    closed: kinds.Phrase


class PickedCallBack(msgspec.Struct, frozen=True):
    """Whom the officer calls: the row picked, or the one that was taken, where the call was lost since."""

    call_back: CallBackRow | None = None
    done: TakenCallBack = TakenCallBack()

    @property
    def row(self) -> int:
        """Return the call back's number, 0 for none."""
        return self.call_back.id if self.call_back else self.done.call_back_id


class Result(msgspec.Struct, frozen=True):
    phone: Phone
    result: kinds.Short


class Call(PickedCallBack, frozen=True):
    outcome: calls.Outcome = "settled"


RESULTS = {"settled": "réglé", "unreached": "pas de réponse", "later": "à demain", "wrong": "faux numéro", "left": "à un autre"}
GONE: Ways = {calls.CallBackTaken: "call_back_gone"}
SAID = {
    "settled": "C'est réglé.",
    "unreached": "À rappeler dans 3 heures.",
    "later": "À rappeler demain.",
    "wrong": "Retiré de la liste.",
    "left": "Laissé à un autre.",
}


@menu.source()
def call_backs_waiting(hop: Hop, reader: Connection) -> Waiting:
    """Say how many wait and how long the first has."""
    number, since = calls.how_many(reader, reading_office(reader, hop, "call_backs").cooperative_id, hop.now)
    return Waiting(f"{number} en attente. Le plus ancien: {age_words(hop.now - since)}" if since else "Personne n'attend.")


@menu.rows()
def call_backs(hop: Hop, reader: Connection) -> Sequence[CallBackRow]:
    """Give who waits, oldest first."""
    found = _waiting(reader, hop)
    return [
        CallBackRow(
            one.id,
            _mark(one.taken_by, hop),
            age_words(hop.now - one.at),
            phones.write(one.phone),
            _subjects(one.topic),
        )
        for one in found
    ]


@menu.source(leads={"call_back_mine": None, "call_back_gone": None, "call_back_taken": TakenBy})
def call_back(hop: Hop, reader: Connection, kept: PickedCallBack) -> CallBackCaller:
    """Say who it is; lead on when it is taken or done."""
    found = _picked(reader, hop, kept)
    if found.taken_by == who_of(hop).person_id:
        raise Lead("call_back_mine")
    if found.taken_by:
        raise Lead("call_back_taken", TakenBy(person_name(reader, found.taken_by)))
    return _caller(found)


@menu.source(leads={"call_back_gone": None})
def call_back_caller(hop: Hop, reader: Connection, kept: PickedCallBack) -> CallBackCaller:
    """Say whom to call."""
    return _caller(_picked(reader, hop, kept))


@menu.source(leads={"call_back_gone": None})
def call_back_result(hop: Hop, reader: Connection, kept: Call) -> Result:
    """Say what will be noted of which call."""
    return Result(call_back_caller(hop, reader, kept).phone, RESULTS[kept.outcome])


@menu.effect(leads={"not_yours": None}, ways=GONE)
def take_call_back(hop: Hop, session: Session, kept: PickedCallBack) -> TakenCallBack:
    """Take it: the others see so."""
    calls.take(session, _act(hop, session), kept.row)
    return TakenCallBack(kept.row)


@menu.effect(leads={"not_yours": None}, ways=GONE)
def close_call_back(hop: Hop, session: Session, kept: Call) -> Closed:
    """Note what the call came to; one who was tried often enough is told by SMS."""
    act, outcome = _act(hop, session), kept.outcome
    given_up = calls.close(session, act, kept.row, outcome)
    if given_up is None:
        return Closed(SAID[outcome])
    calls.tell_given_up(session, act, kept.row, given_up)
    return Closed("Retiré; un SMS le lui dit.")


def _act(hop: Hop, session: Session) -> Act:
    return msgspec.structs.replace(officers_act(session, hop, "call_backs"), channel="bureau")


def age_words(age: timedelta) -> str:
    """Write how long somebody has waited: `5 min`, `3 h`, `2 j`."""
    minutes = max(0, int(age.total_seconds() // 60))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} j"


def _mark(taken_by: int | None, hop: Hop) -> str:
    return "" if taken_by is None else "(à vous) " if taken_by == who_of(hop).person_id else "(pris) "


def _subjects(topic: str) -> str:
    several = calls.subjects(topic)
    return ", ".join(several) if len(several) > 1 else topic


def _caller(one: calls.WaitingCallBack) -> CallBackCaller:
    who = f"{one.name}, {one.card}" if one.card else one.name or "Inconnu, ou numéro partagé"
    return CallBackCaller(who, phones.write(one.phone), one.topic, f"Essai {one.tries + 1}." if one.tries else "")


def _waiting(reader: Connection, hop: Hop) -> Sequence[calls.WaitingCallBack]:
    found = calls.waiting_for(reader, reading_office(reader, hop, "call_backs").cooperative_id, hop.now)
    # One's own first. Sorting leaves the others in the order of their waiting.
    return sorted(found, key=lambda one: one.taken_by != who_of(hop).person_id)


def _picked(reader: Connection, hop: Hop, kept: PickedCallBack) -> calls.WaitingCallBack:
    return require(next((one for one in _waiting(reader, hop) if one.id == kept.row), None), Lead("call_back_gone"))
