"""What the service demands of its settings before it starts, and how they may be shown."""

import re
from collections.abc import Iterator
from typing import Any

from config.settings import DEMO, SECRETS, WEAKEST, BadSetting, Settings, listed

_TOKEN_CHARACTERS = 16
_KINDS = 8
_SHOWN_CHARACTERS = 20
_QUERIED = re.compile(r"(password=)[^&]*")


def demand(settings: Settings) -> Settings:
    """Return the settings when the service may start on them.

    Raises BadSetting with all that is missing or weak. The demo's and the tests' secrets are good enough for them.
    """
    if faults := list(_faults(settings)):
        raise BadSetting("; ".join(faults))
    return settings


def masked(name: str, value: Any) -> str:
    """Return a value as doctor may print it: a secret by its length, a URL without its password."""
    if value in (None, ""):
        return "-"
    if name.endswith("_url"):
        shown = _QUERIED.sub(r"\1***", str(value))
        # By the last one: a password may hold an @.
        head, at, tail = shown.rpartition("@")
        return f"{head.split('://')[0]}://***@{tail}" if at else shown
    return f"*** ({len(str(value))} characters)" if name in SECRETS else str(value)


def _faults(settings: Settings) -> Iterator[str]:
    """Say what keeps the service from starting, a sentence each."""
    secrets = ("secret_key", "pin_pepper", "callback_token")
    yield from (f"{name.upper()} is missing" for name in secrets if not getattr(settings, name))
    if settings.jappoo_env == "production":
        yield from _faults_in_production(settings)
    if len(settings.ussd_cost_text) > _SHOWN_CHARACTERS or len(settings.ussd_code) > _SHOWN_CHARACTERS:
        yield "USSD_COST_TEXT and AT_USSD_CODE have at most 20 characters: every screen is proved with that"
    try:
        _ = settings.sessions_url, settings.queues_url
    except BadSetting as fault:
        yield str(fault)


def _faults_in_production(settings: Settings) -> Iterator[str]:
    yield from filter(None, (_weakness(name, value) for name, value in _old_and_new(settings)))
    given = [settings.callback_token] if settings.callback_token else []
    for name, tokens in (("CALLBACK_TOKEN", given), ("CALLBACK_TOKEN_OLD", settings.callback_tokens[1:])):
        if any(len(token) < _TOKEN_CHARACTERS or _trivial(token) for token in tokens):
            yield f"{name} is weak: at least {_TOKEN_CHARACTERS} random characters"
    if settings.sms_daily_budget is None:
        yield "SMS_DAILY_BUDGET is missing: what broadcasts may cost a day, in XOF"
    yield from (f"{name.upper()} is missing" for name in ("at_username", "at_api_key") if not getattr(settings, name))
    if settings.callback_allowed_ips and not settings.trusted_proxies:
        yield "TRUSTED_PROXIES is missing: without it CALLBACK_ALLOWED_IPS sees only the proxy that brings TLS"
    if settings.database_url.startswith("sqlite"):
        yield "DATABASE_URL is SQLite, which is for the demo and tests: production runs on PostgreSQL"


def _old_and_new(settings: Settings) -> list[tuple[str, str]]:
    peppers = [pepper.decode() for number, pepper in settings.peppers.items() if number != settings.pin_pepper_number]
    return [
        ("secret_key", settings.secret_key),
        ("pin_pepper", settings.pin_pepper),
        *(("secret_key_old", secret) for secret in listed(settings.secret_key_old)),
        *(("pin_pepper_old", pepper) for pepper in peppers),
    ]


def _weakness(name: str, value: str) -> str | None:
    """Say what is wrong with a secret; one that is missing is said elsewhere."""
    if value and value in DEMO.values():
        return f"{name.upper()} is the demo's: make one of your own"
    if value and (len(value.encode()) < WEAKEST or _trivial(value)):
        return f"{name.upper()} is weak: {WEAKEST} random bytes or more"
    return None


def _trivial(value: str) -> bool:
    """Tell a few characters, or a short piece said over and over ("0123456789" four times), from something random."""
    repeats = any(value[period:] == value[:-period] for period in range(1, len(value) // 2 + 1))
    return repeats or len(set(value)) < _KINDS
