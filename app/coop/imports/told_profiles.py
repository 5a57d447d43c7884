"""What a row of a register says of a member beside name and number, and what of it is new."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.coop.imports.columns import UNSAID
from app.coop.imports.forecast import RowRefused, value
from app.coop.imports.register import paper_key
from app.letters import packed
from app.sheets import NoValue

PHONES = ("phone", "phone2")
_UNSAID = {field: packed(word) for field, word in UNSAID.items()}


def profile_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says of a member beside name and number; what was asked and not told is named in `unsaid`."""
    told = {field: value(values, field) for field in ("sex", "address", "identity", "shares_subscribed", "shares_paid")}
    birth = value(values, "birth")
    told["born_on" if isinstance(birth, date) else "born_in"] = birth
    _hold_days(birth, *(value(values, field) for field in ("joined", "left", "state")))
    fixed = [one for field in PHONES if (one := value(values, field)) and one.kind != "mobile"]
    told["contact"] = next((one.number for one in [value(values, "contact"), *fixed] if one), None)
    if told["address"] and len(told["address"]) > 80:
        raise RowRefused("address", "L'adresse a plus de 80 lettres.")
    if told["identity"] and len(told["identity"]) > 24:
        raise RowRefused("identity", "La pièce a plus de 24 signes.")
    listed = {packed(word) for word in told_not.split(",")} if (told_not := value(values, "unsaid")) else ()
    unsaid = [field for field, word in _UNSAID.items() if word in listed or _unsaid(values.get(field))]
    return {field: said for field, said in told.items() if said is not None} | ({"unsaid": ",".join(unsaid)} if unsaid else {})


def _hold_days(birth: date | int | None, joined: date | None, left: date | None, state: str | None) -> None:
    """Raise RowRefused for days that can't all be right: one of them is a slip, and nobody knows which."""
    if birth and joined and (joined <= birth if isinstance(birth, date) else joined.year < birth):
        raise RowRefused("joined", "Membre avant d'être né ?")
    if joined and left and left < joined:
        raise RowRefused("left", "Parti avant d'être membre ?")
    if left and state != "departed":
        raise RowRefused("left", f"Parti le {left:%d/%m/%Y}: écrivez « parti » sous État, ou ôtez ce jour.")


def lost(values: Mapping[str, Any], contact: str | None) -> list[str]:
    """Return the numbers of a row that nobody could be reached by, beside the one that is kept."""
    read = (value(values, field) for field in PHONES)
    return [one.number for one in read if one and one.kind != "mobile" and one.number != contact]


def _unsaid(reading: Any) -> bool:
    return isinstance(reading, NoValue) and reading.said


def changed(before: Mapping[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Return what a row changes of a profile; a year says nothing new of a day in it, and one of both is kept."""
    if "born_in" in told and "born_on" in before and before["born_on"].year == told["born_in"]:
        told = {field: new for field, new in told.items() if field != "born_in"}
    # Without the zeros that a spreadsheet dropped a paper is the same, and not to be put in the place of the whole number.
    papers = [profile.get("identity") or "" for profile in (before, told)]
    if paper_key(papers[0]) == paper_key(papers[1]) and len(papers[0]) >= len(papers[1]):
        told = {field: new for field, new in told.items() if field != "identity"}
    new = {field: new for field, new in told.items() if before.get(field) != new}
    for field, other in (("born_on", "born_in"), ("born_in", "born_on")):
        if field in new and other in before:
            new[other] = None
    return new
