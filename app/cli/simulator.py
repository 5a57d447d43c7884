"""`jappoo simulator`: a gateway that one can break on purpose."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.context import read_settings

if TYPE_CHECKING:
    from flask import Flask

    from config.settings import Settings


@click.command()
def simulator() -> None:
    """Run the gateway simulator on SIMULATOR_PORT.

    Example: jappoo simulator
    """
    from config.server import PortTaken, serve

    settings = read_settings()
    try:
        serve("app.cli.simulator:build", settings, port=settings.simulator_port, workers=1, threads=12)
    except PortTaken as fault:
        raise click.ClickException(str(fault)) from fault


def build(settings: "Settings") -> "Flask":
    """Make the simulator that belongs to these settings."""
    from app.gateways.simulator.web import create_simulator

    return create_simulator(
        f"http://{settings.host}:{settings.port}",
        settings.callback_token,
        code=settings.ussd_code,
        short_code=settings.at_short_code or "21512",
        folder=Path("var/simulator"),
    )
