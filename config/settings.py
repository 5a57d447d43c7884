"""The settings: typed, read once from the environment and `.env`, refused by name when they won't do."""

import ipaddress
import os
from collections.abc import Mapping
from datetime import time
from typing import Any, Literal

import msgspec
from dotenv import dotenv_values

DEMO_SECRET = "demo-" + "secret-" * 6
DEMO_PEPPER = "demo-" + "pepper-" * 6
SECRETS = (
    "secret_key",
    "pin_pepper",
    "pin_pepper_old",
    "callback_token",
    "at_api_key",
    "metrics_token",
    "database_url",
    "redis_url",
    "session_redis_url",
    "queue_redis_url",
)
WEAKEST = 32
"""Bytes that a secret has at least."""


class BadSetting(ValueError):
    """A setting that won't do; its argument names it and says why, in one line."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting, under its variable's name in small letters; docs/operations.md has a line for each."""

    jappoo_env: Literal["production", "demo", "test"] = "production"
    host: str = "127.0.0.1"
    port: int = 8000
    simulator_port: int = 8001
    valkey_port: int = 6390
    database_url: str = "sqlite:///var/jappoo.db"
    redis_url: str | None = None
    session_redis_url: str | None = None
    queue_redis_url: str | None = None
    secret_key: str = ""
    pin_pepper: str = ""
    pin_pepper_number: int = 1
    pin_pepper_old: str = ""
    callback_token: str = ""
    callback_allowed_ips: str = ""
    trusted_proxies: int = 0
    at_username: str | None = None
    at_api_key: str | None = None
    at_sender_id: str | None = None
    at_short_code: str | None = None
    at_ussd_code: str | None = None
    at_api_url: str = "https://api.africastalking.com"
    timezone: str = "Africa/Dakar"
    default_language: str = "fr"
    quiet_hours: str = "21:00-07:00"
    sms_rate: int = 50
    sms_part_price: int = 20
    sms_daily_budget: int | None = None
    ussd_cost_text: str = "Gratuit"
    metrics_token: str | None = None
    web_workers: int = 1
    web_threads: int = 4
    origins: dict[str, str] = {}

    @property
    def sessions_url(self) -> str:
        """Return where live sessions are kept; raises BadSetting when nowhere."""
        return self._redis(self.session_redis_url)

    @property
    def queues_url(self) -> str:
        """Return where the order of work is kept; raises BadSetting when nowhere."""
        return self._redis(self.queue_redis_url)

    @property
    def secret(self) -> bytes:
        """Return the key of our keyed hashes, at most blake2b's 64 bytes."""
        return self.secret_key.encode()[:64]

    @property
    def peppers(self) -> dict[int, bytes]:
        """Return the PIN peppers by number; `PIN_PEPPER_OLD` is `1:…,2:…`."""
        old = {
            int(number): pepper.encode()
            for number, _, pepper in (entry.partition(":") for entry in self.pin_pepper_old.split(",") if entry)
        }
        return old | {self.pin_pepper_number: self.pin_pepper.encode()}

    @property
    def ussd_code(self) -> str:
        """Return the string to dial, `*384*44135#`, or nothing when it isn't known yet."""
        return self.at_ussd_code or ""

    @property
    def networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Return the networks that the gateway may call from; () is all."""
        return tuple(ipaddress.ip_network(cidr.strip()) for cidr in self.callback_allowed_ips.split(",") if cidr.strip())

    def _redis(self, own: str | None) -> str:
        url = own or self.redis_url
        if not url:
            raise BadSetting("REDIS_URL is missing: where live sessions and queues are kept")
        return url


def load(environ: Mapping[str, str] | None = None, dotenv: str | None = ".env") -> Settings:
    """Read the settings: defaults, then `.env`, then the environment; an empty value is none, but for QUIET_HOURS.

    Raises BadSetting on a value that can't be read.
    """
    given: dict[str, Any] = {}
    origins: dict[str, str] = {}
    sources = ((".env", dotenv_values(dotenv) if dotenv else {}), ("environment", os.environ if environ is None else environ))
    names = {field.name for field in msgspec.structs.fields(Settings)} - {"origins"}
    for origin, values in sources:
        for name in names:
            value = values.get(name.upper())
            if value is not None and (value or name == "quiet_hours"):
                given[name], origins[name] = value, origin
    if given.get("jappoo_env") in ("demo", "test"):
        demo = {
            "secret_key": DEMO_SECRET,
            "pin_pepper": DEMO_PEPPER,
            "callback_token": "demo",
            "at_username": "sandbox",
            "at_api_key": "demo",
            "at_ussd_code": "*384*44135#",
            "at_short_code": "21512",
            "sms_daily_budget": "100000",
        }
        given = demo | given
        origins = dict.fromkeys(demo, "demo") | origins
    try:
        settings = msgspec.convert(given | {"origins": origins}, Settings, strict=False)
        quiet_hours(settings.quiet_hours)
        _ = settings.networks, settings.peppers
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`").upper() or "a setting"
        raise BadSetting(f"{name}: {str(error).partition(' - at')[0]}") from error
    except ValueError as error:
        raise BadSetting(str(error)) from error
    return settings


def demand(settings: Settings) -> Settings:
    """Return the settings when the service may start on them; raises BadSetting naming the first that is missing or weak."""
    needed = ["secret_key", "pin_pepper", "callback_token"]
    if settings.jappoo_env == "production":
        needed += ["at_username", "at_api_key", "at_ussd_code"]
    for name in needed:
        if not getattr(settings, name):
            raise BadSetting(f"{name.upper()} is missing")
    for name in ("secret_key", "pin_pepper"):
        _strong(name, getattr(settings, name), settings.jappoo_env)
    if settings.jappoo_env == "production":
        if len(settings.callback_token) < 22:
            raise BadSetting("CALLBACK_TOKEN is weak: at least 22 random characters (128 bits)")
        if settings.sms_daily_budget is None:
            raise BadSetting("SMS_DAILY_BUDGET is missing: what broadcasts may cost a day, in XOF")
    if len(settings.ussd_cost_text) > 20 or len(settings.ussd_code) > 20:
        raise BadSetting("USSD_COST_TEXT and AT_USSD_CODE have at most 20 characters: every screen is proved with that")
    _ = settings.sessions_url
    return settings


def quiet_hours(words: str) -> tuple[time, time] | None:
    """Read `21:00-07:00`; an empty string is none. Raises ValueError naming the setting."""
    if not words:
        return None
    try:
        start, end = (time.fromisoformat(part.strip()) for part in words.split("-"))
    except ValueError as error:
        raise ValueError(f"QUIET_HOURS: not like 21:00-07:00: {words}") from error
    return start, end


def masked(name: str, value: Any) -> str:
    """Return a value as doctor may print it: a secret by its length, a URL without its password."""
    if value in (None, ""):
        return "-"
    if name.endswith("_url"):
        head, at, tail = str(value).rpartition("@")
        return f"{head.split('://')[0]}://…@{tail}" if at else str(value)
    return f"({len(str(value))} characters)" if name in SECRETS else str(value)


def _strong(name: str, value: str, env: str) -> None:
    if len(value.encode()) < WEAKEST or len(set(value)) < 8:
        raise BadSetting(f"{name.upper()} is weak: {WEAKEST} random bytes or more")
    if env == "production" and value in (DEMO_SECRET, DEMO_PEPPER):
        raise BadSetting(f"{name.upper()} is the demo's: make one of your own")
