"""`jappoo web`: the web server."""

import click

GATEWAYS = "/at/", "/hubtel/", "/health/"
"""What gateways and probes call; the console and public pages can't take its threads."""


@click.command()
@click.option("--workers", type=click.IntRange(min=1), help="Processes; else WEB_WORKERS.")
def web(*, workers: int | None) -> None:
    """Serve the gateways' calls, the console and, but in production, the phone page on HOST and PORT, until a signal.

    Example: jappoo web --workers 2
    """
    from config import logs
    from config.demands import demand
    from config.server import serve
    from config.settings import load

    settings = demand(load())
    logs.configure(secrets=settings.secrets)
    serve("app:create_app", settings, workers=workers, own=GATEWAYS)
