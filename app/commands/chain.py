"""`TRACE <code>`: where a lot comes from, where it went, who earned what; from anybody."""

from app.commands import replies
from app.commands.command import Command
from app.coop.chain.story import Story, story_of
from app.gsm7 import fold, septets
from app.service import service_of

ROOM = 300
"""Septets of the answer: two parts."""


def trace(command: Command) -> str:
    """Tell a public lot's story in two parts at the most, with the address of its page where there is one."""
    found = story_of(command.session.connection(), command.rest)
    if found is None:
        return replies.NO_LOT
    page = service_of(command.session).page_of(found.code)
    return _said(found, f" {page}" if page else "")


def _said(story: Story, page: str) -> str:
    words = f"Jappoo: lot {story.code}, {story.product}."
    told = [f" {step.on:%d/%m} {step.what} ({step.where})." for step in story.steps]
    told += [f" {name}: {share}." for name, share in story.shares] or [" Rien n'est encore vendu."]
    for more in told:
        if septets(fold(words + more + page)) > ROOM:
            break
        words += more
    return words + page
