"""How many parts of answers a number gets a day, and what is still done for one that has had them.

Who sends is only what the network says, and can be forged: each answer goes to the true number, at our cost.
"""

from datetime import date

from app.commands import replies
from app.commands.command import Command
from app.sms import allowances

MEMBER, OFFICER, STRANGER = 30, 60, 5
"""Parts a day to one number, by who holds it."""
STRANGERS = 300
"""Parts a day to all numbers that nobody holds, together."""
LONGEST, LONGEST_ESTIMATE = 4, 8
"""Parts of the longest answer, and of an estimate, which shows its text whole: the last one may begin with one part left."""
STILL_DONE = ("STOP", "STOP ALERTE", "START", "DIFF", "URGENT", "OUI", "ANNULER", "NON", "CONTESTER")
"""What no forger may take from a number by using its answers up: wills, contests, warnings and what stops them."""
_STRANGERS = "strangers"


def open_to(command: Command, day: date) -> bool:
    """Tell whether a number may have one more answer today; waits for another message of the same number."""
    had = allowances.spend(command.session, command.phone, day)
    if not command.holders:
        # Each look locks its row until the answer is written. The number comes first, so that
        # only those who may still be answered wait for the one row of all strangers.
        return had < STRANGER and allowances.spend(command.session, _STRANGERS, day) < STRANGERS
    # A seat is looked up only for who has had a member's share: most never get so far.
    return had < MEMBER or (had < OFFICER and command.office("read") is not None)


def note(command: Command, day: date, parts: int) -> None:
    """Count an answer's parts."""
    for spender in (command.phone,) if command.holders else (command.phone, _STRANGERS):
        allowances.spend(command.session, spender, day, parts)


def last_words(command: Command, day: date) -> str | None:
    """Return the sentence that ends a day's answers; None when it was said, or all strangers' parts are spent."""
    if not command.holders and allowances.spend(command.session, _STRANGERS, day) >= STRANGERS:
        return None
    if not allowances.tell_once(command.session, command.phone, day):
        return None
    return replies.DONE_UNSAID if command.word in STILL_DONE else replies.ENOUGH
