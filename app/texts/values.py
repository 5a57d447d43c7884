"""What the placeholders of our SMS are: one name, one kind, in all texts, with the longest value that the proof fills in."""

from datetime import date, datetime
from typing import Annotated, Any, TypedDict

from app.gsm7 import fold, septets
from app.ussd.kinds import CUT, Clock, Count, Kind, Phrase, ProductName, Reference, Short, kinds_of, plain

Amount = Annotated[int, Kind("amount", "999 999 999 F", private=True)]
Card = Annotated[str, Kind("card", "m" * 12)]
Code = Annotated[str, Kind("string to dial", "*" * 20)]
Cost = Annotated[str, Kind("cost", "m" * 20)]
Day = Annotated[date, Kind("date", "30/11/2026")]
Moment = Annotated[datetime, Kind("moment", "22:22 le 30/11")]
Phone = Annotated[str, Kind("phone", "+221771234567")]
Secret = Annotated[str, Kind("secret", "999999", private=True)]


class Values(TypedDict, total=False):
    """The values of all placeholders; a text takes those that it names. A plain `str` is a key of the `words` of its name."""

    after: Annotated[int | str, Kind("setting", "999999999")]
    amount: Amount
    amounts: Annotated[
        str,
        Kind(
            "amounts",
            "99 999 999 F - solidarité 99 999 999 - avance 99 999 999 - crédit-bail 99 999 999 = 99 999 999 F",
            private=True,
        ),
    ]
    article: Annotated[str, Kind("article", "999")]
    became: str
    booking: str
    before: Annotated[int | str, Kind("setting", "999999999")]
    by: str
    call_back: Annotated[str, Kind("string to dial", "*" * 22)]
    came_in: Amount
    card: Card
    certificate: Annotated[str, Kind("reference", "9" * 9)]
    code: Code
    cooperative: Short
    cost: Cost
    count: Count
    day: Day
    days: Count
    decided: str
    decision: str
    done_for: str
    due: Day
    entry: Annotated[int, Kind("entry", "999999999")]
    half: str
    goods: Annotated[str, Kind("words", "99999,99 " + "m" * 9 + " d'" + "m" * 20)]
    halt: str
    hour: Clock
    idea_became: str
    invoice: Annotated[str, Kind("invoice", "F2026-99999")]
    kept_out: str
    job_is: str
    lane: Annotated[str, Kind("lane", "urgent")]
    left: Amount
    lot: Annotated[str, Kind("lot", "L123456789")]
    note: Phrase
    now_is: str
    number: Reference
    office: str
    office_is: str
    percent: Count
    phone: Phone
    place: Annotated[int, Kind("place", "9")]
    raised_to: str
    raised_why: str
    rank: Count
    reason: Short
    reference: Reference
    refused_why: str
    secret: Secret
    setting: str
    signature: Annotated[str, Kind("signature", "9" * 10)]
    since: Moment
    site: Short
    stands: str
    trade: ProductName
    training: ProductName
    tries: Count
    until: Moment
    verdict: str
    went_out: Amount
    what: Annotated[str, Kind("words", "m" * 60)]
    where: Short
    why: Phrase


KINDS = kinds_of(Values)


def write(kind: Kind, value: Any) -> str:
    """Write a value as its kind says. Words longer than its longest lose their end; nothing is folded, for the outbox does that."""
    words = plain(kind, value)
    room = septets(fold(kind.longest))
    while kind.name in CUT and septets(fold(words)) > room:
        words = words[:-1]
    return words
