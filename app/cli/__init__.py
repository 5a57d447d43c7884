"""The `jappoo` command. What a command needs is imported when it runs, so that help is quick and asks for no settings."""

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from config.processes import collect_seldom

COMMANDS = {
    "demo": ("demo", "Run everything on this machine, with members to try it with."),
    "web": ("web", "Serve the gateways' calls and the console."),
    "worker": ("worker", "Send what waits, lane by lane."),
    "scheduler": ("worker", "Do what is due by the clock."),
    "simulator": ("simulator", "Play the gateway, and break it on purpose."),
    "phone": ("phone", "Be a phone, in the terminal."),
    "doctor": ("doctor", "Show every setting, its origin, and what is in reach."),
    "db": ("db", "Look after the database."),
    "seed": ("seed", "Fill an empty database with members to try it with."),
    "menus": ("menus", "Prove, publish, draw and replay menus."),
    "sms": ("sms", "Count and look at text messages."),
    "cooperative": ("cooperative", "Begin co-operatives, list and change them, give them their products."),
    "admin": ("admin", "Give offices and take them back."),
    "member": ("member", "Find members, show one, print their cards."),
    "paper": ("paper", "Print leaflets, lists and registers."),
    "ledger": ("ledger", "Recompute the books."),
    "box": ("box", "Look into the box, note cash that comes and goes."),
    "idea": ("idea", "Look after the boutique source: ideas and their rounds."),
    "equipment": ("equipment", "Look after equipment that members book by half-days."),
    "technique": ("technique", "Look after techniques and their how-to."),
    "lot": ("lot", "Look after lots: transform, split, merge, move, count, trace."),
    "offer": ("offer", "Look after the boutique témoin: offers, orders, invoices."),
    "job": ("job", "Look after jobs of companies."),
    "fund": ("fund", "Look after solidarity funds."),
    "training": ("trainings", "Look after trainings and their seats."),
    "export": ("export", "Write files for others."),
    "import": ("imports", "Take files of others in."),
    "template": ("imports", "Write the empty file of a kind, to be filled in."),
    "report": ("report", "Figures of the co-operatives."),
}
"""Command → module in this folder that holds the click command of that name, and its line in the help."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now; None when there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"app.cli.{COMMANDS[cmd_name][0]}")
        return next(found for found in vars(module).values() if isinstance(found, click.Command) and found.name == cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table, without importing anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.command(cls=LazyGroup)
@click.version_option(package_name="jappoo", message="%(prog)s %(version)s")
@click.option("--traceback", "traced", is_flag=True, help="Show where an error comes from.")
@click.pass_context
def jappoo(context: click.Context, *, traced: bool) -> None:
    """USSD and SMS for rural co-operatives.

    Exit codes: 0 done, 1 failed, 2 wrong use.

    Example: jappoo sms count "Réunion demain à 9h"
    """
    context.meta["traced"] = traced


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; an error is one line on standard error."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    collect_seldom()
    try:
        code = jappoo.main(args=words, prog_name="jappoo", standalone_mode=False)
        # A full disk or a closed pipe shows here, where it has its one line, and not at the interpreter's end.
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        return _fail(f"a command is missing; see {_path(error)} --help", 2)
    except click.UsageError as error:
        return _fail(f"{_sentence(error.format_message())} See {_path(error)} --help", 2)
    except click.ClickException as error:
        return _fail(error.format_message(), 1)
    except click.Abort:
        return _fail("stopped", 1)
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain of the pipe with a trace.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if words[:1] == ["--traceback"]:
            traceback.print_exc()
        return _fail(_described(error), 1)


def _described(error: Exception) -> str:
    """Say a domain error in its own words, anything else with its kind before it."""
    # The library's words are of C and of SQLite; what was typed is a number or a day that nothing here has.
    if isinstance(error, OverflowError):
        return "a number or a day is too large"
    words = next(iter(str(error).splitlines()), "")
    ours = type(error).__module__.partition(".")[0] in ("app", "config", "menus", "workers")
    return words if ours and words else f"{type(error).__name__}: {words}".rstrip(": ")


def _sentence(words: str) -> str:
    """Return words with their full stop."""
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _path(error: click.UsageError) -> str:
    return error.ctx.command_path if error.ctx else "jappoo"


def _fail(message: str, code: int) -> int:
    click.echo(f"jappoo: {' '.join(message.split())}", err=True)
    return code
