"""`CONTESTER <ref>`: a member says that a payment or a weighing is wrong, or with `PRIX` behind it its price. No money moves."""

from app.commands import replies
from app.commands.asking import Ask
from app.commands.grammar import read_reference
from app.coop.contests import opening
from app.sms import payment_texts as texts


def contest(ask: Ask) -> str:
    """Open a contest on what a reference means to one of a number's holders, once; return the answer."""
    typed = read_reference(ask.rest.removesuffix(" PRIX"))
    if not ask.holders:
        return replies.JOIN
    if typed is None or typed[1]:
        return replies.HOW_CONTEST
    for who in ask.holders:
        if who.state != "active" or who.member_id is None:
            continue
        for one in opening.contestable(ask.session, who.member_id, ask.now):
            if one.reference == typed[0] and (one.subject == "price") is ask.rest.endswith(" PRIX"):
                made = opening.open_contest(ask.session, ask.own_act(who), one.subject, one.id)
                return texts.contest_opened(made.number, one.reference, made.answer_by)
    return replies.NO_CONTEST
