"""Begin a co-operative, give it its products, change what it is: by whoever runs the service, or the federation by PIN."""

from app.coop.foundation.places import NotFounded
from app.coop.foundation.products import drop_product, planned_slot, realise_idea, take_product
from app.coop.foundation.queries import Slot, listed, shown
from app.coop.foundation.services import SETTINGS, change, describe, found, reform

__all__ = [
    "SETTINGS",
    "NotFounded",
    "Slot",
    "change",
    "describe",
    "drop_product",
    "found",
    "listed",
    "planned_slot",
    "realise_idea",
    "reform",
    "shown",
    "take_product",
]
