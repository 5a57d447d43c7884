"""What officers are answered about broadcasts: short French, with `{cost}` wherever an answer is asked for."""

from collections.abc import Sequence
from datetime import datetime

from app import units
from app.amounts import number
from app.commands.replies import quoted
from app.coop.audience.words import OutOfScope, UnknownWord
from app.coop.broadcasts.confirmations import FreshNumber
from app.coop.broadcasts.estimates import (
    MOST_PARTS,
    BroadcastRefused,
    BroadcastTooLong,
    Estimate,
    Nobody,
    NotThen,
    TooSlow,
    Unwritable,
)
from app.coop.rights import Right
from app.sms.broadcasts.budget import OverBudget
from app.sms.broadcasts.days import read_on
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.progress import Counts
from app.sms.broadcasts.terms import Terms
from app.sms.broadcasts.texts import day, hour, numbers, unsure
from app.sms.cost import named, quote
from app.sms.policy import lost

HELP_WORDS: tuple[tuple[Right, str], ...] = (
    ("broadcast", "DIFF ou URGENT public texte, DIFF public @18:30 texte, OUI code"),
    ("read", "ETAT"),
    ("stop", "ANNULER"),
    ("read", "MEMBRE"),
    ("weigh", "VALIDER"),
    ("price", "TARIF"),
    ("call_backs", "REPONDRE"),
)
"""What the help tells an officer, each with the right that it takes: what an office may not do is answered as a member's."""
HELP = "Jappoo: {words}, PRIX, PROD, SOLDE, STOP. {cost}."
HOW = "Jappoo: envoyez {word} public texte, par exemple {word} TOUS Réunion demain à 9h, ou {word} PECHE+JOAL texte. {cost}."
HOW_TIME = "Jappoo: heure pas comprise. Par exemple @18:30, @demain 7h, @ven 9h, dans les 7 jours. Rien n'est envoyé. {cost}."
NOT_THEN = "Jappoo: cette heure est passée, ou dans plus de 7 jours. Rien n'est envoyé. Renvoyez avec une autre heure. {cost}."
NOT_LATER = "Jappoo: URGENT part tout de suite, sans @heure. Rien n'est envoyé. {cost}."
UNKNOWN = 'Jappoo: public "{word}" inconnu.{near} Rien n\'est envoyé. {cost}.'
OTHERS = "Jappoo: {word} n'est pas votre CPS. Vous écrivez à la vôtre: TOUS. Rien n'est envoyé. {cost}."
TOO_LONG = "Jappoo: texte trop long: {parts} SMS chacun, au plus {most}. Rien n'est envoyé. {cost}."
WRONG_CODE = "Jappoo: ce code n'est pas le bon. Rien n'est envoyé. Regardez le dernier devis, ou renvoyez votre DIFF. {cost}."
HOW_YES = "Jappoo: envoyez OUI et le code du devis, par exemple OUI 4821. Rien n'est envoyé. {cost}."
FRESH = "Jappoo: votre numéro a changé il y a moins de 72 heures: il ne peut pas encore confirmer. Rien n'est envoyé."
DIED = "Code périmé (15 min), rien n'est parti. Nouveau devis. "
REPLACED = "Code remplacé par un devis plus récent, rien n'est parti. Nouveau devis. "
TAKEN_OVER = "Jappoo: ce devis est remplacé par votre dernier devis du même texte: prenez son code. Rien n'est envoyé. {cost}."
CALLED_OFF = "Jappoo: ce devis est annulé: rien n'est envoyé. Pour l'envoyer, renvoyez votre DIFF. {cost}."
PERHAPS_AUDIENCE = "{words} ? Alors renvoyez ainsi. "
PERHAPS_TIME = "Départ @{word} ? Alors renvoyez avec @ devant le texte. "
BY_PIN = "{code} puis 8, 2 et code secret"
"""How an estimate is confirmed without its code."""
BY_PIN_REPLY = "{code} puis 8, 6, 2"
NO_SUCH = "Jappoo: aucun envoi {which} chez vous. {cost}."
DROPPED = "Jappoo: devis annulé, rien n'est envoyé."
GOES_ON = " L'envoi {id} continue: pour l'arrêter, ANNULER {id}. {cost}."
STOPPED = "Jappoo: envoi {id} arrêté: {left} sur {all} étaient partis."
OVER = "Jappoo: envoi {id} déjà {state}: {left} sur {all} partis."
NO_MEMBER = "Jappoo: aucun membre à ce numéro chez vous. {cost}."
NO_CARD = "Jappoo: aucun membre, ou pas un seul, avec cette carte chez vous (au moins 3 chiffres). {cost}."
HOW_MEMBER = "Jappoo: envoyez MEMBRE et le téléphone ou la carte, par exemple MEMBRE 77 123 45 67 ou MEMBRE 201. {cost}."
STATES = {
    "expanding": "en cours",
    "scheduled": "prévu",
    "sending": "en cours",
    "done": "fini",
    "stopping": "arrêté",
    "stopped": "arrêté",
}
REFUSALS = (UnknownWord, OutOfScope, BroadcastRefused, OverBudget, FreshNumber)
"""Why nothing is sent, for which `refused` has the words."""
MEMBERS = {"pending": "pas encore activé", "active": "actif", "blocked": "bloqué", "departed": "parti"}


def ended(until: datetime, terms: Terms, now: datetime) -> str:
    """Say once that the sender's codes are taken no more, until when, and how estimates are confirmed meanwhile."""
    return (
        f"Jappoo: trop de codes faux: OUI ne vaut plus par SMS avant {hour(until, now, terms.zone)}. "
        f"Vos devis: {BY_PIN}. Ce n'est pas vous ? Prévenez la fédération."
    )


def estimated(made: Estimate, terms: Terms, now: datetime) -> str:
    """Say what a draft would do, its whole text and what confirms it; ask about a day that will mean another when it is read."""
    broadcast, before = made.broadcast, made.before
    how = BY_PIN if broadcast.by_pin else f"OUI {made.code}"
    again = (
        f"Même texte déjà envoyé à {hour(before.confirmed_at or now, now, terms.zone)} ({before.order}). Encore ? "
        if before
        else ""
    )
    kind = "ALERTE " if broadcast.purpose == "urgent" else ""
    return (
        f"{again}{kind}{broadcast.said}: {numbers(broadcast.recipients)}{_without(broadcast, terms)}. "
        f"{quote(made.signed, broadcast.recipients, broadcast.price).words()}. {_budget(made)}{_when(broadcast, terms, now)}. "
        f'{_other_day(broadcast, terms, now)}"{quoted(broadcast.text)}" Envoyer: {how} (15 min). {{cost}}.'
    )


def _budget(made: Estimate) -> str:
    if made.left is None:
        return ""
    wanted = made.broadcast.recipients * made.broadcast.parts * made.broadcast.price
    short = " (pas assez)" if wanted > made.left else ""
    return f"Reste {number(max(0, made.left))} F{short}. "


def _other_day(broadcast: Broadcast, terms: Terms, now: datetime) -> str:
    found = read_on(broadcast.typed, broadcast.starts_at, broadcast.ends_at, terms, now)
    if found is None:
        return ""
    word, read, meant = found
    return f'Lu {day(read, terms.zone)}, "{quoted(word)}" sera {day(meant, terms.zone)}: exact ? '


def unwritable(characters: Sequence[str], cost: str) -> str:
    """Name the characters that a text is too long for: themselves where this SMS may hold them, else in words."""
    shown = f"Jappoo: trop long avec {' '.join(characters[:3])}. Rien n'est envoyé. {cost}."
    if not lost(shown):
        return shown
    return f"Jappoo: texte trop long avec ces signes: {named(characters)}. Rien n'est envoyé. {cost}."


def confirmed(broadcast: Broadcast, terms: Terms, now: datetime) -> str:
    """Say that it is ordered, and how to stop it."""
    cost = number(broadcast.recipients * broadcast.parts * broadcast.price)
    return (
        f"Jappoo: envoi {broadcast.order}: {numbers(broadcast.recipients)}, {cost} F. {_when(broadcast, terms, now)}. "
        f"Suivre: ETAT {broadcast.order}. Annuler: ANNULER {broadcast.order}. {{cost}}."
    )


def refused(fault: Exception, terms: Terms, cost: str) -> str:
    """Say why a draft, or an estimate that was confirmed, isn't sent: one sentence for each of REFUSALS."""
    match fault:
        case UnknownWord():
            near = f" Vouliez-vous {' ou '.join(fault.near)} ?" if fault.near else ""
            return UNKNOWN.replace("{word}", quoted(fault.word[:20])).replace("{near}", near)
        case OutOfScope():
            return OTHERS.replace("{word}", quoted(str(fault)))
        case BroadcastTooLong():
            return TOO_LONG.replace("{parts}", str(fault.args[0])).replace("{most}", str(MOST_PARTS))
        case Unwritable():
            return quoted(unwritable(fault.args, cost))
        case NotThen():
            return NOT_THEN
        case Nobody():
            why = _reasons(fault.reach.stopped, fault.reach.capped, fault.reach.without, terms)
            return f"Jappoo: personne à joindre: {fault.audience.said}{f' ({why})' if why else ''}. Rien n'est envoyé. {{cost}}."
        case TooSlow():
            return _too_slow(-(-int(fault.takes.total_seconds()) // 60))
        case OverBudget():
            wanted, over = number(fault.wanted), number(fault.francs)
            return f"Jappoo: budget du jour dépassé de {over} F: cet envoi coûte {wanted} F. Rien n'est envoyé. {{cost}}."
        case FreshNumber():
            return FRESH
    raise fault


def _too_slow(minutes: int) -> str:
    takes = f"{minutes // 60} h {minutes % 60:02d}"
    return (
        f"Jappoo: trop de monde pour une alerte: {takes} d'envoi avec ce qui attend déjà, au plus 3 h. Rien n'est envoyé. {{cost}}."
    )


def standing(broadcast: Broadcast, counted: Counts, terms: Terms, now: datetime, rests: datetime | None) -> str:
    """Say how far a broadcast is, and until when it rests if it does."""
    words = f"Jappoo: envoi {broadcast.order} ({broadcast.said}) {STATES[broadcast.state]}: "
    words += f"{number(counted.gone)} sur {number(broadcast.recipients)} partis, "
    words += f"{number(counted.delivered)} {units.agree(counted.delivered, 'arrivé')}"
    words += unsure(counted)
    if broadcast.state in ("expanding", "scheduled", "sending"):
        late = f"Reprise {hour(rests, now, terms.zone)} (heures calmes)" if rests and counted.queued else ""
        words += f". {late or _when(broadcast, terms, now)}. Annuler: ANNULER {broadcast.order}. {{cost}}"
    return words + "."


def member(card: str, cooperative: str | None, state: str, number: str = ", sans téléphone") -> str:
    """Say what an officer may know of a member by SMS, with what is known of their number: no name, no amount."""
    return f"{card}, {f'{cooperative}, ' if cooperative else ''}{MEMBERS[state]}{number}"


def wants(broadcasts: bool, urgent: bool) -> str:
    """Say what a number wants to get."""
    return f"annonces {'oui' if broadcasts else 'non'}, alertes {'oui' if urgent else 'non'}"


def _when(broadcast: Broadcast, terms: Terms, now: datetime) -> str:
    wanted = max(broadcast.wanted_at or now, broadcast.estimated_at)
    quiet = " (heures calmes)" if broadcast.purpose != "urgent" and terms.quiet_until(wanted) else ""
    starts, ends = (at.astimezone(terms.zone) for at in (broadcast.starts_at, broadcast.ends_at))
    at_once = broadcast.state == "estimated" and broadcast.starts_at <= now
    begin = "Dès OUI" if at_once else f"Départ {hour(starts, now, terms.zone)}"
    return f"{begin}{quiet}, fin {hour(ends, ends if ends.date() == starts.date() else now, terms.zone)}"


def _without(broadcast: Broadcast, terms: Terms) -> str:
    why = _reasons(broadcast.refused, broadcast.capped, broadcast.without, terms)
    return f" ({why})" if why else ""


def _reasons(stopped: int, capped: int, without: int, terms: Terms) -> str:
    words = ((without, "sans téléphone"), (stopped, "STOP"), (capped, f"en {'ont' if capped > 1 else 'a'} déjà eu {terms.a_day}"))
    return ", ".join(f"{number(count)} {why}" for count, why in words if count)
