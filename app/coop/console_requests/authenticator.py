"""An authenticator is turned on by the PIN, for it opens the console without one from then on."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.access import authenticators
from app.coop.act import Act
from app.coop.console_requests.kinds import RequestDone, RequestKind
from app.coop.offices import audit
from app.coop.scope import Scope


class AuthenticatorOn(msgspec.Struct, frozen=True):
    """The asker's authenticator that was begun then."""

    begun_at: datetime


def _say(reader: Connection | Session, scope: Scope, now: datetime, wanted: AuthenticatorOn) -> str:
    del reader, scope, now
    return f"entrer à la console aussi par l'application préparée le {wanted.begun_at:%d/%m à %H:%M}."


def _do(session: Session, act: Act, wanted: AuthenticatorOn) -> RequestDone:
    authenticators.turn_on(session, act.person_id, wanted.begun_at, now=act.now)
    audit.note(session, act, "authenticator on", f"person:{act.person_id}")
    return RequestDone("Votre application ouvre maintenant la console.")


KIND = RequestKind(
    name="authenticator",
    title="Application",
    right="console",
    arguments=AuthenticatorOn,
    say=_say,
    do=_do,
    denies={authenticators.NoAuthenticator: "une autre a été préparée depuis"},
)
