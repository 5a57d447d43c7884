"""What messages say and cost wherever they are written: how the service is dialled, and the price of a part."""

from datetime import datetime, time
from typing import Any

import msgspec

from app.clock import QuietHours

KEY = "service"


class Service(msgspec.Struct, frozen=True):
    """The string to dial, in words what a call or an SMS to us costs its sender, and what a part of ours costs us (XOF).

    The price holds where the table of prices says nothing (`app/sms/prices.py`).
    """

    code: str = ""
    cost: str = "Gratuit"
    part_price: int = 20
    public_url: str = ""
    """Where anybody reads the page of a lot, without a slash at its end; "" where there is no such place."""
    budget: int | None = None
    """What a day's broadcasts may cost, in XOF; None: no bound."""
    sms: str = ""
    """The number that SMS are sent to; "" where there is none."""
    quiet: QuietHours | None = QuietHours(time(21), time(7))
    """When what can wait wakes nobody; None: never."""

    def awake(self, at: datetime) -> bool:
        """Tell whether it is an hour at which people may be told what can wait."""
        return self.quiet is None or self.quiet.until(at) is None

    def page_of(self, code: str) -> str:
        """Return the address of a lot's page; "" where there is none."""
        return f"{self.public_url}/t/{code}" if self.public_url else ""


def service_of(session: Any) -> Service:
    """Return the service in whose name a session of `Database` writes."""
    found: Service = session.info[KEY]
    return found
