"""What our SMS say of numbers, PINs and membership, in French and in GSM-7: discreet, since phones are shared and watched."""

from datetime import date, datetime

from app.clock import DAKAR

NOT_YOU = "Ce n'est pas vous ? Voyez votre secrétaire."


def pins_tried(number: int, since: datetime) -> str:
    """Tell who has just typed the right PIN that wrong ones were typed before, since when."""
    return f"Jappoo: {number} essais faux de votre code secret depuis le {_day(since)} à {_hour(since)}. {NOT_YOU}"


def pins_sprayed(phone: str | None, at: datetime) -> str:
    """Tell an administrator that many wrong PINs are typed, on one number or on all (None)."""
    where = f"sur le {phone}" if phone else "sur beaucoup de numéros"
    return f"Jappoo: beaucoup de codes secrets faux {where} à {_hour(at)}. Leur essai est suspendu. Voyez docs/operations."


def reset_opened(until: datetime, code: str) -> str:
    """Tell that a PIN can be chosen anew, until when, and how to refuse it."""
    return f"Jappoo: un nouveau code secret est demandé. Composez {code} avant {_hour(until)} pour le choisir, ou le refuser."


def peer_helped(at: datetime) -> str:
    """Tell that a first peer spoke for a member who lost the PIN."""
    return f"Jappoo: le {_day(at)} un membre demande un nouveau code secret pour vous. Il en faut un 2e. {NOT_YOU}"


def reset_declined(at: datetime) -> str:
    """Tell that a reset was refused on one of the member's numbers."""
    return f"Jappoo: nouveau code secret refusé le {_day(at)}; l'ancien reste. {NOT_YOU}"


def number_noted(at: datetime) -> str:
    """Tell that somebody wants to put a number on the account; it opens nothing yet."""
    return f"Jappoo: un numéro est noté pour votre compte le {_day(at)}. Il n'ouvre rien avant votre code secret. {NOT_YOU}"


def number_proved(at: datetime) -> str:
    """Tell that a number now opens the account."""
    return f"Jappoo: un numéro ouvre votre compte depuis le {_day(at)}. L'argent ne sort pas avant 24 h. {NOT_YOU}"


def number_flagged(at: datetime) -> str:
    """Tell that a SIM was said to have changed."""
    return f"Jappoo: carte SIM signalée changée le {_day(at)}. Ce numéro n'ouvre plus votre compte. {NOT_YOU}"


def number_released(at: datetime) -> str:
    """Tell that a number was taken off the account."""
    return f"Jappoo: un numéro est retiré de votre compte le {_day(at)}. {NOT_YOU}"


def card_renewed(at: datetime) -> str:
    """Tell that an activation number was made anew; the number itself is with the officer only."""
    return f"Jappoo: nouveau numéro d'activation fait le {_day(at)}. Votre secrétaire vous le dit. {NOT_YOU}"


def application_noted(cooperative: str) -> str:
    """Confirm that somebody wants to join."""
    return f"Jappoo: demande d'adhésion notée pour {cooperative}. Voyez sa secrétaire avec votre pièce d'identité."


def application_approved(place: int | None, code: str) -> str:
    """Tell an applicant; the activation number is on the card and comes by no SMS."""
    digit = f" Chiffre de place: {place}." if place else ""
    return f"Jappoo: adhésion acceptée.{digit} La secrétaire vous dit le numéro d'activation. Puis composez {code}"


def application_refused(at: datetime) -> str:
    """Tell an applicant that it isn't to be."""
    return f"Jappoo: demande d'adhésion pas acceptée le {_day(at)}. Voyez la secrétaire de la CPS."


def member_admitted(card: str, at: datetime) -> str:
    """Tell the other officers of a new member."""
    return f"Jappoo: nouveau membre accepté le {_day(at)}, carte {card}. Vous ne le connaissez pas ? Parlez-en entre responsables."


def number_wanted(at: datetime) -> str:
    """Tell the owner of a number that it was noted for somebody else too, who has yet to prove it."""
    return (
        f"Jappoo: votre numéro est noté pour un autre membre aussi, le {_day(at)}. "
        "Rien ne change pour vous avant sa preuve. Pas d'accord ? Voyez votre secrétaire."
    )


def place_given(phone: str, card: str | None, place: int) -> str:
    """Tell a holder of a number that serves several now, with its nine digits, the place on it; an officer may have no card."""
    whose = f"Carte {card}" if card else "Responsable"
    return f"Jappoo: {phone} sert à plusieurs membres. {whose}: chiffre de place {place}. Une erreur ? Voyez votre secrétaire."


def leaving_noted(at: datetime, due: date) -> str:
    """Confirm the written notice of who leaves (AUSCOOP, article 11)."""
    return f"Jappoo: départ demandé le {_day(at)}. Vos sommes vous sont rendues au plus tard le {due:%d/%m/%Y}. {NOT_YOU}"


def staying(at: datetime) -> str:
    """Confirm that who wanted to leave stays."""
    return f"Jappoo: demande de départ annulée le {_day(at)}. Vous restez membre. {NOT_YOU}"


def excluded(at: datetime, notice: date) -> str:
    """Tell of an exclusion; the letter follows within ten days (AUSCOOP, articles 13 and 14)."""
    return (
        f"Jappoo: exclusion décidée le {_day(at)}. Une lettre suit avant le {notice:%d/%m/%Y}. Vos sommes restent dues. {NOT_YOU}"
    )


def closed_by_death(at: datetime) -> str:
    """Say that an account rests; a living member reads that there is something to mend."""
    return f"Jappoo: compte fermé le {_day(at)} par 2 responsables. Une erreur ? Voyez vite votre secrétaire ou CARE."


def reinstated(at: datetime) -> str:
    """Tell that an account is open again."""
    return f"Jappoo: votre compte est rouvert le {_day(at)}. Votre code secret ne change pas. {NOT_YOU}"


def departed(at: datetime) -> str:
    """Tell that all is paid and the account closed."""
    return f"Jappoo: tout est réglé, votre compte est clos le {_day(at)}. Merci. Une erreur ? Voyez votre secrétaire."


def merged(at: datetime) -> str:
    """Tell that two accounts of one person became one."""
    return f"Jappoo: vos deux comptes sont réunis le {_day(at)}, vos deux cartes valent. {NOT_YOU}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(DAKAR):%d/%m/%Y}"


def console_code(code: str) -> str:
    """Give an officer the code that opens the console, with the PIN."""
    said = f"Jappoo: {code} est le code pour ouvrir la console. Il sert une fois, 5 minutes."
    return f"{said} Ne le dites à personne: nous ne le demandons jamais."


def console_opened(at: datetime) -> str:
    """Tell an officer that somebody came in at the console by the code and the PIN."""
    return f"Jappoo: console ouverte à {_hour(at)} le {_day(at)} avec votre code secret. Ce n'est pas vous ? Appelez la fédération."


def _hour(at: datetime) -> str:
    return f"{at.astimezone(DAKAR):%H:%M}"
