"""Bureau 11, 1: ideas are read, scored and decided."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop import foundation
from app.coop.foundation.products import short_name, unit_name
from app.coop.ideas import decisions, queries, services, voices
from app.coop.ideas.models import Idea
from app.db.rows import require
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, Nothing, officers_act, reading_office
from menus.ideas import IdeaRow, row_of

menu = Bindings("ideas_desk")
Points = Annotated[str, kinds.Kind("points", "55555")]
ACTING = {"not_yours": None}
NO_IDEA = {
    services.IdeaNotOpen: "Déjà décidée, ou pas à vous.",
    voices.Interested: "Elle vient de votre CPS, ou vous la soutenez.",
    foundation.NotFounded: "Ce nom ou cette unité ne va pas.",
}


class UnreadIdea(msgspec.Struct, frozen=True):
    unread_idea: IdeaRow


class TwoIdeas(UnreadIdea, frozen=True):
    merge_into: IdeaRow


class KeptOutIdea(UnreadIdea, frozen=True):
    idea_reason: services.Reason


class ScoredIdea(msgspec.Struct, frozen=True):
    scored_idea: IdeaRow
    idea_points: str


class DecidedIdea(msgspec.Struct, frozen=True):
    decided_idea: IdeaRow


class IdeaProduct(DecidedIdea, frozen=True):
    idea_product: str
    idea_unit: str


class IdeaSum(msgspec.Struct, frozen=True):
    idea_sum: kinds.Count


@menu.rows()
def ideas_to_read(hop: Hop, reader: Connection) -> Sequence[IdeaRow]:
    """Give what waits for an officer of this scope."""
    return [row_of(one) for one in queries.ideas_to_read(reader, reading_office(reader, hop, "boutiques").scope)]


@menu.rows()
def ideas_to_score(hop: Hop, reader: Connection) -> Sequence[IdeaRow]:
    """Give what a round still has scored."""
    return [row_of(one) for one in queries.scorable_ideas(reader, hop.now)]


@menu.rows()
def ideas_to_decide(hop: Hop, reader: Connection) -> Sequence[IdeaRow]:
    """Give what the federation has kept and not decided."""
    found = queries.kept_ideas(reader) if reading_office(reader, hop, "boutiques").scope.is_federation else []
    return [row_of(one) for one in found if one.state == "shortlisted"]


@menu.answer(refuses={"unknown": None})
def merge_into(reader: Connection, typed: str) -> IdeaRow:
    """Find the idea that stands, by its number."""
    found = queries.shown(reader, Idea.id == int(typed), Idea.state == "open") if is_number(typed, 6) else []
    if not found:
        raise Refused("unknown")
    return row_of(found[0])


@menu.answer(refuses={"bad": None})
def idea_points(typed: str) -> Points:
    """Read five points."""
    if len(typed) != len(voices.CRITERIA) or not set(typed) <= set("012345"):
        raise Refused("bad")
    return typed


@menu.answer(refuses={"bad": None})
def idea_product(typed: str) -> kinds.ProductName:
    """Read a product's short name."""
    return require(short_name(typed), Refused("bad"))


@menu.answer(refuses={"bad": None})
def idea_unit(typed: str) -> kinds.Unit:
    """Read a product's unit."""
    return require(unit_name(typed), Refused("bad"))


@menu.effect(leads=ACTING, denies=NO_IDEA)
def publish_idea(hop: Hop, session: Session, kept: UnreadIdea) -> Nothing:
    """Let an idea through."""
    decisions.publish(session, officers_act(session, hop, "boutiques"), kept.unread_idea.id)
    return Nothing()


@menu.effect(leads=ACTING, denies=NO_IDEA)
def merge_ideas(hop: Hop, session: Session, kept: TwoIdeas) -> Nothing:
    """Make two ideas one."""
    decisions.merge(session, officers_act(session, hop, "boutiques"), kept.unread_idea.id, kept.merge_into.id)
    return Nothing()


@menu.effect(leads=ACTING, denies=NO_IDEA)
def keep_idea_out(hop: Hop, session: Session, kept: KeptOutIdea) -> Nothing:
    """Keep an idea out."""
    decisions.keep_out(session, officers_act(session, hop, "boutiques"), kept.unread_idea.id, kept.idea_reason)
    return Nothing()


@menu.effect(leads=ACTING, denies=NO_IDEA)
def score_idea(hop: Hop, session: Session, kept: ScoredIdea) -> IdeaSum:
    """Note what this office gives an idea."""
    return IdeaSum(voices.score(session, officers_act(session, hop, "score"), kept.scored_idea.id, kept.idea_points))


@menu.effect(leads=ACTING, denies=NO_IDEA)
def accept_idea(hop: Hop, session: Session, kept: IdeaProduct) -> Nothing:
    """Make a product of an idea, with a slot in the co-operative that it comes from."""
    act = officers_act(session, hop, "boutiques")
    foundation.realise_idea(session, act, kept.decided_idea.id, kept.idea_product, kept.idea_unit)
    return Nothing()


@menu.effect(leads=ACTING, denies=NO_IDEA)
def decline_idea(hop: Hop, session: Session, kept: DecidedIdea) -> Nothing:
    """Note that an idea isn't realised."""
    decisions.decline(session, officers_act(session, hop, "boutiques"), kept.decided_idea.id)
    return Nothing()
