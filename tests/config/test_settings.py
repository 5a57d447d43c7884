"""Settings: what is read from where, what is refused, and by which name."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from app.keys import every
from config.demands import demand, masked
from config.settings import DEMO, NAMES, BadSetting, Settings, load, quiet_hours

KEY = "q8Zr1VxT0nYpL5sWk3JdGh7uMc2aBf9E"
PRODUCTION = {
    "SECRET_KEY": KEY,
    "PIN_PEPPER": KEY[::-1],
    "CALLBACK_TOKEN": "n4Xw8Rk2TqLz7Vbd",
    "AT_USERNAME": "federation",
    "AT_API_KEY": "atsk_1",
    "SMS_DAILY_BUDGET": "50000",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "DATABASE_URL": "postgresql+psycopg://db/jappoo",
}


def test_environment_goes_before_dotenv_before_default(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("PORT=9000\nHOST=0.0.0.0\n")
    settings = load({"PORT": "9001"}, str(dotenv))
    assert (settings.port, settings.host, settings.simulator_port) == (9001, "0.0.0.0", 8001)  # noqa: S104 - only read
    assert settings.origins == {"port": "environment", "host": ".env"}


def test_empty_value_is_none_but_for_quiet_hours() -> None:
    settings = load({"PORT": "", "AT_SENDER_ID": "", "QUIET_HOURS": ""}, None)
    assert (settings.port, settings.at_sender_id, settings.quiet_hours) == (8000, None, "")
    assert quiet_hours("") is None
    assert quiet_hours("21:00-07:00") == (time(21), time(7))


def test_what_can_wait_waits_for_the_end_of_the_quiet_hours_of_the_setting() -> None:
    at = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    assert not load({}, None).service.awake(at)
    assert load({"QUIET_HOURS": "22:00-06:00"}, None).service.awake(at)
    assert load({"QUIET_HOURS": ""}, None).service.awake(at)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JAPPOO_ENV", "prod"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("TRUSTED_PROXIES", "-1"),
        ("SMS_RATE", "0"),
        ("SMS_DAILY_BUDGET", "1.5"),
        ("QUIET_HOURS", "late"),
        ("QUIET_HOURS", "21:00-07:00-08:00"),
        ("CALLBACK_ALLOWED_IPS", "196.201.214"),
        ("TIMEZONE", "Africa/Jappoo"),
        ("USSD_DIALECTS", "africastalking,telegraph"),
        ("USSD_DIALECTS", ","),
        ("DATABASE_URL", "jappoo.db"),
        ("DATABASE_URL", "mysql://db/jappoo"),
        ("DATABASE_URL", "postgresql://db/jappoo"),
        ("REDIS_URL", "cache:6379"),
        ("REDIS_URL", "redis://cache:port/0"),
        ("SESSION_REDIS_URL", "http://cache"),
        ("QUEUE_REDIS_URL", "sentinel://one:port/name"),
        ("PIN_PEPPER_OLD", "pepper"),
        ("PIN_PEPPER_OLD", "1:the number of the new one"),
    ],
)
def test_unreadable_value_is_refused_by_name_in_one_line(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=rf"^{name}\b[^\n]+$"):
        load({name: value}, None)


def test_production_starts_on_strong_secrets_and_a_budget() -> None:
    assert demand(load(PRODUCTION, None)).sms_daily_budget == 50_000


@pytest.mark.parametrize("name", set(PRODUCTION) - {"DATABASE_URL"})
def test_production_refuses_to_start_without(name: str) -> None:
    with pytest.raises(BadSetting, match=rf"^{name} is missing[^\n]*$"):
        demand(load({**PRODUCTION, name: ""}, None))


@pytest.mark.parametrize("name", ["SECRET_KEY", "PIN_PEPPER"])
@pytest.mark.parametrize("value", [KEY[:31], "a" * 64, "abcdefgh" * 4, "0123456789" * 4 + "0123", "0101" * 12])
def test_production_refuses_a_weak_secret(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} is weak"):
        demand(load({**PRODUCTION, name: value}, None))


@pytest.mark.parametrize("name", ["secret_key", "pin_pepper"])
def test_production_refuses_what_the_demo_runs_on(name: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name.upper()} is the demo's"):
        demand(load({**PRODUCTION, name.upper(): DEMO[name]}, None))


@pytest.mark.parametrize("token", ["demo", "x" * 30])
def test_production_refuses_a_weak_token(token: str) -> None:
    with pytest.raises(BadSetting, match=r"^CALLBACK_TOKEN is weak"):
        demand(load({**PRODUCTION, "CALLBACK_TOKEN": token}, None))


def test_production_refuses_a_weak_older_pepper() -> None:
    with pytest.raises(BadSetting, match=r"^PIN_PEPPER_OLD is weak"):
        demand(load({**PRODUCTION, "PIN_PEPPER_NUMBER": "2", "PIN_PEPPER_OLD": "1:short"}, None))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is SQLite"),
        ({"DATABASE_URL": "sqlite:////srv/jappoo.db"}, "DATABASE_URL is SQLite"),
        ({"CALLBACK_ALLOWED_IPS": "196.201.214.0/24"}, "TRUSTED_PROXIES is missing"),
        ({"SECRET_KEY_OLD": f"{KEY[::-1]},short"}, "SECRET_KEY_OLD is weak"),
        ({"SECRET_KEY_OLD": DEMO["secret_key"]}, "SECRET_KEY_OLD is the demo's"),
        ({"CALLBACK_TOKEN_OLD": "demo"}, "CALLBACK_TOKEN_OLD is weak"),
    ],
)
def test_production_refuses(given: dict[str, str], says: str) -> None:
    with pytest.raises(BadSetting, match=f"^{says}"):
        demand(load({**PRODUCTION, **given}, None))


def test_production_takes_an_allow_list_behind_a_proxy_and_the_secrets_before() -> None:
    proxied = {"CALLBACK_ALLOWED_IPS": "196.201.214.0/24", "TRUSTED_PROXIES": "1"}
    settings = demand(load({**PRODUCTION, **proxied, "SECRET_KEY_OLD": KEY[::-1], "CALLBACK_TOKEN_OLD": "p7Xw8Rk2TqLz7Vbe"}, None))
    assert settings.callback_tokens == ("n4Xw8Rk2TqLz7Vbd", "p7Xw8Rk2TqLz7Vbe")
    assert {KEY, KEY[::-1], "p7Xw8Rk2TqLz7Vbe"} <= set(settings.secrets)
    assert settings.dialects == ("africastalking",)


def test_keys_are_one_a_purpose_and_older_ones_are_read() -> None:
    then, now = load({"SECRET_KEY": "a" * 80}, None), load({"SECRET_KEY": "b" * 80, "SECRET_KEY_OLD": "a" * 80}, None)
    assert then.key("console") != then.key("members")
    assert now.key("members") != then.key("members")
    assert every(then.key("members")) == (then.key("members"), b"a" * 64)
    assert set(every(then.key("members"))) < set(every(now.key("members")))
    assert load({"SECRET_KEY": "a" * 79 + "b"}, None).key("members") != then.key("members")


@pytest.mark.parametrize("env", ["demo", "test"])
def test_demo_and_test_bring_secrets_of_their_own(env: str) -> None:
    settings = demand(load({"JAPPOO_ENV": env, "REDIS_URL": "redis://localhost"}, None))
    assert (settings.callback_token, settings.ussd_code, settings.origins["secret_key"]) == ("demo", "*384*44135#", "demo")


def test_words_on_screens_are_no_longer_than_proved() -> None:
    with pytest.raises(BadSetting, match="USSD_COST_TEXT"):
        demand(load({**PRODUCTION, "USSD_COST_TEXT": "Gratuit pour tous les membres"}, None))


def test_sessions_and_queues_may_be_two() -> None:
    settings = load({"REDIS_URL": "redis://one", "QUEUE_REDIS_URL": "redis://two"}, None)
    assert (settings.sessions_url, settings.queues_url) == ("redis://one", "redis://two")


def test_older_peppers_keep_their_numbers() -> None:
    settings = load({"PIN_PEPPER": "new", "PIN_PEPPER_NUMBER": "3", "PIN_PEPPER_OLD": "1:first, 2:with:colon"}, None)
    assert settings.peppers == {1: b"first", 2: b"with:colon", 3: b"new"}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("secret_key", KEY, "*** (32 characters)"),
        ("database_url", "postgresql+psycopg://jappoo:hunter2@db/jappoo", "postgresql+psycopg://***@db/jappoo"),
        ("redis_url", "redis://127.0.0.1/0", "redis://127.0.0.1/0"),
        ("redis_url", "sentinel://u:p@a,b/n?sentinel_password=hunter2&db=1", "sentinel://***@a,b/n?sentinel_password=***&db=1"),
        (
            "database_url",
            "postgresql+psycopg:///jappoo?host=/run&password=hunter2",
            "postgresql+psycopg:///jappoo?host=/run&password=***",
        ),
        ("secret_key_old", KEY, "*** (32 characters)"),
        ("at_sender_id", None, "-"),
        ("port", 8000, "8000"),
    ],
)
def test_secrets_are_shown_masked(name: str, value: object, shown: str) -> None:
    assert masked(name, value) == shown


def test_every_setting_has_a_line_in_the_operations_page() -> None:
    page = Path("docs/operations.md").read_text("utf-8")
    assert [name for name in NAMES if f"`{name.upper()}`" not in page] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        str(file)
        for folder in ("app", "config", "menus", "workers")
        for file in Path(folder).rglob("*.py")
        if "os.environ" in file.read_text("utf-8") or "getenv(" in file.read_text("utf-8")
    ]
    assert readers == ["config/settings.py"]


def test_settings_hold_nothing_that_doctor_does_not_show() -> None:
    assert set(Settings.__struct_fields__) == {*NAMES, "origins"}
