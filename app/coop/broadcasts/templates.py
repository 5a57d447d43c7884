"""Texts that the officers of a scope keep to send again: the audience and the words, as they were typed."""

from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.broadcasts.estimates import Draft
from app.coop.offices import audit
from app.coop.rights import NotYours
from app.coop.scope import Scope
from app.db.rows import require, total
from app.sms.broadcasts.models import BroadcastTemplate

MOST, LONGEST_NAME, LONGEST_AUDIENCE, LONGEST = 50, 40, 120, 1000


class TemplateRefused(Exception):
    """It has no name or no text, one of them is too long, or the scope has MOST already."""


class TemplateChanged(Exception):
    """Another officer has kept another text under this name since: `kept` is what stands there."""

    def __init__(self, kept: "KeptText") -> None:
        super().__init__(kept.name)
        self.kept = kept


class KeptText(msgspec.Struct, frozen=True):
    """A text that a scope keeps, by its name."""

    id: int
    name: str
    audience: str
    text: str

    @property
    def mark(self) -> str:
        """Return the mark by which a form knows what it was opened on."""
        return blake2b(f"{self.audience}\n{self.text}".encode(), digest_size=8).hexdigest()


def templates_of(reader: Connection | Session, scope: Scope) -> list[KeptText]:
    """Return a scope's own texts, by name."""
    row = BroadcastTemplate
    rows = select(row.id, row.name, row.audience, row.text).where(scope.own(row.cooperative_id))
    return [KeptText(*one) for one in reader.execute(rows.order_by(row.name, row.id).limit(MOST))]


def keep(session: Session, act: Act, name: str, draft: Draft, *, seen: str = "") -> int:
    """Keep a draft's audience and words under a name, and return its id; in place of the text that was `seen`, by its mark.

    Raises TemplateRefused, TemplateChanged.
    """
    name, scope = " ".join(name.split()), act.office.scope
    if not (0 < len(name) <= LONGEST_NAME and 0 < len(draft.text) <= LONGEST and len(draft.audience) <= LONGEST_AUDIENCE):
        raise TemplateRefused(name)
    own = scope.own(BroadcastTemplate.cooperative_id)
    row = session.scalar(select(BroadcastTemplate).where(own, BroadcastTemplate.name == name).with_for_update())
    if row is None:
        if total(session, select(func.count(BroadcastTemplate.id)).where(own)) >= MOST:
            raise TemplateRefused(name)
        row = BroadcastTemplate(cooperative_id=scope.cooperative_id, name=name)
        session.add(row)
    elif (kept := KeptText(row.id, row.name, row.audience, row.text)).mark != seen:
        raise TemplateChanged(kept)
    row.audience, row.text, row.kept_at = draft.audience, draft.text, act.now
    session.flush()
    audit.note(session, act, "template kept", f"broadcast_template:{row.id}")
    return row.id


def drop(session: Session, act: Act, template_id: int) -> None:
    """Forget a text of the scope. Raises NotYours."""
    mine = (BroadcastTemplate.id == template_id) & act.office.scope.own(BroadcastTemplate.cooperative_id)
    require(session.scalar(delete(BroadcastTemplate).where(mine).returning(BroadcastTemplate.id)), NotYours("broadcast"))
    audit.note(session, act, "template dropped", f"broadcast_template:{template_id}")
