"""Techniques and innovations, as others must know them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop.subject import Leaver, Rows, Subject
from app.coop.techniques import console
from app.coop.techniques.models import FollowedInnovation, Innovation


def _forget_words(session: Session, leaver: Leaver) -> None:
    """Blank the words of what was never published: nobody has read whether they name anybody."""
    unread = Innovation.state.in_(("waiting", "kept_out"))
    session.execute(update(Innovation).where(Innovation.member_id == leaver.member_id, unread).values(words="-", state="kept_out"))


subject = Subject(
    name="techniques",
    requests=(console.TECHNIQUE,),
    rows=(
        Rows(Innovation, "move", _forget_words),
        Rows(FollowedInnovation, "what is told goes to the account that is kept by its own word", "it is a wish under a number"),
    ),
)
