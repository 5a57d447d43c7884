"""What is asked of ideas at the console: a round, scores, and that a kept one isn't realised."""

from datetime import date, datetime, time, timedelta

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.clock import DAKAR
from app.coop.act import Act
from app.coop.console_requests.kinds import RequestDone, RequestKind
from app.coop.ideas import decisions, rounds, services, voices
from app.coop.ideas.models import Idea
from app.coop.offices import audit
from app.coop.rights import NotYours
from app.coop.scope import Scope
from app.db.rows import require

NOT_OPEN = "l'idée est décidée, ou son temps est passé"
LONGEST = 40


class AskedScore(msgspec.Struct, frozen=True):
    """Points for an idea: five digits from 0 to 5, in the order of CRITERIA."""

    idea_id: int
    points: str


class AskedDecline(msgspec.Struct, frozen=True):
    """A kept idea that shouldn't be realised."""

    idea_id: int


class AskedRound(msgspec.Struct, frozen=True):
    """A round that should be opened: voices are taken to the end of one day, scores to the end of another."""

    support_on: date
    score_on: date

    def ends(self) -> dict[str, datetime]:
        """Return when its phases end."""
        days = {"support_until": self.support_on, "score_until": self.score_on}
        return {phase: datetime.combine(day + timedelta(days=1), time(), DAKAR) for phase, day in days.items()}


def _say_round(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedRound) -> str:
    if not scope.is_federation:
        raise NotYours("boutiques")
    rounds.check_round(reader, **wanted.ends(), now=now)
    return f"ouvrir un tour d'idées: voix jusqu'au {wanted.support_on:%d/%m/%Y}, notes jusqu'au {wanted.score_on:%d/%m/%Y}."


def _begin(session: Session, act: Act, wanted: AskedRound) -> RequestDone:
    row = rounds.begin_round(session, **wanted.ends(), now=act.now)
    services.enter_round(session, row)
    audit.note(session, act, "idea round begun", f"idea_round:{row.id}", audit.Of(None, None))
    return RequestDone(f"Le tour {row.id} est ouvert.")


def _words(reader: Connection | Session, idea_id: int, state: str) -> str:
    words = require(reader.scalar(select(Idea.words).where(Idea.id == idea_id, Idea.state == state)), services.IdeaNotOpen(idea_id))
    return words[:LONGEST]


def _say_score(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedScore) -> str:
    del scope, now
    given, total = " ".join(wanted.points), sum(int(one) for one in wanted.points)
    return f"idée {wanted.idea_id} ({_words(reader, wanted.idea_id, 'open')}): {given}, {total} sur 25."


def _score(session: Session, act: Act, wanted: AskedScore) -> RequestDone:
    return RequestDone(f"Noté: {voices.score(session, act, wanted.idea_id, wanted.points)} sur 25.")


def _say_decline(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedDecline) -> str:
    del scope, now
    return f"ne pas réaliser l'idée {wanted.idea_id} ({_words(reader, wanted.idea_id, 'shortlisted')})."


def _decline(session: Session, act: Act, wanted: AskedDecline) -> RequestDone:
    decisions.decline(session, act, wanted.idea_id)
    return RequestDone("C'est fait. Un SMS le dit au membre.")


SCORE = RequestKind(
    name="idea_score",
    title="Note d'idée",
    right="score",
    arguments=AskedScore,
    say=_say_score,
    do=_score,
    denies={services.IdeaNotOpen: NOT_OPEN, voices.Interested: "elle vient de votre CPS, ou vous la soutenez"},
)
DECLINE = RequestKind(
    name="idea_declined",
    title="Idée",
    right="boutiques",
    arguments=AskedDecline,
    say=_say_decline,
    do=_decline,
    denies={services.IdeaNotOpen: NOT_OPEN},
)
ROUND = RequestKind(
    name="idea_round",
    title="Tour d'idées",
    right="boutiques",
    arguments=AskedRound,
    say=_say_round,
    do=_begin,
    denies={rounds.RoundOpen: "un tour est ouvert, ou une date est passée ou avant l'autre", NotYours: "c'est à la fédération"},
)
