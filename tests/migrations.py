"""`python -m tests.migrations`: hold every migration after the baseline against what keeps a running service waiting.

A migration that must do such a thing says which rule and why: `ALLOWED = {"ban-drop-column": "no version reads it any more"}`.
"""

import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

from app.db import schema

BASELINE = "2026_11_26_baseline"
RULES = Path(__file__).parents[1] / ".squawk.toml"
UNDER = f"{schema.LOCK_TIMEOUT};\nSET statement_timeout = '1h';\n"
"""What an upgrade runs under."""


def faults(*revisions: str) -> Iterator[str]:
    """Give what the linter says of each migration's SQL, or of some, a line a fault."""
    for migration in schema.migrations():
        if migration.revision != BASELINE and (not revisions or migration.revision in revisions):
            yield from _said(
                Path(migration.path).name, schema.offline(migration.revision), getattr(migration.module, "ALLOWED", {})
            )


def _said(name: str, statements: str, allowed: dict[str, str]) -> list[str]:
    always = tomllib.loads(RULES.read_text())["excluded_rules"]  # what is excluded here would take their place
    options = ["--reporter=gcc", f"--config={RULES}", f"--stdin-filepath={name}"]
    options += [f"--exclude={rule}" for rule in (*always, *allowed)] if allowed else []
    command = [str(Path(sysconfig.get_path("scripts")) / "squawk"), *options]
    ran = subprocess.run(command, input=UNDER + statements, capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 1):
        raise RuntimeError(ran.stderr)
    return ran.stdout.splitlines()


if __name__ == "__main__":
    found = list(faults())
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
