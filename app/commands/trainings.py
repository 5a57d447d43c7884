"""`FORMATION [n]`, `INSCRIRE <n> [naissance]`, `OUI <code>` for a seat, `PRESENT <code>`, `EMPLOI OUI|NON <code>`."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from app import units
from app.commands import replies
from app.commands.command import Answer, Command
from app.coop.access.identity import Who
from app.coop.act import Act
from app.coop.jobs.queries import open_jobs
from app.coop.training import ages, applications, notices, placement, presence, queries
from app.coop.training.models import Training, TrainingApplication
from app.coop.training.seats import TrainingClosed, TrainingGone
from app.digits import is_number

WHY: dict[type[Exception], str | Callable[[Any], str]] = {
    TrainingClosed: "les inscriptions sont closes",
    applications.NoApplicant: "elle est pour les membres actifs de sa coopérative",
    applications.AppliedElsewhere: "vous y êtes déjà, d'un autre numéro; sinon RAPPEL",
    applications.OtherTraining: lambda other: f"une à la fois, vous êtes déjà à {other.args[0]}",
    ages.WrongAge: lambda wrong: f"elle est de {wrong.args[0]} à {wrong.args[1]} ans le premier jour",
    ages.BadBirth: lambda bad: str(bad).rstrip("."),
}
_APPLIED = re.compile(r"(?:A |LA |FORMATION |N |NO |NUMERO )*([0-9]{1,9})(?: (.+))?")
_ASKED = re.compile(r"(OUI|NON) ?([0-9 ]{6,8})")


def show(command: Command) -> str:
    """List what is open, or tell of one."""
    theirs = tuple({who.cooperative_id for who in command.holders if who.cooperative_id})
    found = queries.open_trainings(command.session, command.received.date(), theirs)
    if not command.rest:
        return _listed(found)
    number = command.rest.split()[-1]
    one = next((one for one in found if is_number(number, 9) and one.id == int(number)), None)
    if one is None:
        return replies.NO_TRAINING
    if one.company_chooses:
        seats = f"{units.count(one.seats, 'place')}, l'entreprise choisit"
    else:
        seats = (
            f"{units.count(one.free, 'place')} libre{'s' * (one.free > 1)}" if one.free else f"complet, {one.waiting} en attente"
        )
    return (
        f"Jappoo: {one.id} {one.title}, {one.place}, le {one.starts_on:%d/%m}: {seats}, {one.min_age} à {one.max_age} ans. "
        f"INSCRIRE {one.id} avant le {one.apply_until:%d/%m}. {{cost}}."
    )


def apply(command: Command) -> str:
    """Apply for a member: a seat, a rank, or the reason."""
    who = _member(command)
    if who is None:
        return replies.SHARED if len(command.holders) > 1 else replies.APPLY_DIAL
    typed = _APPLIED.fullmatch(command.rest)
    if typed is None:
        return replies.HOW_APPLY
    act, number = command.own_act(who), typed[1]
    try:
        birth = ages.read_birth(typed[2], act.today) if typed[2] else None
        # A refusal takes back what the application began. The sender is told of it in the same transaction.
        with command.session.begin_nested():
            row, _ = applications.apply(command.session, act, int(number), applications.ApplicantTold(birth))
    except TrainingGone:
        return replies.NO_TRAINING
    except (applications.BirthWanted, ages.BirthDayWanted):
        return replies.APPLY_BIRTH.replace("{number}", number)
    except applications.GuardianWanted:
        return replies.APPLY_DIAL
    except tuple(WHY) as no:
        why = WHY[type(no)]
        return replies.NOT_APPLIED.replace("{why}", why if isinstance(why, str) else why(no))
    return notices.receipt(command.session, row, command.session.get_one(Training, row.training_id))


def accept(command: Command) -> Answer:
    """Take the seat that was offered to this number under the code; None when none was."""
    code = command.rest.replace(" ", "")
    found = applications.offered(command.session, command.phone, code) if is_number(code, 6, least=6) else None
    if found is None:
        return None
    who = _member(command)
    row = command.session.get_one(TrainingApplication, found)
    if row.member_id is not None and (who is None or who.member_id != row.member_id):
        return replies.SHARED if command.holders else replies.APPLY_DIAL
    try:
        applications.accept(command.session, _act(command), found, command.received)
    except applications.ApplicationNotOpen:
        return replies.SEAT_GONE.replace("{number}", str(row.training_id))
    return notices.receipt(command.session, row, command.session.get_one(Training, row.training_id))


def attend(command: Command) -> str:
    """Note that the sender is there today."""
    code = command.rest.replace(" ", "")
    act = msgspec.structs.replace(_act(command), now=command.received)  # sent today, though it is read after midnight
    try:
        training = presence.attend(command.session, act, code)
    except presence.WrongDayCode:
        return replies.HOW_PRESENT
    except presence.SeveralHere:
        return replies.PRESENT_DIAL
    return replies.PRESENT_NOTED.replace("{training}", training.title)


def jobs(command: Command) -> str:
    """Note the answer to whether the sender works; or list the jobs, or tell of one."""
    asked = _ASKED.fullmatch(command.rest)
    if asked is None:
        return _jobs(command)
    try:
        code = asked[2].replace(" ", "")
        placement.answer(command.session, command.phone, code, works=asked[1] == "OUI", now=command.now)
    except placement.NoQuestion:
        return replies.NO_JOB_QUESTION
    return replies.JOB_NOTED


def _act(command: Command) -> Act:
    """Return what the sender does: a member's word, or that of a stranger on this number."""
    return command.own_act(_member(command))


def _member(command: Command) -> Who | None:
    """Return the one active member who holds the number."""
    active = [who for who in command.holders if who.state == "active" and who.member_id]
    return active[0] if len(command.holders) == len(active) == 1 else None


def _jobs(command: Command) -> str:
    found = open_jobs(command.session, command.received.date())
    if not found:
        return replies.NO_JOBS
    if not command.rest:
        return _fitted("Emplois:", [f"{one.id} {one.trade} {one.place}" for one in found], "EMPLOI")
    number = command.rest.split()[-1]
    one = next((one for one in found if is_number(number, 9) and one.id == int(number)), None)
    if one is None:
        return replies.NO_JOB
    places = units.count(one.places, "place")
    return (
        f"Jappoo: emploi {one.id}: {one.trade}, {one.place}, {one.company}, {places}, jusqu'au {one.until:%d/%m}. "
        "Intéressé ? {code} puis 5, 2. {cost}."
    )


def _listed(found: list[queries.ShownTraining]) -> str:
    if not found:
        return replies.NO_TRAININGS
    return _fitted("Formations:", [f"{one.id} {one.title} {one.starts_on:%d/%m}" for one in found], "FORMATION")


def _fitted(words: str, rows: list[str], word: str) -> str:
    """Say as many as fit one part, and how to ask for one."""
    ending = f". Détail: {word} et le numéro."
    for row in rows:
        more = f" {row};"
        if len(words) + len(more) > 160 - len(ending):
            break
        words += more
    return words.rstrip(";") + ending
