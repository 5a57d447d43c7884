"""The lock of a co-operative: its row."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative


def lock_cooperative(session: Session, cooperative_id: int) -> None:
    """Wait for whoever makes batches, or takes what batches could hold, in a co-operative: each then sees what the others did."""
    session.execute(select(Cooperative.id).where(Cooperative.id == cooperative_id).with_for_update(key_share=True))
