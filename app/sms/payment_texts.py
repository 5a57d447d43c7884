"""What our SMS say of payments and of contests: discreet, in one part. No name, and an amount only where it is allowed."""

from datetime import date, datetime

from app import amounts
from app.clock import DAKAR


def handed_over(reference: str, at: datetime, francs: int | None, code: str, cost: str) -> str:
    """Tell a member that her money was handed over, and where to say whether it was; XOF only when she allowed it."""
    worth = f" ({amounts.francs(francs)})" if francs is not None else ""
    return f"Jappoo: paiement réf {reference}{worth} remis le {_day(at)}. Recu ou pas ? Dites-le: {code} puis 1, 3. {cost}."


def receipt_signed(reference: str, signature: str, at: datetime) -> str:
    """Tell a member that two officers say she signed for her money."""
    return (
        f"Jappoo: paiement réf {reference}: recu signé, numéro {signature}, le {_day(at)}. "
        "Ce n'est pas vous ? Dites-le sous 48 h: choix 7 puis 6."
    )


def payment_receipt(reference: str, at: datetime) -> str:
    """Confirm the member's own word that she has her money."""
    return f"Jappoo: paiement réf {reference}: vous l'avez recu, le {_day(at)}. Une erreur ? Sous 48 h: choix 7 puis 6."


def contest_opened(number: str, reference: str, answer_by: date) -> str:
    """Give a contest its number and the day by which it is answered."""
    return f"Jappoo: réclamation {number} notée (réf {reference}). Réponse par SMS au plus tard le {answer_by:%d/%m/%Y}."


def contest_new(number: str, answer_by: date, code: str, cost: str) -> str:
    """Tell an officer that a member contests something, and by when to answer."""
    return f"Jappoo: réclamation {number} à répondre avant le {answer_by:%d/%m/%Y}: {code} puis 8, 3, 5. {cost}."


def contest_raised(number: str, level: int, at: datetime, *, late: bool = True) -> str:
    """Tell a member that nobody answered in time, or that nobody near may, and who has it now."""
    who = "la fédération" if level > 1 else "la présidence de votre CPS"
    why = "pas encore de réponse" if late else "elle concerne les responsables de votre CPS"
    return f"Jappoo: réclamation {number}: {why}. Depuis le {_day(at)}, {who} s'en charge."


def contest_answered(number: str, upheld: bool, note: str) -> str:
    """Tell a member how her contest ended, with the officer's note."""
    return f"Jappoo: réclamation {number}: {'fondée' if upheld else 'pas fondée'}. {note}. Pas d'accord ? Voyez la fédération."


def contest_late(number: str, level: int, code: str, cost: str) -> str:
    """Tell whoever has to answer now that a contest is late."""
    days = "21" if level > 1 else "14"
    return f"Jappoo: réclamation {number} sans réponse depuis {days} jours ouvrés. Répondez: {code} puis 8, 3, 5. {cost}."


def _day(at: datetime) -> str:
    return f"{at.astimezone(DAKAR):%d/%m/%Y}"
