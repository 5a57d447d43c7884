"""What to do with a provider's answer. One row a code; source: Africa's Talking's documentation and recorded traffic."""

import msgspec


class Patience(msgspec.Struct, frozen=True):
    """Seconds before each further try, give or take a quarter. After the last: no more (`tries`), or on until the expiry."""

    delays: tuple[int, ...]
    tries: bool = True
    on: bool = True


FAULT = Patience((30, 120, 600, 1800, 3600))
"""The gateway's or a network's own trouble: longer and longer, until the message expires."""
ODD = Patience((60, 600, 3600), on=False)
"""Nobody knows what it means: three more tries, then no more."""
AWAY = Patience((15,), tries=False)
"""Nothing left this machine: often, and no try is counted."""
WAIT = Patience((2,), tries=False)
"""Too much at once: the speed goes down by itself, and waiting costs no try."""
REST = Patience((60,), tries=False)
"""Our account is at fault: the lane rests, and no try is counted."""
HASTE = 48
"""Seconds, give or take a quarter: lanes `code` and `urgent` never wait longer than a minute between two tries."""


class Accepted(msgspec.Struct, frozen=True):
    """The provider has it."""


class Never(msgspec.Struct, frozen=True):
    """It won't be sent, ever."""

    reason: str


class Later(msgspec.Struct, frozen=True):
    """It may go another time."""

    reason: str
    patience: Patience = FAULT


class Halt(msgspec.Struct, frozen=True):
    """Our account is at fault: the lane stops and says so; the messages keep their tries.

    `enough` is of how many numbers it must be said, and of no fewer, to be the account's fault and not a number's.
    """

    reason: str
    patience: Patience = REST
    enough: int = 1


class OptedOut(msgspec.Struct, frozen=True):
    """The number is on the gateway's list."""

    reason: str = "opted out at the gateway"


Verdict = Accepted | Never | Later | Halt | OptedOut

VERDICTS: dict[int, Verdict] = {
    100: Accepted(),
    101: Accepted(),
    102: Accepted(),
    401: Halt("held as risky", enough=2),
    402: Halt("sender not registered"),
    403: Never("not a phone number"),
    404: Never("not a number for SMS"),
    405: Halt("no credit left"),
    406: OptedOut(),
    407: Later("no route"),
    409: Never("do not disturb"),
    500: Later("gateway's own fault"),
    501: Later("gateway error"),
    502: Later("rejected by the network"),
}
UNKNOWN_CODE = Later("unknown code", ODD)
NOT_SENT = Later("not sent", AWAY)
NOT_MARKED = Later("not marked", WAIT)

WHOLE: dict[str, Verdict] = {
    "bad_key": Halt("key refused"),
    "invalid_sender": Halt("sender not registered"),
    "throttled": Later("too many requests", WAIT),
    "nobody": Halt("taken, with nobody in it"),
    "bad_answer": Later("request refused", ODD),
}

SILENT, SILENT_FROM = "no answer", 20
"""Why a lane rests whose requests get no answer, and after how many in a row: each leaves all its messages in doubt."""

REPORTED = {
    "Success": ("delivered", None),
    "Sent": ("underway", None),
    "Submitted": ("underway", None),
    "Buffered": ("underway", None),
    "AbsentSubscriber": ("underway", "absent"),
    "Expired": ("failed", "expired on the network"),
    "Rejected": ("failed", "rejected"),
    "Failed": ("failed", "failed"),
}
"""A delivery report's status: the state it means, and why. An unknown one changes nothing."""

STATUSES = {status.lower(): status for status in REPORTED}
"""A report's status in small letters: a gateway that changes its capitals is still understood."""

SPELLINGS = {"notnetworksubcriber": "NotNetworkSubscriber", "userinblacklist": "UserInBlacklist"}
"""Failed reports' reasons that come in two spellings, in small letters: the one that we keep. The first is the provider's own."""

LISTED = "UserInBlacklist"
"""The reason that means the number is on the gateway's list."""
