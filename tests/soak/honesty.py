"""`python -m tests.soak.honesty [STEPS]`: 50,000 hops whose store and database fail at any call; the words agree with the books."""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.db import schema
from app.db.database import Database
from config.redis import connect
from tests.honesty.machine import Ground, Honesty
from tests.servers import make_postgres, make_valkey

ROUND = 500
"""Examples a round; each begins with an empty Valkey and no acts."""


def main(steps: int) -> int:
    """Run rounds until there were so many hops; print the table and write var/honesty.json. A finding is raised, shrunk."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        postgres, valkey = make_postgres(Path(name) / "postgres"), make_valkey(Path(name) / "valkey")
        postgres.start()
        valkey.start()
        try:
            database = Database(postgres.url, statement_ms=10_000)
            schema.upgrade(database)
            for engine in (database.engine, database.reader):
                engine.connect().close()  # what a first connection asks the server is no call of a hop's
            client = connect(valkey.url, seconds=2)
            Honesty.ground = Ground(database, client, datetime(2026, 11, 24, 10, tzinfo=UTC))
            how = {"max_examples": ROUND, "stateful_step_count": 20, "deadline": None, "database": None}
            while Honesty.steps < steps:
                run_state_machine_as_test(Honesty, settings=settings(**how, suppress_health_check=list(HealthCheck)))
                sys.stderr.write(f"{Honesty.steps} hops, {Honesty.struck} faults\n")
        finally:
            valkey.kill()
            postgres.kill()
    figures = {"hops": Honesty.steps, "faults": Honesty.struck, "acts": Honesty.acted, "seconds": round(time.monotonic() - begun)}
    Path("var").mkdir(exist_ok=True)
    Path("var/honesty.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<34} {value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
