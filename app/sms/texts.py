"""What our SMS say, in French and in GSM-7: discreet, since phones are shared and watched. No name, no amount, no product."""

from datetime import datetime
from decimal import Decimal

from app import amounts
from app.clock import DAKAR


def declaration_receipt(reference: str, quantity: Decimal, unit: str, at: datetime) -> str:
    """Confirm a declaration: reference, quantity, day."""
    return (
        f"Jappoo: déclaration notée, réf {reference}: {_quantity(quantity)} {unit}, le {_day(at)}. Gardez ce message pour la pesée."
    )


def cancel_receipt(reference: str, at: datetime) -> str:
    """Confirm that a declaration was taken back."""
    return f"Jappoo: déclaration réf {reference} annulée le {_day(at)}. Ce n'est pas vous ? Voyez votre secrétaire."


def weighing_receipt(reference: str, weight: Decimal, unit: str, at: datetime, francs: int | None) -> str:
    """Tell a member what was weighed and, only when they allowed it, what they are to be paid in XOF."""
    worth = f" À payer: {amounts.francs(francs)}." if francs is not None else ""
    return (
        f"Jappoo: pesée réf {reference}: {_quantity(weight)} {unit}, le {_day(at)}.{worth} Une erreur ? Sous 48 h: choix 7 puis 6."
    )


def refusal_receipt(reference: str, reason: str, at: datetime) -> str:
    """Tell a member that nothing was taken, and why."""
    return f"Jappoo: réf {reference} refusée à la pesée le {_day(at)}: {reason}. Rien n'est crédité. Voyez votre secrétaire."


BY = {
    "secretary": "la secrétaire",
    "president": "la présidente",
    "treasurer": "la trésorière",
    "delegate": "le délégué",
    "administrator": "la fédération",
}
"""Who did it, by the office."""
BECAME = {"cancelled": "annulée", "reopened": "remise en attente", "weighed": "déjà pesée: on vous rappelle"}


def assisted_receipt(what: str, role: str, reference: str, quantity: Decimal, unit: str, at: datetime, cost: str) -> str:
    """Tell a member what an officer did for her, and how to contest it in one word."""
    said = f"{what} pour vous par {BY[role]}: réf {reference}, {_quantity(quantity)} {unit}, le {_day(at)}"
    return f"Jappoo: {said}. Pas d'accord ? Envoyez NON {reference}. {cost}."


def contested_receipt(reference: str, became: str, at: datetime) -> str:
    """Tell a member what became of what she contested."""
    return f"Jappoo: réf {reference} contestée le {_day(at)}: {BECAME[became]}."


def contested_notice(reference: str, role: str, became: str) -> str:
    """Tell another officer that a member contests what one typed for her."""
    now = "déjà pesée: le membre attend (Bureau, 3 ou 6)" if became == "weighed" else BECAME[became]
    return f"Jappoo: un membre conteste la réf {reference}, saisie par {BY[role]}. Elle est {now}."


def given_up(tries: int, code: str) -> str:
    """Tell somebody whom we couldn't reach how to ask again."""
    return f"Jappoo: nous vous avons appelé {tries} fois, sans réponse. Pour qu'on vous rappelle: {code.rstrip('#')}*8#"


OFFICES = {
    "president": "président(e)",
    "treasurer": "trésorier(e)",
    "secretary": "secrétaire",
    "delegate": "délégué(e)",
    "auditor": "contrôleur(se)",
    "administrator": "administrateur(trice)",
}


def office_notice(role: str, *, given: bool, at: datetime) -> str:
    """Tell the officers of a scope that an office was given or has ended."""
    what = "est confiée" if given else "prend fin"
    said = f"une charge de {OFFICES[role]} {what} le {_day(at)} dans votre bureau"
    return f"Jappoo: {said}. Vous ne le saviez pas ? Appelez la fédération."


SETTINGS = {
    "solidarity_percent": "part de solidarité (%)",
    "instalment_percent": "retenue pour avance (%)",
    "price_threshold_percent": "seuil d'accord sur un prix (%)",
    "payment_threshold": "seuil d'accord sur un paiement (F)",
    "legal_form": "forme juridique",
}
"""What a co-operative sets, as its officers say it."""


def setting_changed(what: str, before: object, after: object, at: datetime) -> str:
    """Tell the officers of a co-operative that whoever runs the service changed what it sets."""
    said = f"le {_day(at)}, {what} de votre CPS: {before} devient {after}"
    return f"Jappoo: {said}. Vous ne le saviez pas ? Appelez la fédération."


KINDS = {
    "withdrawal": "un retrait",
    "advance": "une avance",
    "leasing": "un crédit-bail",
    "reversal": "une correction",
    "levy": "une cotisation retenue",
    "price": "un prix",
    "batch": "un lot de paiement",
    "aid": "une aide",
    "merge": "la réunion de cartes",
    "exclusion": "une exclusion",
    "death": "un décès",
    "reinstatement": "un retour",
    "settlement": "un solde de compte",
    "number": "un numéro",
}
"""What several officers decide, by the kind of approval."""


def rule_changed(kind: str, needed: int | None, at: datetime) -> str:
    """Tell the officers of a co-operative that whoever runs the service changed how many decide; None: as usual."""
    now = "comme d'habitude" if needed is None else f"{needed} accord(s)"
    said = f"le {_day(at)}, règle de votre CPS changée: pour {KINDS.get(kind, kind)}, {now}"
    return f"Jappoo: {said}. Vous ne le saviez pas ? Appelez la fédération."


def first_use_again(at: datetime) -> str:
    """Tell the officers of the federation that one of them, who has no card, chooses another PIN."""
    said = f"le {_day(at)} un responsable de la fédération doit choisir un autre code secret"
    return f"Jappoo: {said}. Vous ne le saviez pas ? Appelez la fédération."


def lock_notice(until: datetime | None, code: str) -> str:
    """Tell of a lock, until when, and what remains."""
    end = f"jusqu'à {until.astimezone(DAKAR):%H:%M le %d/%m}" if until else "jusqu'à sa remise par votre secrétaire"
    return f"Jappoo: 3 codes secrets faux. Code bloqué {end}. Prix: {code} puis 3. Ce n'est pas vous ? Voyez votre secrétaire."


def pin_notice(at: datetime) -> str:
    """Tell that a PIN was set or changed."""
    return (
        f"Jappoo: votre code secret est changé le {_day(at)}. Ne le dites à personne. Ce n'est pas vous ? Voyez votre secrétaire."
    )


def activation_notice(at: datetime) -> str:
    """Tell that an account was opened and its PIN chosen."""
    return (
        f"Jappoo: compte ouvert, code secret choisi le {_day(at)}. Gardez-le pour vous. Ce n'est pas vous ? Voyez votre secrétaire."
    )


def approvals_wait(number: int, code: str, cost: str) -> str:
    """Tell an officer that something waits for their word; not what, for phones are seen by others."""
    what = "1 demande attend" if number == 1 else f"{number} demandes attendent"
    return f"Jappoo: {what} votre accord. Composez {code} puis 8, puis 2. {cost}."


def approval_ended(state: str, asked_at: datetime) -> str:
    """Tell whoever asked how it ended: *approved*, *refused* or *dead*."""
    ends = {"approved": "est acceptée", "refused": "est refusée. Rien n'est changé", "dead": "est morte après 72 h sans accord"}
    return f"Jappoo: votre demande du {_day(asked_at)} {ends[state]}."


def approval_impossible(why: str, asked_at: datetime) -> str:
    """Tell whoever gave their word, and the member whom it concerns, why what officers approved isn't done."""
    return f"Jappoo: la demande du {_day(asked_at)} ne peut pas se faire: {why}. Rien n'est changé."


def approval_given(asked_at: datetime, code: str) -> str:
    """Tell a member that officers decided something about her account that another asked for."""
    said = f"Jappoo: une demande du {_day(asked_at)} sur votre compte est acceptée."
    return f"{said} Voir: {code} puis 1. Une erreur ? Voyez votre CPS."


def payout_asked(reference: str, role: str, at: datetime) -> str:
    """Tell a member that an officer asks for money in her name."""
    return (
        f"Jappoo: {BY[role]} demande une sortie d'argent pour vous, réf {reference}, le {_day(at)}. Pas vous ? Voyez la présidente."
    )


def payout_handed(reference: str, at: datetime, code: str, cost: str) -> str:
    """Tell a member that the till says it gave her something, and how to confirm it."""
    said = f"Jappoo: la caisse dit vous avoir remis la réf {reference} le {_day(at)}."
    return f"{said} Recu ou pas ? Dites-le: {code} puis 1, 3. {cost}."


def lines_passed_on(count: int, code: str, cost: str) -> str:
    """Tell an officer that the open lines of one who left the office are in her list now."""
    return f"Jappoo: {count} pesée(s) d'un responsable qui n'est plus en charge sont dans votre liste: {code} puis 8, 1. {cost}."


def amounts_chosen(on: bool, at: datetime) -> str:
    """Tell that amounts come by SMS from now on, or don't any more."""
    chosen = "viennent par SMS depuis" if on else "ne viennent plus par SMS depuis"
    return f"Jappoo: vos montants {chosen} le {_day(at)}. Ce n'est pas vous ? Voyez votre secrétaire."


def payout_cancelled(reference: str, at: datetime) -> str:
    """Confirm to a member that the wish for money was taken back by their PIN."""
    return f"Jappoo: demande réf {reference} retirée le {_day(at)}. Rien ne sort de votre compte."


def payout_left(reference: str, days: int) -> str:
    """Tell a member that she didn't come for what was approved, and that nothing left her account."""
    said = f"Jappoo: réf {reference}: accepté, mais pas venu chercher en {days} jours."
    return f"{said} La demande tombe, rien ne sort de votre compte. Vous pouvez redemander."


def loan_let_go(reference: str, article: str) -> str:
    """Tell a member, and who asked, that the law voids what wasn't handed over yet."""
    return f"Jappoo: la demande réf {reference} est annulée: la loi interdit ce prêt (AUSCOOP, art. {article}). Rien n'est remis."


def till_receipt(entry: int, at: datetime, code: str) -> str:
    """Tell a member that money she brought is written."""
    return (
        f"Jappoo: versement noté à la caisse, écriture {entry}, le {_day(at)}. Voir: {code} puis 1. Une erreur ? Voyez votre CPS."
    )


def halted(lane: str, reason: str, at: datetime) -> str:
    """Tell an administrator that the provider refuses our account."""
    why = _REASONS.get(reason, reason)
    return f"Jappoo: envoi des SMS ({lane}) bloqué depuis {_hour(at)}: {why}. Il reprendra seul une fois réglé."


def mended(lane: str, reason: str, since: datetime, at: datetime) -> str:
    """Tell an administrator that messages leave again."""
    return f"Jappoo: envoi des SMS ({lane}) repris à {_hour(at)}, bloqué depuis {_hour(since)}: {_REASONS.get(reason, reason)}."


def listed(phone: str) -> str:
    """Tell an administrator that a number wants our messages again and the gateway still refuses it."""
    return f"Jappoo: {phone} a envoyé START, mais la passerelle SMS le bloque (opt-out). Retirez-le de sa liste, ou écrivez-lui."


def letter_waits(code: str) -> str:
    """Tell a secretary that somebody wrote what no command understood; not who, not what."""
    return f"Jappoo: un SMS de membre attend une réponse. Lisez-le: {code} puis 8, 6, 2, code secret."


_REASONS = {
    "key refused": "clé de l'API refusée",
    "sender not registered": "nom d'expéditeur refusé",
    "no credit left": "plus de crédit",
    "held as risky": "compte retenu par l'opérateur",
    "taken, with nobody in it": "demande sans destinataire accepté",
    "no answer": "la passerelle ne répond pas",
}


def _hour(at: datetime) -> str:
    return f"{at.astimezone(DAKAR):%H:%M le %d/%m}"


def _quantity(quantity: Decimal) -> str:
    return f"{quantity:f}".replace(".", ",")


def _day(at: datetime) -> str:
    return f"{at.astimezone(DAKAR):%d/%m/%Y}"


def reason_words(reason: str) -> str:
    """Say why a lane rests."""
    return _REASONS.get(reason, reason)
