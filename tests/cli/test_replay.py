"""`jappoo menus replay` on a simulator whose service only echoes."""

import pytest
import requests

from app.cli import main
from tests.gateways.test_phone import NUMBER, simulator

__all__ = ["simulator"]

TALK = f"""
title: Somebody says one and nine
phone: "{NUMBER}"
talk:
  - {{dial: [3], sees: avez dit 3, keeps: {{said: "dit ([0-9])"}}}}
  - {{prints: said}}
  - {{types: 1, sees: [Vous, "{{said}}*1"]}}
  - {{dial: [], sees: Vous avez dit}}
  - {{pin: right, sees: "2468"}}
  - {{types: 9, sees: Au revoir}}
  - {{reads: [réf 409]}}
  - {{as: secretary, sms: PRIX}}
"""


@pytest.fixture
def play(simulator, monkeypatch, tmp_path, capsys):
    """Return what plays a talk and gives the exit code, what was shown and the error."""
    monkeypatch.setenv("JAPPOO_ENV", "demo")
    monkeypatch.setenv("SIMULATOR_PORT", simulator.rsplit(":", 1)[1])
    monkeypatch.setattr("app.cli.replay.PATIENCE", 0)
    sent = {"username": "sandbox", "to": NUMBER, "message": "Jappoo: réf 409123"}
    requests.post(f"{simulator}/version1/messaging", data=sent, headers={"apiKey": "demo"}, timeout=60)
    capsys.readouterr()

    def played(words: str) -> tuple[int, str, str]:
        file = tmp_path / "talk.yaml"
        file.write_text(words, "utf-8")
        code = main(["menus", "replay", str(file)])
        return code, *capsys.readouterr()

    return played


def test_a_talk_is_played_and_shown(play):
    code, shown, error = play(TALK)
    assert (code, error) == (0, "")
    for words in (
        "Somebody says one and nine",
        "> *384*44135*3#",
        "Vous avez dit 3*1",
        "Au revoir 2468*9",
        "SMS: Jappoo: réf 409123",
        "> sms PRIX",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("[{dial: [], sees: Bonjour}]", "step 1: no 'Bonjour'"),
        ("[{types: 1}]", "step 1: the call is over"),
        ("[{dial: []}, {types: 9}, {types: 1}]", "step 3: the call is over"),
        ("[{dial: [], reads: réf 500}]", "step 1: no 'réf 500'"),
        ("[{dial: [], keeps: {ref: 'réf ([0-9]+)'}}]", "step 1: nothing like"),
        ("[{wait: 3 h, dial: []}]", "step 1: wait can't be played here"),
        ("[{dial: []}, {}]", "step 2: one of dial, types, pin, sms is wanted"),
        ("[{dial: [], types: 1}]", "step 1: one of dial"),
        ("[{pin: '1234'}]", "step 1: one of dial"),
        ("[{as: nobody, dial: []}]", "step 1: nobody is no number"),
        ("nothing", "has no talk"),
        ("[", "no YAML"),
    ],
)
def test_what_is_otherwise_ends_it_in_one_line(play, told, why):
    code, _, error = play(f"phone: '{NUMBER}'\ntalk: {told}\n")
    assert code == 1
    assert why in error
    assert error.count("\n") == 1


def test_no_file_is_wrong_use(capsys):
    assert main(["menus", "replay"]) == 2
    assert "FILES" in capsys.readouterr().err


def test_a_phone_has_a_number(capsys):
    assert main(["phone", "abc"]) == 2
    assert "like +221770000012" in capsys.readouterr().err
