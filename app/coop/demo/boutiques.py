"""What the four boutiques begin with in the demo."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from app.coop.cooperatives.models import Cooperative
from app.coop.equipment.models import Equipment, LentEquipment
from app.coop.ideas.models import Idea, IdeaRound, IdeaVoice
from app.coop.techniques.models import Innovation, Technique

BRAISED = """Laver le poisson à l'eau propre.
Braiser 20 minutes sur paille, couvert.
Laisser refroidir, enlever la peau et la tête.
Saler: 1 kg de sel pour 10 kg.
Sécher 3 à 4 jours sur claies, jamais au sol. Rentrer la nuit.
Garder au sec, dans des sachets propres."""
FERMENTED = """Sortir le yeet de sa coquille et le fendre.
Fermenter 2 jours dans un bac propre et couvert.
Laver à l'eau de mer, puis à l'eau douce.
Sécher 4 jours sur claies, en retournant matin et soir."""
TECHNIQUE = ("id", "filiere_id", "name", "steps", "yield_low", "yield_high")
TECHNIQUES = (
    (1, 2, "Keccax braisé salé", BRAISED, 30, 45),
    (2, 2, "Yeet fermenté séché", FERMENTED, 25, 40),
)
INNOVATION = "Claies sur pieds: le poisson seche sans sable"
IDEA = "Élever des huîtres dans le bolong"


def seed_boutiques(to: Connection, day: datetime, members: int) -> None:
    """Write what the boutiques source and technologique begin with."""
    _source(to, day, members)
    _technology(to, day, members)


def _source(to: Connection, day: datetime, members: int) -> None:
    """Put one idea up for support until a month from today."""
    phases = {"support_until": day + timedelta(days=30), "score_until": day + timedelta(days=45)}
    to.execute(insert(IdeaRound), [{"id": 1, "opened_at": day - timedelta(days=1), **phases}])
    member, at = min(5, members), day - timedelta(days=3)
    told = {"words": IDEA, "state": "open", "proposed_at": at, "channel": "ussd", "operation": "seed:idea:1"}
    to.execute(insert(Idea), [{"id": 1, "round_id": 1, "cooperative_id": 1, "member_id": member, **told}])
    given = {"round_id": 1, "idea_id": 1, "by_pin": True, "at": day}
    voices = range(min(6, members), min(9, members) + 1)
    to.execute(insert(IdeaVoice), [given | {"member_id": one} for one in voices])


def _technology(to: Connection, day: datetime, members: int) -> None:
    """Give co-operative 1 a dryer, lent to the second where there is one, and write two techniques down."""
    terms = {"horizon": 14, "most": 4, "fee": 500, "deposit": 0, "approval": False}
    to.execute(insert(Equipment), [{"id": 1, "cooperative_id": 1, "name": "Séchoir", "place": "Mbour", "state": "usable", **terms}])
    if to.scalar(select(Cooperative.id).where(Cooperative.id == 2)):
        to.execute(insert(LentEquipment), [{"equipment_id": 1, "cooperative_id": 2}])
    to.execute(insert(Technique), [dict(zip(TECHNIQUE, one, strict=True)) for one in TECHNIQUES])
    told = {"state": "open", "channel": "ussd", "operation": "seed:innovation:1"}
    row = {"id": 1, "cooperative_id": 1, "member_id": min(8, members), "words": INNOVATION, "proposed_at": day}
    to.execute(insert(Innovation), [row | told])
