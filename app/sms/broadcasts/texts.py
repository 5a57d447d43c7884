"""What officers read of broadcasts: short French in GSM-7, with figures, hours and the text's first words; no name."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.amounts import number
from app.clock import DAKAR
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.progress import Counts

FIRST_WORDS = 30
_DAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
_ROLES = {
    "president": "présidence",
    "treasurer": "trésorerie",
    "secretary": "secrétariat",
    "administrator": "fédération",
}


def progress(broadcast: Broadcast, percent: int, counted: Counts) -> str:
    """Tell the sender how far it is, from a step of per cent on; at the end also what failed or is in doubt."""
    if percent < 100:
        reached = max(percent, 100 * counted.gone // max(1, broadcast.recipients))
        return f"Jappoo: envoi {broadcast.order}: {reached} %, {number(counted.gone)} sur {number(broadcast.recipients)} partis."
    return f"Jappoo: envoi {broadcast.order} fini: {_ended(counted, broadcast.recipients)}."


def copy(broadcast: Broadcast, now: datetime, cost: str, zone: ZoneInfo = DAKAR) -> str:
    """Tell another officer of the scope, who may stop it."""
    kind = "ALERTE" if broadcast.purpose == "urgent" else "envoi"
    who = _ROLES.get(broadcast.role, broadcast.role)
    return (
        f"Jappoo: {kind} {broadcast.order} ({who}) à {broadcast.said}: {numbers(broadcast.recipients)}, "
        f'{hour(broadcast.starts_at, now, zone)}. "{first_words(broadcast.typed)}" Pour arrêter: ANNULER {broadcast.order}. {cost}.'
    )


def first_words(text: str, most: int = FIRST_WORDS) -> str:
    """Return a text's first words, in at most so many characters; dots say that there are more."""
    plain = " ".join(text.split())
    if len(plain) <= most:
        return plain
    return plain[: most - 2].rsplit(" ", 1)[0] + "..."


def hour(at: datetime, now: datetime, zone: ZoneInfo = DAKAR) -> str:
    """Write an instant as people say it: `18:30`, `demain 7:00`, `ven 27/11 9:00`."""
    here, today = at.astimezone(zone), now.astimezone(zone).date()
    away = (here.date() - today).days
    day = {0: "", 1: "demain "}.get(away, f"{_DAYS[here.weekday()]} {here:%d/%m} ")
    return f"{day}{here.hour}:{here:%M}"


def day(at: datetime, zone: ZoneInfo = DAKAR) -> str:
    """Write a day: `mer 25/11`."""
    here = at.astimezone(zone)
    return f"{_DAYS[here.weekday()]} {here:%d/%m}"


def numbers(count: int) -> str:
    """Write how many numbers."""
    return f"{number(count)} numéro{'s' if count > 1 else ''}"


def unsure(counted: Counts) -> str:
    """Write what failed or is in doubt, if anything."""
    words = ((counted.failed, "échec"), (counted.doubted, "incertain"))
    return "".join(f", {number(count)} {word}{'s' if count > 1 else ''}" for count, word in words if count)


def _ended(counted: Counts, recipients: int) -> str:
    held = ((counted.stopped, "STOP"), (counted.late, "trop tard"))
    aside = "".join(f", {number(count)} {why}" for count, why in held if count)
    return f"{number(counted.gone)} sur {number(recipients)} partis{unsure(counted)}{aside}"
