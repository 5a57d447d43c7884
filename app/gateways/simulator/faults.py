"""What goes wrong on request, how often, for whom."""

import threading

FAULTS = {
    "ussd-repeat": "each hop reaches the service twice, one after the other",
    "ussd-twice-at-once": "each hop reaches the service three times at once",
    "ussd-lost-answer": "the hop reaches the service, the handset sees nothing",
    "ussd-drop": "the hop never reaches the service",
    "ussd-late": "the answer comes after the handset gave up",
    "sms-500": "the provider fails before it took the message",
    "sms-429": "the provider says that it is too much",
    "sms-timeout": "no answer, and the message was not taken",
    "sms-accepted-then-cut": "the message is taken, the answer is cut off",
    "sms-lost": "taken, answered, never delivered, never reported",
    "sms-invalid-sender": "201 with nobody in it",
    "sms-no-credit": "refused with 405",
    "report-doubled": "each report comes twice",
    "report-early": "the report comes before the send has returned",
    "report-late": "the report comes five seconds later",
    "report-failed": "the report says Failed",
    "report-unknown-id": "the report names a message that the answer didn't",
    "incoming-doubled": "an SMS of a member's reaches the service twice at once",
}


class Faults:
    """Armed faults; each is used up by as many events as it was armed for."""

    def __init__(self) -> None:
        self._armed: dict[str, tuple[int, str | None]] = {}
        self._lock = threading.Lock()

    def arm(self, name: str, times: int, to: str | None) -> None:
        """Let a fault happen to the next `times` events, of one number or of all. Raises KeyError on an unknown name."""
        if name not in FAULTS:
            raise KeyError(name)
        with self._lock:
            self._armed[name] = (times, to)

    def clear(self) -> None:
        """Disarm all."""
        with self._lock:
            self._armed.clear()

    def hits(self, name: str, *numbers: str) -> bool:
        """Tell whether a fault happens to this event, which is about these numbers, and use it up once."""
        with self._lock:
            times, to = self._armed.get(name, (0, None))
            if times < 1 or (to is not None and to not in numbers):
                return False
            self._armed[name] = (times - 1, to)
            return True

    def armed(self) -> dict[str, int]:
        """Return what is armed, and how often it will happen yet."""
        with self._lock:
            return {name: times for name, (times, _) in self._armed.items() if times}
