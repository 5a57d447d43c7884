"""What SMS came to, by co-operative and purpose: the rows of `jappoo report sms`."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.kpi.cells import NOWHERE, FigureCell, Month
from app.sms.figures import figures, since
from app.sms.models import Message

COLUMNS = ("cooperative", "purpose", *(figure.name.replace("centimes", "xof") for figure in figures()))

HEADS = {
    "cooperative": "CPS",
    "purpose": "sorte",
    "messages": "messages",
    "parts": "SMS",
    "delivered": "reçus",
    "underway": "en route",
    "waiting": "attendent",
    "maybe": "peut-être partis",
    "failed": "échoués",
    "expired": "pas partis à temps, ou arrêtés",
    "expired_stopped": "dont diffusions arrêtées",
    "refused": "refusés",
    "refused_stopped": "refusés : STOP chez nous",
    "refused_listed": "refusés : STOP chez l'opérateur",
    "refused_same_text": "refusés : même texte",
    "refused_too_many": "refusés : trop d'avis",
    "refused_number": "refusés : numéro de personne",
    "refused_other": "refusés : autre raison",
    "xof_estimated": "F estimés",
    "xof_actual": "F comptés par l'opérateur",
    "unknown": "coût inconnu",
    "xof_best": "F, au mieux connus",
}
"""What officers read above each column."""


def by_cooperative(reader: Connection, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Return a row for each co-operative and purpose with messages written from `start` on and before `end`.

    `cooperative` is its code, "" for messages of none. `xof_actual` is what the provider said, in XOF; `xof_best` takes our
    estimate where it said nothing (their number is `unknown`). See app/sms/figures.py for each figure.
    """
    code = func.coalesce(Cooperative.code, "").label("cooperative")
    rows = (
        select(code, Message.purpose, *figures())
        .select_from(Message)
        .outerjoin(Cooperative, Cooperative.id == Message.cooperative_id)
        .where(since(start, end))
        .group_by(code, Message.purpose)
        .order_by(code, Message.purpose)
    )
    return [_in_francs(dict(row)) for row in reader.execute(rows).mappings()]


def _in_francs(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name.replace("centimes", "xof"): Decimal(int(value)).scaleb(-2) if name.startswith("centimes") else value
        for name, value in row.items()
    }


_OF_DAY = (
    select(Message.cooperative_id, *figures()).where(since(bindparam("begins"), bindparam("ends"))).group_by(Message.cooperative_id)
)


def of_month(reader: Connection | Session, ids: Sequence[int], month: Month) -> list[FigureCell]:
    """Return each co-operative's messages of a month, and with NOWHERE those of none; read day by day, as they are indexed."""
    wanted, day = set(ids), month.start
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    while day < month.end:
        for row in reader.execute(_OF_DAY, {"begins": day, "ends": day + timedelta(days=1)}).mappings():
            one = row["cooperative_id"] or NOWHERE
            if one in wanted:
                sums[one].update(sms=row["messages"], sms_parts=int(row["parts"]), sms_cost=int(row["centimes_best"]))
        day += timedelta(days=1)
    return [FigureCell(name, one, "", count) for one, by in sums.items() for name, count in by.items()]
