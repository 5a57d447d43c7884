"""Authenticators: an application on a phone that shows another six digits each half minute (RFC 6238), instead of the number.

The secret is sealed (XSalsa20-Poly1305) with a key that is derived from `SECRET_KEY`: a copy of the database alone opens nothing.
A code serves once: the half minute that it belongs to is kept.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import blake2b

import pyotp
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from app.coop.access.models import Authenticator
from app.db.rows import store
from app.keys import every

STEP = 30
"""Seconds for which a code is shown; the one before and the one after are taken, too: clocks differ."""
PREPARED = timedelta(days=1)
"""How long one that was never turned on may still be."""


class NoAuthenticator(Exception):
    """There is none to turn on: it wasn't tried, is too old, or another was begun since."""


def begin(session: Session, person_id: int, *, seal: bytes, now: datetime) -> None:
    """Draw the secret of an authenticator that opens nothing yet, instead of one that was never turned on."""
    session.execute(delete(Authenticator).where(Authenticator.person_id == person_id, Authenticator.on_at.is_(None)))
    if session.get(Authenticator, person_id) is None:
        sealed = _seal(pyotp.random_base32(), seal)
        store(session, Authenticator(person_id=person_id, sealed=sealed, begun_at=now, last_step=0))


def address_of(reader: Connection, person_id: int, label: str, *, seal: bytes) -> tuple[str, str] | None:
    """Return the secret (base32) and the address that a QR code gives the application; None once it is on, or without one."""
    sealed = select(Authenticator.sealed).where(Authenticator.person_id == person_id, Authenticator.on_at.is_(None))
    secret = _open(reader.scalar(sealed) or "", seal)
    if secret is None:
        return None
    return secret, pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=label, issuer_name="Jappoo")


def prove(session: Session, person_id: int, code: str, *, seal: bytes, now: datetime) -> datetime | None:
    """Take the first code of an authenticator; return when it was begun, which names it, or None when the code is wrong."""
    row = session.get(Authenticator, person_id, with_for_update=True)
    if row is None or row.on_at is not None or not _fits(session, row, code, seal, now):
        return None
    row.proved_at = now
    return row.begun_at


def turn_on(session: Session, person_id: int, begun_at: datetime, *, now: datetime) -> None:
    """Let an authenticator that was tried open the console: the PIN was given. Raises NoAuthenticator."""
    row = session.get(Authenticator, person_id, with_for_update=True)
    # Another may have been begun on a second page meanwhile: the PIN was for the one that was tried.
    if row is None or row.proved_at is None or row.begun_at != begun_at or row.begun_at <= now - PREPARED:
        raise NoAuthenticator
    row.on_at = row.on_at or now
    session.flush()


def remove(session: Session, person_id: int) -> bool:
    """Take an officer's authenticator away; tell whether there was one."""
    gone = delete(Authenticator).where(Authenticator.person_id == person_id).returning(Authenticator.person_id)
    return session.scalar(gone) is not None


def is_on(reader: Connection | Session, person_id: int | None) -> bool:
    """Tell whether an officer has an authenticator that opens."""
    on = select(Authenticator.person_id).where(Authenticator.person_id == person_id, Authenticator.on_at.is_not(None))
    return reader.scalar(on) is not None


def check(session: Session, person_id: int, code: str, *, seal: bytes, now: datetime) -> bool:
    """Tell whether a code opens, and use it up; its tries are the caller's to count."""
    row = session.get(Authenticator, person_id, with_for_update=True)
    return row is not None and row.on_at is not None and _fits(session, row, code, seal, now)


def _fits(session: Session, row: Authenticator, code: str, seal: bytes, now: datetime) -> bool:
    secret = _open(row.sealed, seal)
    if secret is None:
        return False
    shown, step = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    # Compared as bytes: `compare_digest` takes no letters outside ASCII, and anything may be typed.
    near = [at for at in (step, step - 1, step + 1) if secrets.compare_digest(shown.generate_otp(at).encode(), code.encode())]
    # Of two requests with the same code the UPDATE lets one in: `last_step` has passed it for the other.
    later = update(Authenticator).where(Authenticator.person_id == row.person_id, Authenticator.last_step < max(near, default=0))
    # Sealed anew at each use, so that a key that is being replaced goes out of use by itself.
    used = later.values(last_step=max(near, default=0), sealed=_seal(secret, seal)).returning(Authenticator.person_id)
    return bool(near) and session.scalar(used) is not None


def _seal(secret: str, key: bytes) -> str:
    return SecretBox(_box_key(key)).encrypt(secret.encode()).hex()


def _open(sealed: str, seal: bytes) -> str | None:
    """Open what was sealed with the key of today, or with one that is being replaced."""
    for key in every(seal) if sealed else ():
        try:
            return SecretBox(_box_key(key)).decrypt(bytes.fromhex(sealed)).decode()
        except CryptoError:
            continue
    return None


def _box_key(key: bytes) -> bytes:
    return blake2b(key, digest_size=SecretBox.KEY_SIZE, person=b"authenticators").digest()
