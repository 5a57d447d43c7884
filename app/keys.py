"""Keys derived from `SECRET_KEY`, one a purpose, so that none opens what another closes."""

from collections.abc import Sequence
from hashlib import blake2b


class Key(bytes):
    """A key that new hashes are made with; `before` are those that what stands already may have been made with."""

    before: tuple[bytes, ...] = ()

    def __new__(cls, key: bytes, before: Sequence[bytes] = ()) -> "Key":
        """Make it; the newest of `before` comes first."""
        made = super().__new__(cls, key)
        made.before = tuple(before)
        return made


def every(key: bytes) -> tuple[bytes, ...]:
    """Return all keys that are still read, the one that writes first."""
    return (key, *getattr(key, "before", ()))


def derived(secret: str, purpose: str, old: Sequence[str] = ()) -> Key:
    """Return the key of a purpose (at most 16 letters); keys of `old` secrets are still read.

    So are hashes under the secrets themselves, which is how they were made before there were purposes.
    """
    # BLAKE2b takes keys of 64 bytes at most, also where a secret is longer.
    first, *others = [one for words in (secret, *old) for one in (_key(words, purpose), words.encode()[:64])]
    return Key(first, others)


def _key(secret: str, purpose: str) -> bytes:
    return blake2b(secret.encode(), digest_size=32, person=purpose.encode()).digest()
