"""The settings: typed, read once from the environment and `.env`, refused by name when they won't do."""

import ipaddress
import os
from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from dotenv import dotenv_values
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.clock import QuietHours
from app.keys import Key, derived, every
from app.service import Service
from config.redis import connect

DEMO = {
    "secret_key": "demo-" + "secret-" * 6,
    "pin_pepper": "demo-" + "pepper-" * 6,
    "callback_token": "demo",
    "at_username": "sandbox",
    "at_api_key": "demo",
    "at_ussd_code": "*384*44135#",
    "at_short_code": "21512",
    "sms_daily_budget": "100000",
    "ussd_dialects": "africastalking,hubtel",
}
"""What the demo and the tests run on where nothing else is given; production refuses these secrets."""

SECRETS = (
    *("secret_key", "secret_key_old", "pin_pepper", "pin_pepper_old", "callback_token", "callback_token_old"),
    *("at_api_key", "metrics_token"),
)
WEAKEST = 32
"""Bytes that a secret has at least."""

DIALECTS = "africastalking", "hubtel"

PIN_THREADS = 44
"""Threads of a web process besides its own: those that wait for a PIN's check, one at a time, mustn't keep others waiting."""
OTHER_THREADS = 2
"""Threads of a web process for what isn't the gateways' nor a buyer's: the console, the metrics."""
PUBLIC_THREADS = 2
"""Threads of a web process for the pages that anybody may scan."""
PUBLIC = ("/t/",)

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Several = Annotated[int, msgspec.Meta(ge=1)]


_DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
_NOWHERE = "redis://"


class BadSetting(ValueError):
    """A setting that won't do; its argument names it and says why, in one line."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting, under its variable's name in small letters; docs/operations.md has a line for each.

    `origins` has the origin (`.env`, `environment`, `demo`) of each that isn't a default.
    """

    jappoo_env: Literal["production", "demo", "test"] = "production"
    host: str = "127.0.0.1"
    port: Port = 8000
    simulator_port: Port = 8001
    valkey_port: Port = 6390
    database_url: str = "sqlite:///var/jappoo.db"
    redis_url: str | None = None
    session_redis_url: str | None = None
    queue_redis_url: str | None = None
    secret_key: str = ""
    secret_key_old: str = ""
    pin_pepper: str = ""
    pin_pepper_number: Several = 1
    pin_pepper_old: str = ""
    callback_token: str = ""
    callback_token_old: str = ""
    callback_allowed_ips: str = ""
    trusted_proxies: Count = 0
    ussd_dialects: str = "africastalking"
    at_username: str | None = None
    at_api_key: str | None = None
    at_sender_id: str | None = None
    at_short_code: str | None = None
    at_ussd_code: str | None = None
    public_url: str = ""
    at_api_url: str = "https://api.africastalking.com"
    timezone: str = "Africa/Dakar"
    default_language: str = "fr"
    quiet_hours: str = "21:00-07:00"
    sms_rate: Several = 50
    sms_part_price: Count = 20
    sms_daily_budget: Count | None = None
    sms_broadcasts_a_day: Count = 6
    ussd_cost_text: str = "Gratuit"
    metrics_token: str | None = None
    web_workers: Count = 0
    web_threads: Several = 4
    origins: dict[str, str] = {}

    @property
    def sessions_url(self) -> str:
        """Return where live sessions are kept; raises BadSetting when nowhere."""
        return self._redis(self.session_redis_url)

    @property
    def queues_url(self) -> str:
        """Return where the order of work is kept; raises BadSetting when nowhere."""
        return self._redis(self.queue_redis_url)

    def key(self, purpose: str) -> Key:
        """Return the key of our keyed hashes for a purpose."""
        return derived(self.secret_key, purpose, listed(self.secret_key_old))

    @property
    def journey_keys(self) -> tuple[bytes, ...]:
        """Return the keys of USSD journeys: the one that new calls get, then those of secrets that are being replaced."""
        return tuple(bytes(derived(secret, "journeys")) for secret in (self.secret_key, *listed(self.secret_key_old)))

    @property
    def cookie_keys(self) -> tuple[str, ...]:
        """Return what cookies are signed with, then what they may have been signed with."""
        ours = (key.hex() for key in every(self.key("console cookies")))
        return (*ours, self.secret_key, *listed(self.secret_key_old))

    @property
    def callback_tokens(self) -> tuple[str, ...]:
        """Return the tokens that the gateways' paths may hold."""
        return (self.callback_token, *listed(self.callback_token_old))

    @property
    def dialects(self) -> tuple[str, ...]:
        """Return the USSD dialects that are served; raises ValueError on one that there isn't."""
        found = listed(self.ussd_dialects)
        if not found or set(found) - set(DIALECTS):
            raise ValueError(f"USSD_DIALECTS: one or more of {', '.join(DIALECTS)}")
        return found

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the secrets' values, which no log may hold."""
        old = (
            *listed(self.secret_key_old),
            *listed(self.callback_token_old),
            *(pepper.decode() for pepper in self.peppers.values()),
        )
        return (*filter(None, (getattr(self, name) for name in SECRETS)), *old)

    @property
    def peppers(self) -> dict[int, bytes]:
        """Return the PIN peppers by number, older ones too; raises ValueError when PIN_PEPPER_OLD isn't `1:…,2:…`."""
        old: dict[int, bytes] = {}
        for entry in listed(self.pin_pepper_old):
            number, colon, pepper = entry.partition(":")
            if not (number.isascii() and number.isdigit() and colon and pepper) or int(number) == self.pin_pepper_number:
                raise ValueError("PIN_PEPPER_OLD: like 1:pepper,2:pepper, without the number of PIN_PEPPER")
            old[int(number)] = pepper.encode()
        return old | {self.pin_pepper_number: self.pin_pepper.encode()}

    @property
    def service(self) -> Service:
        """Return what messages say of us, and what they cost."""
        page, budget = self.public_url.rstrip("/"), self.sms_daily_budget
        hours = quiet_hours(self.quiet_hours)
        quiet = QuietHours(*hours, self.zone) if hours else None
        return Service(
            self.ussd_code, self.ussd_cost_text, self.sms_part_price, page, budget, sms=self.at_short_code or "", quiet=quiet
        )

    @property
    def ussd_code(self) -> str:
        """Return the string to dial, `*384*44135#`, or nothing when it isn't known yet."""
        return self.at_ussd_code or ""

    @property
    def networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Return the networks that the gateway may call from; () is all."""
        return tuple(ipaddress.ip_network(cidr) for cidr in listed(self.callback_allowed_ips))

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone that members live in; raises an error when it is unknown."""
        return ZoneInfo(self.timezone)

    def _redis(self, own: str | None) -> str:
        url = own or self.redis_url
        if not url:
            raise BadSetting("REDIS_URL is missing: where live sessions and queues are kept")
        return url


NAMES = tuple(name for name in Settings.__struct_fields__ if name != "origins")


def given(environ: Mapping[str, str] | None = None, dotenv: str | None = ".env") -> dict[str, tuple[str, str]]:
    """Return what is set, by name: the value as written and its origin. An empty value is none, but for QUIET_HOURS."""
    found: dict[str, tuple[str, str]] = {}
    # The environment stands last, so that it has the last word.
    sources = ((".env", dotenv_values(dotenv) if dotenv else {}), ("environment", os.environ if environ is None else environ))
    for origin, values in sources:
        for name in NAMES:
            value = values.get(name.upper())
            if value is not None and (value or name == "quiet_hours"):
                found[name] = value, origin
    if found.get("jappoo_env", ("", ""))[0] in ("demo", "test"):
        return {name: (value, "demo") for name, value in DEMO.items()} | found
    return found


def load(environ: Mapping[str, str] | None = None, dotenv: str | None = ".env") -> Settings:
    """Read the settings: defaults, then `.env`, then the environment. Raises BadSetting on a value that can't be read."""
    found = given(environ, dotenv)
    values: dict[str, Any] = {name: value for name, (value, _) in found.items()}
    origins = {name: origin for name, (_, origin) in found.items()}
    try:
        settings = msgspec.convert(values | {"origins": origins}, Settings, strict=False)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`")
        raise BadSetting(f"{name.upper()}: {str(error).partition(' - at')[0]}") from error
    _read_through(settings)
    return settings


def surroundings(changes: Mapping[str, str], environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a child process: this one's, with `changes` (by the variable's name)."""
    return dict(os.environ if environ is None else environ) | dict(changes)


def listed(words: str) -> tuple[str, ...]:
    """Read a list by commas."""
    return tuple(filter(None, (word.strip() for word in words.split(","))))


def quiet_hours(words: str) -> tuple[time, time] | None:
    """Read `21:00-07:00`; an empty string is none. Raises ValueError naming the setting."""
    if not words:
        return None
    try:
        start, end = (time.fromisoformat(part.strip()) for part in words.split("-"))
    except ValueError as error:
        raise ValueError(f"QUIET_HOURS: not like 21:00-07:00: {words}") from error
    return start, end


def _read_through(settings: Settings) -> None:
    """Read what is written in a small language of its own, so that a mistake is found at the start."""
    for name, read in (
        ("QUIET_HOURS", lambda: quiet_hours(settings.quiet_hours)),
        ("CALLBACK_ALLOWED_IPS", lambda: settings.networks),
        ("USSD_DIALECTS", lambda: settings.dialects),
        ("PIN_PEPPER_OLD", lambda: settings.peppers),
        ("TIMEZONE", lambda: settings.zone),
        ("DATABASE_URL", lambda: _database(settings.database_url)),
        ("REDIS_URL", lambda: connect(settings.redis_url or _NOWHERE)),
        ("SESSION_REDIS_URL", lambda: connect(settings.session_redis_url or _NOWHERE)),
        ("QUEUE_REDIS_URL", lambda: connect(settings.queue_redis_url or _NOWHERE)),
    ):
        try:
            read()  # a client of Redis connects on first use, so nothing is reached for here
        except (ValueError, KeyError, OSError) as error:
            raise BadSetting(f"{name}: {str(error).removeprefix(name + ': ')}") from error


def _database(url: str) -> None:
    """Raise ValueError on a URL of no database that we run on; what it says has no password in it."""
    try:
        kind = make_url(url).drivername
    except (ArgumentError, ValueError):
        kind = ""
    if kind not in _DATABASES:
        raise ValueError("like sqlite:///var/jappoo.db or postgresql+psycopg://user:password@host/name")
