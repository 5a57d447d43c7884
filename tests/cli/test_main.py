"""The command line as a whole: help everywhere, one line for an error, 0/1/2."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import app.cli
from app.cli import COMMANDS, jappoo, main
from app.cli.outputs import in_json


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


ALL = dict(_commands(jappoo))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example:" in shown
    assert f"jappoo {' '.join(path)}" in shown.split("Example:")[1]


def test_table_says_what_the_commands_say() -> None:
    for name in COMMANDS:
        assert ALL[(name,)].name == name


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["--fly"],
        ["db"],
        ["db", "fly"],
        ["sms", "count"],
        ["seed", "--members", "many"],
        ["doctor", "now"],
        ["worker", "--lanes", "fast"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_one_line_on_stderr_and_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("jappoo: ")
    assert shown.err.count("\n") == 1


def test_failure_is_one_line_on_stderr_and_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(**_: object) -> None:
        raise ValueError("first line\nsecond line")

    monkeypatch.setattr(ALL[("doctor",)], "callback", fail)
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == "jappoo: ValueError: first line\n"
    assert main(["--traceback", "doctor"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["--help"], ["sms", "count", "été"], ["menus", "check"], ["menus", "draw"], ["menus", "texts"], ["doctor"]],
    ids=" ".join,
)
def test_some_commands_need_no_environment_at_all(tmp_path: Path, words: list[str]) -> None:
    done = _run(words, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["web", "worker", "scheduler"])
@pytest.mark.parametrize(("environment", "named"), [({}, "SECRET_KEY"), ({"SECRET_KEY": "a" * 40, "PIN_PEPPER": "b" * 40}, "")])
def test_service_does_not_start_on_bad_secrets(tmp_path: Path, command: str, environment: dict[str, str], named: str) -> None:
    done = _run([command], tmp_path, environment)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert named in done.stderr


def test_help_imports_none_of_the_heavy_parts() -> None:
    code = (
        "import sys; from app.cli import main; main(['--help']); print(sorted({'flask', 'sqlalchemy', 'redis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_closed_pipe_is_no_stack_trace() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "--help"], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def _run(words: list[str], folder: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.defpath, "PYTHONPATH": str(Path.cwd())} | (environment or {})
    command = [sys.executable, "-m", "app.cli", *words]
    return subprocess.run(command, env=clean, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"jappoo \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    "words", [["import", "payments", "nofile.csv"], ["fly"], ["sms", "count"], ["seed", "--members", "many"], ["admin", "add"]]
)
def test_wrong_use_is_said_in_whole_sentences(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert re.search(r"[.?!] See jappoo.* --help\n$", capsys.readouterr().err)


def test_what_lists_shows_or_finds_prints_json_too() -> None:
    telling = {
        path: {option for parameter in command.params for option in parameter.opts}
        for path, command in ALL.items()
        if not isinstance(command, click.Group)
        and path != ("scheduler",)
        and re.match("(List|Show|Find|Count|Recompute) ", command.help or "")
    }
    assert len(telling) > 20
    assert [path for path, options in telling.items() if not options & {"--json", "--format"}] == []


def test_json_is_written_in_one_place_with_its_accents() -> None:
    assert in_json({"filiere": "Pêche"}) == '{"filiere": "Pêche"}'
    folder = Path(app.cli.__file__).parent
    assert [one.name for one in folder.glob("*.py") if re.search(r"json\.(?:dumps|encode)", one.read_text("utf-8"))] == [
        "outputs.py"
    ]


def test_a_screen_is_shown_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["menus", "show", "home", "--json"]) == 0
    [home] = json.loads(capsys.readouterr().out)
    assert (home["name"], home["choices"]["1"]["to"]) == ("home", "balances")
