"""`jappoo phone`: a phone in the terminal."""

import re
from typing import Any

import click

from app.cli.context import read_settings

NUMBER = re.compile(r"\+?[0-9]{7,15}")


@click.command()
@click.argument("number", default="+221770000001")
@click.option("--dialect", type=click.Choice(["africastalking", "hubtel"]), default="africastalking", show_default=True)
def phone(number: str, dialect: str) -> None:
    """Hold the phone NUMBER: dial, answer, read SMS. The demo must be running.

    An empty line dials the service, a string that begins with * dials that, `sms TEXT` sends an SMS, `lire` reads the inbox,
    `fin` hangs up, the end of input puts the phone away.

    Example: jappoo phone +221770000012
    """
    settings = read_settings()
    if not NUMBER.fullmatch(number):
        raise click.BadParameter("a telephone number, like +221770000012", param_hint="NUMBER")
    handset = TerminalPhone(f"http://{settings.host}:{settings.simulator_port}", number, dialect)
    click.echo(f"{number} : Entrée appelle {settings.ussd_code or 'le service'}, `lire` ouvre les SMS, `fin` raccroche.")
    for line in iter(_typed, None):
        click.echo(handset.take(line.strip()))


class TerminalPhone:
    """A handset on the simulator's network."""

    def __init__(self, simulator: str, number: str, dialect: str) -> None:
        import requests

        self._http, self._base, self._number, self._dialect = requests.Session(), simulator, number, dialect
        self._http.trust_env = False
        self._session: str | None = None

    @property
    def in_a_call(self) -> bool:
        """Tell whether a session is open, in which a line is an entry."""
        return self._session is not None

    def take(self, line: str) -> str:
        """Do what a line says and return what the handset shows."""
        if line == "lire":
            found = self.inbox()
            return "\n".join(f"[{sms['at'][11:16]}] {sms['text']}" for sms in found) or "Aucun SMS."
        if line.startswith("sms "):
            self._post("sms", {"text": line[4:]})
            return "SMS envoyé."
        if line == "fin":
            self._post("hangup", {"session": self._session})
            self._session = None
            return "Raccroché."
        if self._session:
            shown = self._post("entries", {"session": self._session, "text": line})
        else:
            shown = self._post("dial", {"string": line if line.startswith("*") else "", "dialect": self._dialect})
        self._session = str(shown["session"]) if shown.get("more") else None
        return str(shown.get("screen") or shown.get("warning") or shown.get("error"))

    def inbox(self) -> list[dict[str, str]]:
        """Return the SMS that have arrived, oldest first."""
        found: list[dict[str, str]] = self._call("get", f"{self._base}/messages", params={"to": self._number})
        return found

    def _post(self, act: str, body: dict[str, object]) -> dict[str, object]:
        found: dict[str, object] = self._call("post", f"{self._base}/handsets/{self._number}/{act}", json=body)
        return found

    def _call(self, method: str, url: str, **what: Any) -> Any:
        import requests

        try:
            return self._http.request(method, url, timeout=15, **what).json()
        except (requests.RequestException, ValueError) as fault:
            raise click.ClickException(f"no network at {self._base}: is the demo running?") from fault


def _typed() -> str | None:
    try:
        return input("> ")
    except (EOFError, KeyboardInterrupt):
        return None
