"""What to do with a provider's answer. One row a code; source: Africa's Talking's documentation and recorded traffic."""

import msgspec


class Accepted(msgspec.Struct, frozen=True):
    """The provider has it."""


class Never(msgspec.Struct, frozen=True):
    """It won't be sent, ever."""

    reason: str


class Later(msgspec.Struct, frozen=True):
    """It may go another time."""

    reason: str


class Halt(msgspec.Struct, frozen=True):
    """Our account is at fault: the lane stops for a while and says so; the messages keep their tries."""

    reason: str


class OptedOut(msgspec.Struct, frozen=True):
    """The number is on the gateway's list."""

    reason: str = "opted out at the gateway"


Verdict = Accepted | Never | Later | Halt | OptedOut

VERDICTS: dict[int, Verdict] = {
    100: Accepted(),
    101: Accepted(),
    102: Accepted(),
    401: Halt("held as risky"),
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
UNKNOWN_CODE = Later("unknown code")

WHOLE: dict[str, Verdict] = {
    "bad_key": Halt("key refused"),
    "invalid_sender": Halt("sender not registered"),
    "throttled": Later("too many requests"),
    "bad_answer": Later("request refused"),
}

DELAYS = (30, 120, 600, 1800, 3600)
"""Seconds before each further try, give or take a quarter; the last goes on until the message expires."""

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
