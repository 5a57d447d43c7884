"""Telephone numbers: kept as E.164, read as gateways give them and as people type them, written as people dial them here."""

import re

import phonenumbers

_SENEGAL = re.compile(r"\+?(221)(7(?:[015-8][0-9]|21|90)[0-9]{6})")
_TYPED = re.compile(r"\+?[0-9][0-9 .-]{6,18}")


def e164(number: str) -> str:
    """Return a number as E.164 when it is one (Senegal's without its code too); short codes and names stay as given."""
    plain = number.strip()
    found = _SENEGAL.fullmatch(plain)
    if found:
        return f"+{found[1]}{found[2]}"
    try:
        # Some gateways leave the plus out. No number of Senegal's own has
        # eleven digits, so that these begin with a country's code.
        parsed = phonenumbers.parse(plain if not plain.isdigit() or len(plain) < 11 else f"+{plain}", "SN")
    except phonenumbers.NumberParseException:
        return plain[:20]
    if not phonenumbers.is_valid_number(parsed):
        return plain[:20]
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_senegalese_mobile(number: str) -> bool:
    """Tell whether a number is one that we identify people by."""
    return number.startswith("+221") and _SENEGAL.fullmatch(number) is not None


def read(typed: str) -> str | None:
    """Return as E.164 what somebody typed: `77 123 45 67`, `+221…`, `00221…`, or a number from abroad with its code; else None."""
    try:
        number = phonenumbers.parse(typed, "SN")
    except phonenumbers.NumberParseException:
        return None
    if not (_TYPED.fullmatch(typed.strip()) and phonenumbers.is_possible_number(number)):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spaced(phone: str) -> str:
    """Write a number to be read and compared: `77 123 45 67`; one from abroad whole."""
    local = write(phone)
    return f"{local[:2]} {local[2:5]} {local[5:7]} {local[7:]}" if len(local) == 9 and local != phone else phone


def write(phone: str) -> str:
    """Write a number as people dial it here: `771234567`; one from abroad whole. So is it found again where a screen kept it."""
    return phone.removeprefix("+221")
