"""What a provider's word means, in an answer or a report. One row a code; source: Africa's Talking's documentation and recorded
traffic."""

import msgspec


class Patience(msgspec.Struct, frozen=True):
    """Seconds before each further try, give or take a quarter; after the last of them `on` until the expiry, or no more.

    `tries` tells whether the one before counts as a try.
    """

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


class Verdict(msgspec.Struct, frozen=True):
    """The state that a provider's word means, and why. One that is `queued` again has the patience of its kind of fault.

    `halts`: of how many numbers it must be said, and of no fewer, to be our account's fault and not a number's: the lane rests.
    """

    state: str
    reason: str | None = None
    patience: Patience = FAULT
    halts: int = 0


ACCEPTED = Verdict("accepted")
OPTED_OUT = Verdict("refused", "opted out at the gateway")
DOUBTFUL = Verdict("maybe", "no answer")
NOT_MARKED = Verdict("queued", "not marked", WAIT)
NOT_SENT = Verdict("queued", "not sent", AWAY)
LOST = Verdict("maybe", "worker lost")
NEVER_LEFT = Verdict("queued", "worker lost, never left", Patience((0,), tries=False))
UNKNOWN_CODE = Verdict("queued", "unknown code", ODD)

VERDICTS = {
    100: ACCEPTED,
    101: ACCEPTED,
    102: ACCEPTED,
    401: Verdict("queued", "held as risky", REST, halts=2),
    402: Verdict("queued", "sender not registered", REST, halts=1),
    403: Verdict("failed", "not a phone number"),
    404: Verdict("failed", "not a number for SMS"),
    405: Verdict("queued", "no credit left", REST, halts=1),
    406: OPTED_OUT,
    407: Verdict("queued", "no route"),
    409: Verdict("failed", "do not disturb"),
    500: Verdict("queued", "gateway's own fault"),
    501: Verdict("queued", "gateway error"),
    502: Verdict("queued", "rejected by the network"),
}

WHOLE = {
    "bad_key": Verdict("queued", "key refused", REST, halts=1),
    "invalid_sender": VERDICTS[402],
    "throttled": Verdict("queued", "too many requests", WAIT),
    "nobody": Verdict("queued", "taken, with nobody in it", REST, halts=1),
    "bad_answer": Verdict("queued", "request refused", ODD),
}

SILENT, SILENT_FROM = "no answer", 20
"""Why a lane rests whose requests get no answer, and after how many in a row: each leaves all its messages in doubt."""

REPORTED = {
    "Success": Verdict("delivered"),
    "Sent": Verdict("underway"),
    "Submitted": Verdict("underway"),
    "Buffered": Verdict("underway"),
    "AbsentSubscriber": Verdict("underway", "absent"),
    "Expired": Verdict("failed", "expired on the network"),
    "Rejected": Verdict("failed", "rejected"),
    "Failed": Verdict("failed", "failed"),
}
"""What a delivery report's status means. An unknown one changes nothing."""

STATUSES = {status.lower(): status for status in REPORTED}
"""A report's status in small letters: a gateway that changes its capitals is still understood."""

SPELLINGS = {"notnetworksubcriber": "NotNetworkSubscriber", "userinblacklist": "UserInBlacklist"}
"""Failed reports' reasons that come in two spellings, in small letters: the one that we keep. The first is the provider's own."""

LISTED = "UserInBlacklist"
"""The reason that means the number is on the gateway's list."""
