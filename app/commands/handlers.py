"""What each command does. A handler gets a Command and returns the words to answer; whatever it refuses, it changes nothing."""

import re
from collections.abc import Callable

from sqlalchemy import select

import app.coop.subjects  # noqa: F401 - a member's word leads to what any subject has declared
from app import phones, texts
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
    prices,
    production,
    replies,
    techniques,
    trainings,
    weighings,
)
from app.commands.command import Answer, Command, SmsReading
from app.commands.courtesies import is_small_talk
from app.commands.grammar import is_prose
from app.coop.access.identity import cooperative_of, person_of
from app.coop.correspondence import call_backs
from app.coop.correspondence.models import CallBack
from app.coop.ledger.queries import balances_of
from app.coop.members import account, consent, notices, privacy_notice
from app.coop.members.models import Member
from app.coop.offices.queries import administrators
from app.coop.scope import Scope
from app.sms import consents
from app.sms import inbox as sms_inbox

_SPEAKS_OF_STOP = re.compile(r"\bSTOP\b|DESABON|DESINSCRI|UNSUBSCRI")
FEWEST_DIGITS = 9
"""Of a telephone number here."""
ANSWERED_AS_TYPED = ("PRIX", "IDEE", "LANGUE")
"""Words whose answer is about whatever stands behind them."""
LANGUAGES = {
    "FR": "fr",
    "WO": "wo",
    "OU": "wo",
    "PU": "ff",
    "PE": "ff",
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
    if command.reading and command.reading.state == "unparsed":
        return replies.NOT_UNDERSTOOD
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
        return SmsReading("unparsed" if _is_letter_too(command) else "handled")
    kept = sms_inbox.as_kept(command.text)
    # Who sends a secret code by SMS may have been asked for it by a cheat: the warning goes before any other answer.
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
    line = contests.line_meant(command)
    if line:
        return SmsReading("unparsed", code or replies.LETTER_UNDOES.replace("{line}", line))
    stop = _SPEAKS_OF_STOP.search(command.rest)
    return SmsReading("unparsed", code or (replies.HOW_STOP if stop else replies.NOT_UNDERSTOOD))


def _is_letter_too(command: Command) -> bool:
    """Tell whether somebody must read an SMS with a command's word in it: `Urgent mon enfant est malade` orders nothing."""
    if is_prose(command.beside) or (command.word == "RAPPEL" and _names_another_number(command)):
        return True
    if command.word in ANSWERED_AS_TYPED or not is_prose(command.rest):
        return False
    if command.word in mistypes.RIGHTS:
        scope = Scope(cooperative_of(command.holders))
        return command.office(mistypes.RIGHTS[command.word]) is None and not mistypes.fits(
            command, scope, command.word, command.rest
        )
    return not any(map(str.isdigit, command.rest))


def _names_another_number(command: Command) -> bool:
    """Tell whether a call is wanted on another telephone than the sender's: only who reads the SMS sees it."""
    digits = re.sub(r"\D", "", command.rest)
    return len(digits) >= FEWEST_DIGITS and not digits.endswith(phones.write(command.phone))


def _unparsed(command: Command) -> str:
    """Say that somebody will read it, but for a code and an officer's slip."""
    return (command.reading or reading_of(command)).words


def _reply(command: Command) -> Answer:
    office = letters.office_of(command, letters.number_in(command))
    return letters.draft(command, office) if office else None


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


def _yes(command: Command) -> Answer:
    """Take a seat by the code of its offer; any other code is an officer's."""
    # The seat first: a code that isn't one changes nothing there,
    # whereas every wrong code of an officer counts as a miss.
    return trainings.accept(command) or broadcasts.confirm(command)


def _cancel(command: Command) -> Answer:
    """Take a member's declaration back by its reference; what is shorter, or nothing, is a broadcast's number and an officer's."""
    typed = production.reference_in(command.rest)
    # Six digits with a right check digit are a declaration's, even from an officer,
    # whose broadcasts have small numbers; but a code of theirs may look like one.
    office = command.office("stop")
    coded = office is not None and broadcasts.names_code(command.session, command.key, command.phone, command.rest)
    if office is not None and (coded or production.reference_named(command.rest) is None):
        return broadcasts.stop(command)
    return production.cancel(command, typed)


HANDLERS: dict[str, Callable[[Command], Answer]] = {
    "PRIX": prices.told,
    "AIDE": _help,
    "NOTICE": _notice,
    "STOP": _consent(consent.STOPPED, False, replies.STOPPED),
    "STOP ALERTE": _consent(("urgent",), False, replies.STOPPED_ALERTS),
    "START": _start,
    "SOLDE": _balance,
    "PROD": production.declare,
    "RAPPEL": _call_back,
    "LANGUE": _language,
    "NON": contests.contest_assisted,
    "CONTESTER": contests.contest,
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
    "TARIF": prices.propose,
    "REPONDRE": _reply,
    "": _unparsed,
}
