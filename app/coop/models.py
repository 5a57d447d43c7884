"""All models, imported: what migrations and the drift check compare with."""

from app.coop.access import models as access
from app.coop.approvals import models as approvals
from app.coop.audience import models as audience
from app.coop.boutiques import models as boutiques
from app.coop.chain import models as chain
from app.coop.closing import models as closing
from app.coop.console_requests import models as console_requests
from app.coop.contests import models as contests
from app.coop.cooperatives import models as cooperatives
from app.coop.correspondence import models as correspondence
from app.coop.enrolment import models as enrolment
from app.coop.equipment import models as equipment
from app.coop.ideas import models as ideas
from app.coop.imports import models as imports
from app.coop.jobs import models as jobs
from app.coop.kpi import models as kpi
from app.coop.ledger import models as ledger
from app.coop.lots import models as lots
from app.coop.members import models as members
from app.coop.offices import models as offices
from app.coop.openings import models as openings
from app.coop.payments import models as payments
from app.coop.prices import models as prices
from app.coop.production import models as production
from app.coop.products import models as products
from app.coop.solidarity import models as solidarity
from app.coop.techniques import models as techniques
from app.coop.till import models as till
from app.coop.training import models as training
from app.db import menu_versions, operations
from app.db.base import Base
from app.sms import models as sms
from app.sms.broadcasts import models as broadcasts

__all__ = [
    "Base",
    "access",
    "approvals",
    "audience",
    "boutiques",
    "broadcasts",
    "chain",
    "closing",
    "console_requests",
    "contests",
    "cooperatives",
    "correspondence",
    "enrolment",
    "equipment",
    "ideas",
    "imports",
    "jobs",
    "kpi",
    "ledger",
    "lots",
    "members",
    "menu_versions",
    "offices",
    "openings",
    "operations",
    "payments",
    "prices",
    "production",
    "products",
    "sms",
    "solidarity",
    "techniques",
    "till",
    "training",
]
