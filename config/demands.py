"""What the service demands of its settings before it starts, and how they may be shown."""

import re
from typing import Any

from config.settings import DEMO, SECRETS, WEAKEST, BadSetting, Settings, listed

_TOKEN_CHARACTERS = 16
_KINDS = 8
_SHOWN_CHARACTERS = 20
_QUERIED = re.compile(r"(password=)[^&]*")


def demand(settings: Settings) -> Settings:
    """Return the settings when the service may start on them.

    Raises BadSetting naming the first that is missing or weak. The demo's and the tests' secrets are good enough for them.
    """
    production = settings.jappoo_env == "production"
    for name in ("secret_key", "pin_pepper", "callback_token"):
        if not getattr(settings, name):
            raise BadSetting(f"{name.upper()} is missing")
    if production:
        for name, value in _old_and_new(settings):
            _strong(name, value)
        _demand_of_production(settings)
    if len(settings.ussd_cost_text) > _SHOWN_CHARACTERS or len(settings.ussd_code) > _SHOWN_CHARACTERS:
        raise BadSetting("USSD_COST_TEXT and AT_USSD_CODE have at most 20 characters: every screen is proved with that")
    _ = settings.sessions_url, settings.queues_url
    if production and settings.database_url.startswith("sqlite"):
        raise BadSetting("DATABASE_URL is SQLite, which is for the demo and tests: production runs on PostgreSQL")
    return settings


def masked(name: str, value: Any) -> str:
    """Return a value as doctor may print it: a secret by its length, a URL without its password."""
    if value in (None, ""):
        return "-"
    if name.endswith("_url"):
        shown = _QUERIED.sub(r"\1***", str(value))
        head, at, tail = shown.rpartition("@")
        return f"{head.split('://')[0]}://***@{tail}" if at else shown
    return f"*** ({len(str(value))} characters)" if name in SECRETS else str(value)


def _demand_of_production(settings: Settings) -> None:
    for name, tokens in (("CALLBACK_TOKEN", [settings.callback_token]), ("CALLBACK_TOKEN_OLD", settings.callback_tokens[1:])):
        if any(len(token) < _TOKEN_CHARACTERS or _trivial(token) for token in tokens):
            raise BadSetting(f"{name} is weak: at least {_TOKEN_CHARACTERS} random characters")
    if settings.sms_daily_budget is None:
        raise BadSetting("SMS_DAILY_BUDGET is missing: what broadcasts may cost a day, in XOF")
    for name in ("at_username", "at_api_key"):
        if not getattr(settings, name):
            raise BadSetting(f"{name.upper()} is missing")
    if settings.callback_allowed_ips and not settings.trusted_proxies:
        raise BadSetting("TRUSTED_PROXIES is missing: without it CALLBACK_ALLOWED_IPS sees only the proxy that brings TLS")


def _old_and_new(settings: Settings) -> list[tuple[str, str]]:
    peppers = [pepper.decode() for number, pepper in settings.peppers.items() if number != settings.pin_pepper_number]
    return [
        ("secret_key", settings.secret_key),
        ("pin_pepper", settings.pin_pepper),
        *(("secret_key_old", secret) for secret in listed(settings.secret_key_old)),
        *(("pin_pepper_old", pepper) for pepper in peppers),
    ]


def _strong(name: str, value: str) -> None:
    if value in DEMO.values():
        raise BadSetting(f"{name.upper()} is the demo's: make one of your own")
    if len(value.encode()) < WEAKEST or _trivial(value):
        raise BadSetting(f"{name.upper()} is weak: {WEAKEST} random bytes or more")


def _trivial(value: str) -> bool:
    """Tell a few characters, or a short piece said over and over ("0123456789" four times), from something random."""
    repeats = any(value[period:] == value[:-period] for period in range(1, len(value) // 2 + 1))
    return repeats or len(set(value)) < _KINDS
