"""What our SMS say, in French and in GSM-7: discreet, since phones are shared and watched. No name, no amount, no product."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

DAKAR = ZoneInfo("Africa/Dakar")


def declaration_receipt(reference: str, quantity: Decimal, unit: str, at: datetime) -> str:
    """Confirm a declaration: reference, quantity, day."""
    return (
        f"Jappoo: déclaration notée, réf {reference}: {_quantity(quantity)} {unit}, le {_day(at)}. Gardez ce message pour la pesée."
    )


def cancel_receipt(reference: str, at: datetime) -> str:
    """Confirm that a declaration was taken back."""
    return f"Jappoo: déclaration réf {reference} annulée le {_day(at)}. Ce n'est pas vous ? Voyez votre secrétaire."


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


def _quantity(quantity: Decimal) -> str:
    return f"{quantity:f}".replace(".", ",")


def _day(at: datetime) -> str:
    return f"{at.astimezone(DAKAR):%d/%m/%Y}"
