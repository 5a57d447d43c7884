"""`CONTESTER <ref>`: a member says that a payment or a weighing is wrong, or with `PRIX` behind it its price. No money moves."""

from app import texts
from app.commands import replies
from app.commands.command import Command
from app.commands.grammar import read_reference, reference_alone
from app.commands.stop_words import FILLERS, REASONS, REFERENCE
from app.coop.contests import assisted_answers, services
from app.coop.members.lookup import BELONGS
from app.coop.references import valid


def contest(command: Command) -> str:
    """Open a contest on what a reference means to one of a number's holders, once; return the answer."""
    reference = reference_alone(command.rest.removesuffix(" PRIX"))
    if not command.holders:
        return replies.JOIN
    if reference is None:
        return replies.HOW_CONTEST
    for who in command.holders:
        if who.state != "active" or who.member_id is None:
            continue
        for one in services.contestable(command.session, who.member_id, command.now):
            if one.reference == reference and (one.subject == "price") is command.rest.endswith(" PRIX"):
                made = services.open_contest(command.session, command.own_act(who), one.subject, one.id)
                return texts.say("contest_opened", number=made.number, reference=one.reference, due=made.answer_by)
    return replies.WHICH_NO.replace("{reference}", reference) if _was_done_for(command, reference) else replies.NO_CONTEST


def contest_assisted(command: Command) -> str:
    """`NON <ref>`: contest what an officer did for one of a number's members."""
    members = {who.member_id: who for who in command.holders if who.state in BELONGS and who.member_id}
    named, clear = _reference_named(command.rest)
    if named and not clear:
        return replies.WHICH_NO.replace("{reference}", named)
    try:
        assisted, member = assisted_answers.asked_by_reference(command.session, [*members], named or "", command.now)
    except assisted_answers.UnknownAct:
        return replies.NOT_CONTESTED
    done = assisted_answers.contest(command.session, command.own_act(members[member]), assisted)
    if done.ticket:
        return texts.say("contest_opened", number=done.ticket.number, reference=done.reference, due=done.ticket.answer_by)
    return texts.say("contested_receipt", reference=done.reference, became=done.became, day=command.now)


def _reference_named(rest: str) -> tuple[str | None, bool]:
    """Return the reference that a no names, and whether it says nothing else: `non pas 623590` may mean either."""
    alone = reference_alone(rest)
    if alone:
        return alone, True
    meant = read_reference(rest)
    if meant:
        return meant[0], not meant[1] or all(word in FILLERS | REASONS for word in meant[1].split())
    found = REFERENCE.search(rest)
    return (found[1].replace(" ", ""), False) if found else (None, False)


def line_meant(command: Command) -> str:
    """Return what to send against the one reference that a letter names, "" when it is none of the sender's."""
    named = {one.replace(" ", "") for one in REFERENCE.findall(command.rest)}
    reference = named.pop() if len(named) == 1 else ""
    if _was_done_for(command, reference):
        return f"NON {reference}"
    return f"ANNULER {reference}" if "ANNUL" in command.rest and valid(reference) else ""


def _was_done_for(command: Command, reference: str) -> bool:
    """Tell whether a reference is of what an officer did for one of a number's members."""
    members = [who.member_id for who in command.holders if who.state in BELONGS and who.member_id]
    try:
        assisted_answers.asked_by_reference(command.session, members, reference, command.now)
    except assisted_answers.UnknownAct:
        return False
    return True
