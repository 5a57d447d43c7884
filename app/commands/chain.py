"""`TRACE <code>`: where a lot comes from, where it went, who earned what; from anybody."""

from app.commands import replies
from app.commands.command import Command
from app.coop.chain.story import Story, story_of
from app.gsm7 import fold, septets
from app.service import service_of

ROOM = 300
"""Septets of the answer: two parts."""
FIRST = ("Livraison", "Vente", "Transformation")
"""What a buyer asks for before purchases, splits and merges, in this order."""


def trace(command: Command) -> str:
    """Tell a public lot's story in two parts at the most, with where all of it can be read."""
    found = story_of(command.session.connection(), command.rest)
    if found is None:
        return replies.NO_LOT
    service = service_of(command.session)
    return in_sms(found, service.page_of(found.code) or f"{service.code} puis 4, 5")


def in_sms(story: Story, elsewhere: str) -> str:
    """Tell a story in ROOM: who earned what always; of its steps first those of FIRST, then what else there is room for.

    Where all of it can be read, `elsewhere`, is said at the end.
    """
    head = f"Jappoo: lot {story.code}, {story.product}."
    shares = "".join(f" {name}: {share}." for name, share in story.shares) or " Rien n'est encore vendu."
    told = [f" {step.on:%d/%m} {step.what} ({step.where})." for step in story.steps]
    left, kept = ROOM - septets(fold(f"{head}{shares} Tout: {elsewhere}")), set()
    # Chosen by what matters, told in the order of the days. A step too
    # long for what is left doesn't keep shorter ones out.
    for at in sorted(range(len(told)), key=lambda at: _rank(story.steps[at].what)):
        size = septets(fold(told[at]))
        if size <= left:
            left -= size
            kept.add(at)
    return f"{head}{''.join(told[at] for at in sorted(kept))}{shares} Tout: {elsewhere}"


def _rank(what: str) -> int:
    return next((rank for rank, word in enumerate(FIRST) if what.startswith(word)), len(FIRST))
