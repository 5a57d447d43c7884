"""What each command does. A handler gets a Command and returns the words to answer; whatever it refuses, it changes nothing."""

import re
import unicodedata
from collections.abc import Callable

from sqlalchemy import select

import app.coop.subjects  # noqa: F401 - a member's word leads to what any subject has declared
from app import texts
from app.clock import DAKAR
from app.commands import (
    boutiques,
    broadcast_replies,
    broadcasts,
    chain,
    contests,
    ideas,
    letters,
    members,
    mistypes,
    production,
    replies,
    techniques,
    trainings,
    weighings,
)
from app.commands.command import Answer, Command, SmsReading
from app.commands.courtesies import is_small_talk
from app.commands.grammar import read_reference
from app.commands.stop_words import FILLERS, REASONS, REFERENCE
from app.coop.access.identity import cooperative_of, person_of, prices_of
from app.coop.contests import assisted_answers
from app.coop.cooperatives.queries import cooperative_by_code
from app.coop.correspondence import call_backs, inbox
from app.coop.correspondence.models import CallBack
from app.coop.ledger.queries import balances_of
from app.coop.members import account, consent, notices, privacy_notice
from app.coop.members.lookup import BELONGS
from app.coop.members.models import Member
from app.coop.offices.queries import administrators
from app.coop.prices import proposals
from app.coop.prices.queries import MeantProduct, find_product, prices_for
from app.coop.scope import FEDERATION, Scope
from app.sms import consents
from app.sms import inbox as sms_inbox

_TARIF = re.compile(r"([^0-9]+?) (?:XOF )?([0-9]{1,3}(?:[ .,]?[0-9]{3})*|[0-9]{1,9}) ?(?:F|FR|FRS|FRANCS?|FCFA|F CFA|CFA|XOF)?")
_GRADED = re.compile(r"(.+?)(?: QUALITE| QUAL)? ([A-C])")
_A = re.compile(r"\s([aàÀ])\s+\d")
"""`thiof à 1300` is no grade A, though accents are folded; without its accent it is either."""
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
LANGUAGE_NAMES = {
    "fr": "français",
    "wo": "wolof",
    "ff": "pulaar",
    "srr": "sérère",
    "dyo": "diola",
    "snk": "soninké",
    "mnk": "mandinka",
}


def answer(word: str, command: Command) -> Answer:
    """Return the answer to a command; what isn't known gets the help."""
    return HANDLERS.get(word, _help)(command)


def _help(command: Command) -> str:
    if command.word != "AIDE" or not command.office("read"):
        return replies.HELP
    words = [words for right, words in broadcast_replies.HELP_WORDS if command.office(right)]
    return broadcast_replies.HELP.replace("{words}", ", ".join(words))


def _notice(command: Command) -> str:
    del command
    return privacy_notice.WHOLE


def _consent(purposes: tuple[str, ...], given: bool, words: str) -> Callable[[Command], str]:
    def handle(command: Command) -> str:
        act = command.own_act(command.holders[0] if len(command.holders) == 1 else None)
        consent.note(command.session, act, purposes, given=given, notice=privacy_notice.VERSION)
        return words

    return handle


def _start(command: Command) -> str:
    """Give everything back; when the gateway has the number on its own list, somebody must take it off there."""
    listed = consents.listed(command.session, command.phone)
    words = _consent((*consent.STOPPED, "urgent"), True, replies.STARTED)(command)
    if not listed:
        return words
    act, cause = command.own_act(), f"listed:{command.phone}:{command.now:%Y-%m-%d}"
    words = texts.say("listed", phone=command.phone)
    for number in administrators(command.session.connection(), act.today):
        notices.tell_number(command.session, act, number, "alarm", cause, words)
    return replies.STARTED_LISTED


def reading_of(command: Command) -> SmsReading:
    """Read an SMS: an order, or what else it may be: a greeting, a slip, or a letter that an officer reads."""
    if command.word:
        return SmsReading("handled")
    kept = sms_inbox.as_kept(command.text)
    code = replies.NEVER_A_CODE if sms_inbox.holds_code(kept) else ""
    if sms_inbox.is_code_alone(kept):
        return SmsReading("handled", code)
    meant = mistypes.meant(command)
    if meant:
        return SmsReading("handled" if meant.sure else "unparsed", code or mistypes.words_for(meant))
    line = production.line_meant(command)
    if line:
        return SmsReading("handled", code or replies.DECLARE_SO.replace("{line}", line))
    if is_small_talk(command.rest):
        return SmsReading("greeted", code or replies.GREETED)
    stop = _SPEAKS_OF_STOP.search(command.rest)
    return SmsReading("unparsed", code or (replies.HOW_STOP if stop else replies.NOT_UNDERSTOOD))


def _unparsed(command: Command) -> str:
    """Say that somebody will read it, and tell them that there is something to read; a code and an officer's slip apart."""
    reading = command.reading or reading_of(command)
    if reading.state == "unparsed":
        inbox.tell(command.session, command.own_act(), command.holders)
    return reading.words


def _reply(command: Command) -> Answer:
    office = letters.office_of(command, letters.number_in(command))
    return letters.draft(command, office) if office else None


def _prices(command: Command) -> str:
    reader = command.session.connection()
    scope = prices_of(command.holders)
    prices = prices_for(reader, scope, command.now)
    if not prices:
        return replies.NO_PRICE
    own = next((who.cooperative for who in command.holders if who.cooperative_id == scope.cooperative_id), None) or "CPS"
    if not command.rest:
        place = "fédération" if scope.is_federation else own
        main_first = sorted(prices, key=lambda price: not price.main)
        return replies.price_list([(price.name, price.amount, price.unit) for price in main_first], command.now.date(), place)
    meant, grade = _graded(command, command.rest)
    if meant.product_id is None:
        return replies.which_price(meant.near, "PRIX")
    found = [price for price in prices if price.product_id == meant.product_id]
    found = found or [price for price in prices_for(reader, FEDERATION, command.now) if price.product_id == meant.product_id]
    found = ([price for price in found if price.grade == grade] or found[:1]) if grade else found
    if not found:
        return replies.NO_PRICE
    places = dict.fromkeys(own if price.own else "fédération" for price in found)
    graded = [(grade or price.grade, price.amount) for price in found]
    name = found[0].name.removesuffix(f" {found[0].grade}")
    return replies.price_line(name, graded, found[0].unit, max(price.since for price in found).date(), ", ".join(places))


def _graded(command: Command, words: str, scope: Scope = FEDERATION) -> tuple[MeantProduct, str | None]:
    """Return which product is meant, and which grade when one stands behind its name: `THIOF A`, `THIOF QUALITE A`."""
    reader = command.session.connection()
    graded = _GRADED.fullmatch(words)
    found = find_product(reader, graded[1], scope) if graded else MeantProduct(None)
    return (found, graded[2]) if graded and found.product_id else (find_product(reader, words, scope), None)


def _balance(command: Command) -> str:
    who = command.holders[0] if len(command.holders) == 1 else None
    if who is None or who.state != "active" or who.member_id is None:
        return replies.BALANCE if command.holders else replies.JOIN
    reader = command.session.connection()
    if not reader.scalar(select(Member.amounts_by_sms).where(Member.id == who.member_id)):
        return replies.BALANCE
    found = balances_of(reader, who.member_id)
    return replies.balances(found.shares, found.savings, found.payable, found.owed)


def _call_back(command: Command) -> str:
    whom = {"person_id": person_of(command.holders), "cooperative_id": cooperative_of(command.holders)}
    row, new = call_backs.ask(command.session, command.phone, "SMS", **whom, now=command.now)
    since = f"{command.session.get_one(CallBack, row).at.astimezone(DAKAR):%H:%M le %d/%m}"
    words = replies.CALL_BACK if new else replies.CALL_BACK_AGAIN
    return words.replace("{since}", since).replace("{who}", call_backs.caller_of(whom["cooperative_id"]))


def _contest(command: Command) -> str:
    """Contest what an officer did for one of the number's members, by its reference."""
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
    meant = read_reference(rest)
    if meant:
        return meant[0], not meant[1] or all(word in FILLERS | REASONS for word in meant[1].split())
    found = REFERENCE.search(rest)
    return (found[1].replace(" ", ""), False) if found else (None, False)


def _language(command: Command) -> str:
    wanted = LANGUAGES.get(command.rest[:2])
    if not command.holders:
        return replies.JOIN
    if len(command.holders) > 1:
        return replies.SHARED
    if wanted is None:
        return replies.WHICH_LANGUAGE
    account.set_language(command.session, command.holders[0].person_id, wanted)
    return replies.language_noted(LANGUAGE_NAMES[wanted], served=wanted in texts.languages())


def _report_error(command: Command) -> str:
    return contests.contest(command)


def _price(command: Command) -> Answer:
    first, _, after = command.rest.partition(" ")
    named = cooperative_by_code(command.session, first)
    office = command.office("price", Scope(named) if named else None)
    if office is None:
        return None
    typed = _TARIF.fullmatch(after if named and office.cooperative_id == named else command.rest)
    if typed is None:
        return replies.HOW_TARIF
    letter = _A.search(unicodedata.normalize("NFC", command.text))
    words = typed[1].removesuffix(" A") if letter and letter[1] != "a" else typed[1]
    meant, grade = _graded(command, words, office.scope)
    if meant.product_id is None:
        return replies.which_price(meant.near, "TARIF", f"{grade or ''} {typed[2]}".strip())
    if grade == "A" and letter and "QUAL" not in words:
        return replies.at_or_grade(words.removesuffix(" A"), typed[2])
    try:
        amount = int(typed[2].translate(_NO_SEPARATORS))
        made = proposals.propose(command.session, command.act_by(office), meant.product_id, amount, grade=grade)
    except proposals.PriceRefused:
        return replies.HOW_TARIF
    place = command.holders[0].cooperative if office.cooperative_id else None
    name = f"{made.product} {made.grade}" if made.grade else made.product
    return replies.price_noted(name, made.before, made.amount, made.unit, place or "fédération")


def _yes(command: Command) -> Answer:
    """Take a seat by the code of its offer; any other code is an officer's."""
    return trainings.accept(command) or broadcasts.confirm(command)


def _cancel(command: Command) -> Answer:
    """Take a member's declaration back by its reference; what is shorter, or nothing, is a broadcast's number and an officer's."""
    typed = production.reference_in(command.rest)
    office = command.office("stop")
    if typed is None and office is not None:
        return broadcasts.stop(command)
    return production.cancel(command, typed)


HANDLERS: dict[str, Callable[[Command], Answer]] = {
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
    "IDEE": ideas.propose,
    "SOUTENIR": ideas.support,
    "FICHE": techniques.sheet,
    "BOUTIQUE": boutiques.offers,
    "ACHAT": boutiques.order,
    "TRACE": chain.trace,
    "DIFF": broadcasts.draft,
    "URGENT": broadcasts.draft,
    "FORMATION": trainings.show,
    "INSCRIRE": trainings.apply,
    "PRESENT": trainings.attend,
    "EMPLOI": trainings.jobs,
    "OUI": _yes,
    "ETAT": broadcasts.state,
    "ANNULER": _cancel,
    "MEMBRE": members.look_up,
    "VALIDER": weighings.note_lines,
    "TARIF": _price,
    "REPONDRE": _reply,
    "": _unparsed,
}
