"""What each command does. A handler gets an Ask and returns the words to answer; whatever it refuses, it changes nothing."""

import re
from collections.abc import Callable

from sqlalchemy import select

from app.commands import broadcast_replies, broadcasting, contests, letters, mistypes, production, replies, weighing
from app.commands.asking import Ask
from app.commands.courtesies import is_small_talk
from app.commands.grammar import read_reference
from app.commands.stopping import FILLERS, REASONS, REFERENCE
from app.coop.ledger.reading import balances_of
from app.coop.members import account, callbacks, consent, inbox, notice
from app.coop.members.finding import BELONGS, cooperative_by_code
from app.coop.members.identity import cooperative_of, person_of
from app.coop.members.models import Member
from app.coop.members.offices import Office, Right, administrators
from app.coop.prices import proposing
from app.coop.prices.reading import find_product, prices_for
from app.coop.production import members_word
from app.coop.scope import Scope
from app.sms import consents, outbox, payment_texts, texts
from app.sms import inbox as sms_inbox

_TARIF = re.compile(r"([^0-9]+?) (?:XOF )?([0-9]{1,3}(?:[ .,]?[0-9]{3})*|[0-9]{1,9}) ?(?:F|FR|FRS|FRANCS?|FCFA|F CFA|CFA|XOF)?")
_NO_SEPARATORS = str.maketrans("", "", " .,")
_SPEAKS_OF_STOP = re.compile(r"^STOP\b|DESABON|DESINSCRI|UNSUBSCRI")
LANGUAGES = {
    "FR": "fr",
    "WO": "wo",
    "PU": "ff",
    "FF": "ff",
    "SE": "srr",
    "SR": "srr",
    "DI": "dyo",
    "JO": "dyo",
    "SO": "snk",
    "MA": "mnk",
}
"""Languages by the first two letters of their names or codes."""


def answer(word: str, ask: Ask) -> str:
    """Return the answer to a command; an officer's word from anyone else, and what isn't known, get the help."""
    return HANDLERS.get(word, _help)(ask)


def _help(ask: Ask) -> str:
    if ask.word != "AIDE" or not broadcasting.officer(ask, "read"):
        return replies.HELP
    words = [words for right, words in broadcast_replies.HELP_WORDS if broadcasting.officer(ask, right)]
    return broadcast_replies.HELP.replace("{words}", ", ".join(words))


def _notice(ask: Ask) -> str:
    del ask
    return notice.WHOLE


def _consent(purposes: tuple[str, ...], given: bool, words: str) -> Callable[[Ask], str]:
    def handle(ask: Ask) -> str:
        person = ask.holders[0].person_id if len(ask.holders) == 1 else None
        consent.note(
            ask.session, ask.phone, purposes, given=given, person_id=person, channel="sms", now=ask.now, notice=notice.VERSION
        )
        return words

    return handle


def _start(ask: Ask) -> str:
    """Give everything back; when the gateway has the number on its own list, somebody must take it off there."""
    listed = consents.listed(ask.session, ask.phone)
    words = _consent((*consent.STOPPED, "urgent"), True, replies.STARTED)(ask)
    if not listed:
        return words
    for number in administrators(ask.session.connection(), ask.now.date()):
        outbox.put(
            ask.session,
            to=number,
            text=texts.listed(ask.phone),
            purpose="alarm",
            cause=f"listed:{ask.phone}:{ask.now:%Y-%m-%d}",
            now=ask.now,
        )
    return replies.STARTED_LISTED


def state_of(ask: Ask) -> str:
    """Return what becomes of an SMS that is answered: handled, a greeting, or a letter that an officer reads."""
    if ask.word or sms_inbox.is_code_alone(sms_inbox.as_kept(ask.text)):
        return "handled"
    meant = mistypes.meant(ask)
    if meant:
        return "handled" if meant.sure else "unparsed"
    return "greeted" if is_small_talk(ask.rest) else "unparsed"


def _unparsed(ask: Ask) -> str:
    """Say that somebody will read it, and tell them that there is something to read; a code and an officer's slip apart."""
    kept, state = sms_inbox.as_kept(ask.text), state_of(ask)
    if state == "unparsed":
        inbox.tell(ask.session, ask.holders, now=ask.now, operation=ask.operation)
    if sms_inbox.holds_code(kept):
        return replies.NEVER_A_CODE
    meant = mistypes.meant(ask)
    if meant:
        return mistypes.words_for(meant)
    if state == "greeted":
        return replies.GREETED
    return replies.HOW_STOP if _SPEAKS_OF_STOP.search(ask.rest) else replies.NOT_UNDERSTOOD


def _reply(ask: Ask) -> str:
    office = letters.office_of(ask, letters.number_in(ask))
    return letters.draft(ask, office) if office else _help(ask)


def _office(ask: Ask, right: Right, scope: Scope | None) -> Office | None:
    """Return the sender's office in the scope that their words name, if they hold one there; else the widest."""
    named = weighing.officer_of(ask.session, ask.holders, right, ask.now, scope) if scope else None
    return named or weighing.officer_of(ask.session, ask.holders, right, ask.now)


def _prices(ask: Ask) -> str:
    reader = ask.session.connection()
    cooperative = cooperative_of([who for who in ask.holders if who.state == "active"])
    prices = prices_for(reader, cooperative, ask.now)
    if not prices:
        return replies.NO_PRICE
    own = next((who.cooperative for who in ask.holders), None) or "CPS"
    if not ask.rest:
        place = own if any(price.own for price in prices) else "fédération"
        return replies.price_list([(price.name, price.amount, price.unit) for price in prices], ask.now.date(), place)
    meant = find_product(reader, ask.rest)
    if meant.product_id is None:
        return replies.suggest(meant.near)
    found = [price for price in prices if price.product_id == meant.product_id]
    found = found or [price for price in prices_for(reader, None, ask.now) if price.product_id == meant.product_id]
    if not found:
        return replies.NO_PRICE
    places = dict.fromkeys(own if price.own else "fédération" for price in found)
    graded = [(price.grade, price.amount) for price in found]
    name = found[0].name.removesuffix(f" {found[0].grade}")
    return replies.price_line(name, graded, found[0].unit, max(price.since for price in found).date(), ", ".join(places))


def _balance(ask: Ask) -> str:
    who = ask.holders[0] if len(ask.holders) == 1 else None
    if who is None or who.state != "active" or who.member_id is None:
        return replies.BALANCE if ask.holders else replies.JOIN
    reader = ask.session.connection()
    if not reader.scalar(select(Member.amounts_by_sms).where(Member.id == who.member_id)):
        return replies.BALANCE
    found = balances_of(reader, who.member_id)
    return replies.balances(found.shares, found.savings, found.payable, found.advance)


def _call_back(ask: Ask) -> str:
    whom = {"person_id": person_of(ask.holders), "cooperative_id": cooperative_of(ask.holders)}
    callbacks.ask(ask.session, ask.phone, "SMS", **whom, now=ask.now)
    return replies.CALL_BACK


def _contest(ask: Ask) -> str:
    """Contest what an officer did for one of the number's members, by its reference."""
    members = [who.member_id for who in ask.holders if who.state in BELONGS and who.member_id]
    named, clear = _reference_named(ask.rest)
    if named and not clear:
        return replies.WHICH_NO.replace("{reference}", named)
    try:
        act, member = members_word.asked_by_reference(ask.session, members, named or "", ask.now)
    except members_word.Unknown:
        return replies.NOT_CONTESTED
    done = members_word.contest(ask.session, member, act, phone=ask.phone, channel="sms", now=ask.now)
    if done.phone:
        outbox.put(
            ask.session,
            to=done.phone,
            text=texts.contested_notice(done.reference, done.role, done.became),
            purpose="security",
            cause=f"contest:{done.id}",
            now=ask.now,
            person_id=done.person_id,
            cooperative_id=done.cooperative_id,
        )
    if done.ticket:
        return payment_texts.contest_opened(done.ticket.number, done.reference, done.ticket.answer_by)
    return texts.contested_receipt(done.reference, done.became, ask.now)


def _reference_named(rest: str) -> tuple[str | None, bool]:
    """Return the reference that a no names, and whether it says nothing else: `non pas 623590` may mean either."""
    meant = read_reference(rest)
    if meant:
        return meant[0], not meant[1] or all(word in FILLERS | REASONS for word in meant[1].split())
    found = REFERENCE.search(rest)
    return (found[1].replace(" ", ""), False) if found else (None, False)


def _language(ask: Ask) -> str:
    wanted = LANGUAGES.get(ask.rest[:2])
    if not ask.holders:
        return replies.JOIN
    if len(ask.holders) > 1:
        return replies.SHARED
    if wanted is None:
        return replies.WHICH_LANGUAGE
    account.set_language(ask.session, ask.holders[0].person_id, wanted)
    return replies.LANGUAGE_FR if wanted == "fr" else replies.LANGUAGE


def _report_error(ask: Ask) -> str:
    return contests.contest(ask)


def _weighings(ask: Ask) -> str:
    office = weighing.weighing_office(ask.session, ask.holders, ask.rest, ask.now)
    if office is None:
        return _help(ask)
    return weighing.note_lines(ask.session, office, ask.rest, operation=ask.operation, now=ask.now)


def _price(ask: Ask) -> str:
    first, _, after = ask.rest.partition(" ")
    named = cooperative_by_code(ask.session, first)
    office = _office(ask, "price", Scope(named) if named else None)
    if office is None:
        return _help(ask)
    typed = _TARIF.fullmatch(after if named and office.cooperative_id == named else ask.rest)
    if typed is None:
        return replies.HOW_TARIF
    meant = find_product(ask.session.connection(), typed[1], office.cooperative_id)
    if meant.product_id is None:
        return replies.suggest(meant.near)
    try:
        amount = int(typed[2].translate(_NO_SEPARATORS))
        made = proposing.propose(ask.session, ask.act_by(office), meant.product_id, amount, grade=None)
    except proposing.Refused:
        return replies.HOW_TARIF
    place = ask.holders[0].cooperative if office.cooperative_id else None
    return replies.price_noted(made.product, made.before, made.amount, made.unit, place or "fédération")


HANDLERS: dict[str, Callable[[Ask], str]] = {
    "PRIX": _prices,
    "AIDE": _help,
    "NOTICE": _notice,
    "STOP": _consent(consent.STOPPED, False, replies.STOPPED),
    "STOP ALERTE": _consent(("urgent",), False, replies.STOPPED_ALERTS),
    "START": _start,
    "SOLDE": _balance,
    "PROD": production.declare,
    "RAPPEL": _call_back,
    "LANGUE": _language,
    "NON": _contest,
    "CONTESTER": _report_error,
    "DIFF": broadcasting.draft,
    "URGENT": broadcasting.draft,
    "OUI": broadcasting.confirm,
    "ETAT": broadcasting.state,
    "ANNULER": broadcasting.stop,
    "MEMBRE": broadcasting.member,
    "VALIDER": _weighings,
    "TARIF": _price,
    "REPONDRE": _reply,
    "": _unparsed,
}
