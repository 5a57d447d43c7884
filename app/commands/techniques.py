"""`FICHE <n>`: a technique's how-to, an SMS at a time; `FICHE <n> 2` is the next."""

from app.commands import replies
from app.commands.command import Command
from app.coop.techniques.models import Technique
from app.coop.techniques.queries import techniques
from app.digits import is_number


def sheet(command: Command) -> str:
    """Answer one SMS of a how-to, by its number."""
    number, _, page = command.rest.partition(" ")
    if not is_number(number, 6) or not is_number(page or "1", 1):
        return replies.HOW_SHEET
    found = techniques(command.session.connection(), Technique.id == int(number))
    said = replies.sheet(found[0].id, found[0].name, found[0].steps, int(page or 1) or 1) if found else None
    return said or replies.NO_SHEET
