"""`CONTESTER <ref>`: a member says that a payment or a weighing is wrong, or with `PRIX` behind it its price. No money moves."""

from app import texts
from app.commands import replies
from app.commands.command import Command
from app.commands.grammar import read_reference
from app.coop.contests import services


def contest(command: Command) -> str:
    """Open a contest on what a reference means to one of a number's holders, once; return the answer."""
    typed = read_reference(command.rest.removesuffix(" PRIX"))
    if not command.holders:
        return replies.JOIN
    if typed is None or typed[1]:
        return replies.HOW_CONTEST
    for who in command.holders:
        if who.state != "active" or who.member_id is None:
            continue
        for one in services.contestable(command.session, who.member_id, command.now):
            if one.reference == typed[0] and (one.subject == "price") is command.rest.endswith(" PRIX"):
                made = services.open_contest(command.session, command.own_act(who), one.subject, one.id)
                return texts.say("contest_opened", number=made.number, reference=one.reference, due=made.answer_by)
    return replies.NO_CONTEST
