"""An officer's word on an idea, with the SMS that tells its member: the same at the Bureau and at the console."""

from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.ideas import rounds, services
from app.coop.members.notices import tell_member
from app.service import service_of


def publish(session: Session, act: Act, idea_id: int) -> None:
    """Let an idea through, and tell its member. Raises IdeaNotOpen."""
    row = services.publish(session, act, idea_id)
    rounds.tell_result(session, act, row.id, row.member_id, row.state)


def merge(session: Session, act: Act, idea_id: int, into_id: int) -> None:
    """Make two ideas one, and tell the member whose words came second. Raises IdeaNotOpen."""
    row = services.merge(session, act, idea_id, into_id)
    words = texts.say("idea_merged", number=str(row.id), count=into_id, code=service_of(session).code)
    tell_member(session, act, row.member_id, "receipt", f"idea:{row.id}:merged", words)


def keep_out(session: Session, act: Act, idea_id: int, reason: services.Reason) -> None:
    """Keep an idea out, and tell its member why. Raises IdeaNotOpen."""
    row, service = services.keep_out(session, act, idea_id, reason), service_of(session)
    words = texts.say("idea_kept_out", number=str(row.id), kept_out=reason, code=service.code, cost=service.cost)
    tell_member(session, act, row.member_id, "receipt", f"idea:{row.id}:kept_out", words)


def decline(session: Session, act: Act, idea_id: int) -> None:
    """Note that an idea isn't realised, and tell its member. Raises IdeaNotOpen."""
    row = services.decline(session, act, idea_id)
    rounds.tell_result(session, act, row.id, row.member_id, row.state)
