"""What is wrong with a solidarity fund: more left it, or was promised of it, than came in."""

from sqlalchemy import Connection, select

from app.coop.cooperatives.models import Cooperative
from app.coop.solidarity.models import Aid
from app.coop.subject import MOST_NAMED
from app.coop.till.models import Payout
from app.coop.till.solidarity_fund import fund_of


def overspent(reader: Connection) -> list[str]:
    """Name funds below zero that have given aid, and aids without their row."""
    givers = select(Cooperative.id, Cooperative.code).where(
        Cooperative.id.in_(
            select(Payout.cooperative_id).where(Payout.kind == "aid", Payout.state.in_(("approved", "handed", "paid")))
        )
    )
    short = [code for place, code in reader.execute(givers.order_by(Cooperative.id)) if fund_of(reader, place).free < 0]
    alone = select(Payout.id).where(Payout.kind == "aid", Payout.id.not_in(select(Aid.payout_id))).limit(MOST_NAMED)
    return [
        *(f"{code}: the solidarity fund has promised or given more than it has" for code in short),
        *(f"payout {number} is an aid without its row" for number in reader.scalars(alone)),
    ]
