"""All models, imported: what migrations and the drift check compare with."""

from app.coop.approvals import models as approvals
from app.coop.boutiques import models as boutiques
from app.coop.contests import models as contests
from app.coop.imports import models as imports
from app.coop.ledger import models as ledger
from app.coop.members import events, sign_ins
from app.coop.members import models as members
from app.coop.payments import models as payments
from app.coop.prices import models as prices
from app.coop.production import models as production
from app.coop.training import models as training
from app.db import menu_versions, operations
from app.db.base import Base
from app.sms import models as sms
from app.sms.broadcasts import models as broadcasts

__all__ = [
    "Base",
    "approvals",
    "boutiques",
    "broadcasts",
    "contests",
    "events",
    "imports",
    "ledger",
    "members",
    "menu_versions",
    "operations",
    "payments",
    "prices",
    "production",
    "sign_ins",
    "sms",
    "training",
]
