"""What a demo that runs in this folder has set: a file, locked as long as the demo lives."""

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.settings import NAMES, SECRETS

FILE = Path("var/demo.json")


@contextmanager
def announced(environment: Mapping[str, str], file: Path = FILE) -> Iterator[None]:
    """Say in a file what the demo's processes run with, no secret, until it ends. A killed demo's file is there, but not locked."""
    told = {name.upper(): environment[name.upper()] for name in NAMES if name not in SECRETS and name.upper() in environment}
    file.parent.mkdir(parents=True, exist_ok=True)
    # Opened without emptying it: until the lock is ours it may be another demo's.
    with file.open("a") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        opened.truncate(0)
        opened.write(json.dumps(told))
        opened.flush()
        yield


def running_demo(file: Path = FILE) -> dict[str, str]:
    """Return the variables of the demo that runs in this folder; {} when none does."""
    try:
        with file.open() as opened:
            # Refused as long as a demo lives; the kernel frees a killed one's lock.
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        found: dict[str, str] = json.loads(file.read_text() or "{}")
        return found
    except OSError:
        pass
    return {}
