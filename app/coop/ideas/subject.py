"""Ideas, as others must know them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop.ideas import console, rounds
from app.coop.ideas.models import Idea, IdeaScore, IdeaVoice
from app.coop.subject import Leaver, Rows, Subject, Sweep


def _forget_words(session: Session, leaver: Leaver) -> None:
    """Blank the words of what was never published: nobody has read whether they name anybody."""
    unread = Idea.state.in_(("waiting", "kept_out"))
    session.execute(update(Idea).where(Idea.member_id == leaver.member_id, unread).values(words="-", state="kept_out"))


subject = Subject(
    name="ideas",
    requests=(console.ROUND, console.SCORE, console.DECLINE),
    sweeps=(Sweep("idea rounds", 600, rounds.close_rounds), Sweep("idea results", 60, rounds.tell_supporters)),
    rows=(
        Rows(Idea, "move", _forget_words),
        Rows(IdeaVoice, "what was given on two cards is counted as it was given", "a voice is a count under a number"),
        Rows(IdeaScore, "who scored is written for good", "it says an office, and is open to all"),
    ),
)
