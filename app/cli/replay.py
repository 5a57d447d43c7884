"""`jappoo menus replay`: whole talks, as staff write them, played on the simulator's phones."""

import re
import time
from pathlib import Path
from typing import Any

import click
import yaml

from app.cli.context import read_settings
from app.cli.phone import NUMBER, TerminalPhone
from app.gsm7 import fold

AWA = "+221770000004"
PEOPLE = {
    "awa": AWA,
    "secretary": "+221770000001",
    "treasurer": "+221770000002",
    "president": "+221770000003",
    "administrator": "+221780000001",
}
"""The demo's people, by the names that talks give them."""
PINS = {"right": "2468", "wrong": "1122"}
ACTS = ("dial", "types", "pin", "sms")
KNOWN = {*ACTS, "as", "sees", "reads", "keeps"}
MARKS = {"prints", "act", "done"}
"""Lines of a talk that are for the guide alone."""
PATIENCE = 15
"""Seconds in which an SMS arrives."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay(files: tuple[Path, ...]) -> None:
    """Play the talks in FILES and show every screen; the first that isn't as told ends it. The demo must be running.

    What a talk does is done: its declarations stay. A talk that waits for hours can't be played, for no clock is moved here.

    Example: jappoo menus replay first-dial.yaml
    """
    settings = read_settings()
    simulator = f"http://{settings.host}:{settings.simulator_port}"
    for file in files:
        told = _read(file)
        click.echo(f"{file.name}: {told.get('title', '')}".rstrip(": "))
        talk = _Talk(simulator, settings.ussd_code, told)
        for number, step in enumerate(told["talk"], 1):
            try:
                talk.play(step)
            except _Otherwise as fault:
                raise click.ClickException(f"{file.name}, step {number}: {fault}") from fault


class _Otherwise(Exception):
    """What was seen or read isn't what the talk told; the argument says what was awaited."""


class _Talk:
    """A talk being played: a phone for each number, what was said last, and what is kept of it."""

    def __init__(self, simulator: str, code: str, told: dict[str, Any]) -> None:
        self._simulator, self._code = simulator, code
        self._people, self._first = PEOPLE | told.get("phones", {}), str(told.get("phone", AWA))
        self._phones: dict[str, TerminalPhone] = {}
        self._kept: dict[str, str] = {}

    def play(self, step: dict[str, Any]) -> None:
        """Do a step and show what it brought; raises _Otherwise."""
        number = self._number(str(step.get("as", self._first)))
        phone = self._phones.setdefault(number, TerminalPhone(self._simulator, number, "africastalking"))
        before = len(phone.inbox())
        said = ""
        if any(act in step for act in ACTS):
            said = self._done(phone, step)
            click.echo(f"{said}\n")
        self._holds(step.get("sees", []), said)
        if "reads" in step:
            said = self._arrived(phone, before if "sms" in step else 0, step["reads"])
            click.echo(f"SMS: {said}\n")
        for name, pattern in step.get("keeps", {}).items():
            found = re.search(pattern, said)
            if not found:
                raise _Otherwise(f"nothing like {pattern}")
            self._kept[name] = found[1]

    def _done(self, phone: TerminalPhone, step: dict[str, Any]) -> str:
        if "dial" in step:
            if phone.in_a_call:
                phone.take("fin")
            typed = "*".join([self._code.rstrip("#"), *map(self._filled, step["dial"])]) + "#"
        elif "sms" in step:
            typed = f"sms {self._filled(step['sms'])}"
        elif not phone.in_a_call:
            raise _Otherwise("the call is over")
        else:
            typed = PINS[step["pin"]] if "pin" in step else self._filled(step["types"])
        click.echo(f"> {typed}")
        return phone.take(typed)

    def _arrived(self, phone: TerminalPhone, before: int, awaited: Any) -> str:
        until = time.monotonic() + PATIENCE
        while True:
            texts = [message["text"] for message in phone.inbox()[before:]]
            try:
                self._holds(awaited, texts[-1] if texts else "")
            except _Otherwise:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return str(texts[-1])

    def _holds(self, awaited: Any, said: str) -> None:
        for words in awaited if isinstance(awaited, list) else [awaited]:
            if fold(self._filled(words)) not in fold(said):
                raise _Otherwise(f"no {self._filled(words)!r}")

    def _number(self, who: str) -> str:
        return str(self._people.get(who, who))

    def _filled(self, words: object) -> str:
        return re.sub(r"\{(\w+)\}", lambda name: self._kept.get(name[1], name[0]), str(words))


def _read(file: Path) -> dict[str, Any]:
    """Return a talk that can be played here, or say in one line why not."""
    try:
        told: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise click.ClickException(f"{file.name} is no YAML in UTF-8") from fault
    steps = told.get("talk") if isinstance(told, dict) else None
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise click.ClickException(f"{file.name} has no talk")
    steps = told["talk"] = [step for step in steps if not step or step.keys() - MARKS]
    if "given" in told:
        raise click.ClickException(f"{file.name} needs what the demo hasn't: {told['given']}")
    for number, step in enumerate(steps, 1):
        if strange := sorted({*map(str, step)} - KNOWN):
            raise click.ClickException(f"{file.name}, step {number}: {', '.join(strange)} can't be played here")
        acts = sum(act in step for act in ACTS)
        if acts > 1 or not (acts or "reads" in step) or step.get("pin", "right") not in PINS:
            raise click.ClickException(f"{file.name}, step {number}: one of {', '.join(ACTS)} is wanted (pin: right or wrong)")
        who = str(step.get("as", told.get("phone", AWA)))
        if not NUMBER.fullmatch(str((PEOPLE | told.get("phones", {})).get(who, who))):
            raise click.ClickException(f"{file.name}, step {number}: {who} is no number and nobody's name")
    return told
