"""Doctor: every setting with its origin, what is in reach, and no secret."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.db.database import Database
from config.running_demo import announced, running_demo
from config.settings import NAMES
from tests.servers import Server


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name.upper(), raising=False)


def _asked(capsys: pytest.CaptureFixture[str], code: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    assert main(["doctor", "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    return {row["name"]: row for row in told["settings"]}, {row["check"]: row for row in told["checks"]}


def test_nothing_configured_is_told_not_fatal(capsys: pytest.CaptureFixture[str]) -> None:
    settings, checks = _asked(capsys)
    assert set(settings) == {name.upper() for name in NAMES}
    for name in ("SECRET_KEY", "PIN_PEPPER", "CALLBACK_TOKEN", "SMS_DAILY_BUDGET", "AT_USERNAME", "AT_API_KEY", "REDIS_URL"):
        assert f"{name} is missing" in checks["settings"]["says"], name
    assert "DATABASE_URL is SQLite" in checks["settings"]["says"]
    assert not checks["database"]["ok"]
    assert main(["doctor", "--strict"]) == 1


def test_what_is_set_and_fails_is_a_failure(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert main(["doctor"]) == 1
    assert "FAIL SECRET_KEY is missing; PIN_PEPPER is missing" in capsys.readouterr().out


def test_a_demo_that_runs_here_is_looked_at_with_its_own_settings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, database: Database, valkey: Server
) -> None:
    theirs = {"JAPPOO_ENV": "demo", "DATABASE_URL": database.url, "REDIS_URL": valkey.url, "SECRET_KEY": "s" * 40}
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)
    assert main(["menus", "publish"]) == 0
    for name in theirs:
        monkeypatch.delenv(name)
    capsys.readouterr()
    with announced(theirs):
        assert "SECRET_KEY" not in running_demo()
        settings, checks = _asked(capsys)
        assert [name for name, check in checks.items() if not check["ok"]] == []
        assert settings["REDIS_URL"]["origin"] == "running demo"
        monkeypatch.setenv("JAPPOO_ENV", "production")
        assert _asked(capsys, 1)[0]["REDIS_URL"]["origin"] == "default"
        monkeypatch.delenv("JAPPOO_ENV")
    assert running_demo() == {}
    assert _asked(capsys)[0]["REDIS_URL"]["origin"] == "default"


def test_everything_in_reach_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, database: Database, valkey: Server
) -> None:
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("REDIS_URL", valkey.url)
    assert main(["menus", "publish"]) == 0
    capsys.readouterr()
    _, checks = _asked(capsys)
    assert [name for name, check in checks.items() if not check["ok"]] == []
    assert main(["doctor", "--strict"]) == 0


def test_origins_are_named_and_secrets_masked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SECRET_KEY=hunter2hunter2\nHOST=10.0.0.1\n")
    monkeypatch.setenv("PORT", "9000")
    settings, _ = _asked(capsys, 1)
    assert settings["HOST"] == {"name": "HOST", "value": "10.0.0.1", "origin": ".env"}
    assert (settings["PORT"]["value"], settings["PORT"]["origin"]) == ("9000", "environment")
    assert settings["SECRET_KEY"]["value"] == "*** (14 characters)"
    assert settings["TIMEZONE"]["origin"] == "default"


def test_unreadable_setting_is_named_and_the_rest_still_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    settings, checks = _asked(capsys, 1)
    assert settings["PORT"]["value"] == "eighty"
    assert checks["settings"]["says"].startswith("PORT: ")


def test_unreachable_servers_are_told_quickly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody:hunter2@127.0.0.1:1/none")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    settings, checks = _asked(capsys, 1)
    assert [checks[name]["ok"] for name in ("database", "menus", "redis for sessions", "redis for queues")] == [False] * 4
    assert "hunter2" not in json.dumps([settings, checks])
