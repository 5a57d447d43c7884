"""Write techniques down; innovations proposed by members, read by an officer, followed, and adopted as techniques."""

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.members.lock import ACTIVE, lock_member
from app.coop.members.models import Member
from app.coop.offices import audit
from app.coop.techniques.models import FollowedInnovation, Innovation, Technique
from app.db.rows import require, store
from app.db.upsert import upsert
from app.gsm7 import fold

MOST_STEPS = 600
MOST_WAITING = 3


class TechniqueRefused(ValueError):
    """It can't be so; the argument says why."""


class NoInnovator(Exception):
    """Only an active member proposes and follows."""


class InnovationNotOpen(Exception):
    """It is decided already, not in reach of this office, or the officer's own."""


class TooManyInnovations(Exception):
    """MOST_WAITING of this member wait to be read."""


def check_technique(reader: Connection | Session, name: str, steps: str, yields: tuple[int, int] | None) -> None:
    """Raise TechniqueRefused when a technique can't be written down so."""
    if not (2 <= len(name) <= 20 and 10 <= len(steps) <= MOST_STEPS):
        raise TechniqueRefused(f"a name has 2 to 20 letters, a how-to 10 to {MOST_STEPS}")
    if yields and not 1 <= yields[0] <= yields[1] <= 100:
        raise TechniqueRefused("a yield is 1 to 100 per cent, the lower one first")
    if reader.scalar(select(Technique.id).where(Technique.name == name)) is not None:
        raise TechniqueRefused(f"{name} is a technique already")


def add_technique(
    session: Session, name: str, steps: str, filiere_id: int, yields: tuple[int, int] | None = None, act: Act | None = None
) -> Technique:
    """Write a technique down; `yields` is its usual range in per cent. Raises TechniqueRefused."""
    name, steps = fold(name.strip()), fold("\n".join(" ".join(line.split()) for line in steps.strip().splitlines()))
    check_technique(session, name, steps, yields)
    low, high = yields or (None, None)
    row = Technique(filiere_id=filiere_id, name=name, steps=steps, yield_low=low, yield_high=high)
    store(session, row)
    if act:
        audit.note(session, act, "technique written", f"technique:{row.id}", audit.Of(None, None))
    return row


def propose(session: Session, act: Act, words: str) -> Innovation:
    """Write a member's innovation, to be read by an officer. Raises NoInnovator, TooManyInnovations."""
    cooperative = lock_member(session, act.member, NoInnovator, ACTIVE).cooperative_id
    mine = select(Innovation).where(Innovation.member_id == act.member)
    known = session.scalar(mine.where(Innovation.operation == act.operation))
    if known is not None:
        return known
    waiting = session.scalars(mine.where(Innovation.state == "waiting").limit(MOST_WAITING)).all()
    same = next((one for one in waiting if one.words == words), None)
    if same is not None:
        return same
    if len(waiting) == MOST_WAITING:
        raise TooManyInnovations
    told = {"words": words, "state": "waiting", "proposed_at": act.now, "channel": act.channel, "operation": act.operation}
    row = Innovation(cooperative_id=cooperative, member_id=act.member, **told)
    return store(session, row)


def follow(session: Session, act: Act, innovation_id: int) -> None:
    """Have a member hear what becomes of it; twice is once. Raises NoInnovator, InnovationNotOpen."""
    lock_member(session, act.member, NoInnovator, ACTIVE)
    require(
        session.scalar(select(Innovation.id).where(Innovation.id == innovation_id, Innovation.state == "open")),
        InnovationNotOpen(innovation_id),
    )
    row = {"innovation_id": innovation_id, "member_id": act.member}
    session.execute(upsert(session, FollowedInnovation).values(row).on_conflict_do_nothing())


def read(session: Session, act: Act, innovation_id: int, *, published: bool) -> Innovation:
    """Let an innovation through for all to read, or keep it out. Raises InnovationNotOpen."""
    row = _waiting(session, act, innovation_id, "waiting")
    row.state = "open" if published else "kept_out"
    return _decided(session, act, row, f"innovation {'published' if published else 'kept out'}")


def adopt(session: Session, act: Act, innovation_id: int, technique: Technique) -> Innovation:
    """Note that an innovation has become a technique, once. Raises InnovationNotOpen."""
    row = _waiting(session, act, innovation_id, "open")
    row.state, row.technique_id = "adopted", technique.id
    return _decided(session, act, row, "innovation adopted")


def _waiting(session: Session, act: Act, innovation_id: int, state: str) -> Innovation:
    own = select(Member.id).where(Member.person_id == act.person_id)
    here = act.office.scope.reach(Innovation.cooperative_id)
    wanted = select(Innovation).where(
        Innovation.id == innovation_id, Innovation.state == state, here, Innovation.member_id.not_in(own)
    )
    return require(session.scalar(wanted.with_for_update()), InnovationNotOpen(innovation_id))


def _decided(session: Session, act: Act, row: Innovation, what: str) -> Innovation:
    row.decided_by, row.decided_at = act.person_id, act.now
    audit.note(session, act, what, f"innovation:{row.id}", row)
    session.flush()
    return row
