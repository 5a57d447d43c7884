"""`jappoo worker` and `jappoo scheduler`: what goes out, and what is due by the clock."""

import click

from app.cli.context import read_settings
from app.sms.purposes import QUEUES


@click.command()
@click.option("--lanes", default=",".join(QUEUES), show_default=True, help="The lanes to serve, by commas; a process each.")
@click.option("--burst", is_flag=True, help="Send what is due now, then end.")
def worker(lanes: str, *, burst: bool) -> None:
    """Send what waits in the outbox.

    Example: jappoo worker --lanes code,urgent
    """
    names = [lane.strip() for lane in lanes.split(",") if lane.strip()]
    unknown = sorted(set(names) - set(QUEUES))
    if unknown or not names:
        raise click.UsageError(f"no such lane: {', '.join(unknown) or 'none given'} (there are {', '.join(QUEUES)})")
    _start()
    from workers.runner import run

    raise SystemExit(run(names, burst=burst))


@click.command()
def scheduler() -> None:
    """Find what was lost on the way and wake its lane, every few seconds.

    Example: jappoo scheduler
    """
    _start()
    from workers.schedule import run

    raise SystemExit(run())


def _start() -> None:
    from config.demands import demand
    from config.logs import configure
    from config.settings import BadSetting

    settings = read_settings()
    try:
        demand(settings)
    except BadSetting as fault:
        raise click.ClickException(str(fault)) from fault
    configure(secrets=settings.secrets)
