"""How long a register of so many members takes to come in, and how much memory: `python -m tests.bench.imports --members 100000`.

On a PostgreSQL of its own; the file is CSV, half of its members have a telephone. Then their balances. Prints a line each;
the processes that import are measured alone.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from app.db.database import Database
from tests.sample_cooperative import build
from tests.scratch import migrate
from tests.servers import make_postgres


def main() -> None:
    """Measure one import and the same again."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--cards", action="store_true", help="The register has cards, and balances go by them; by name otherwise.")
    given = parser.parse_args()
    members, card = given.members, "C{}" if given.cards else ""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = make_postgres(Path(folder) / "pg")
        stack.callback(server.stop)
        server.start()
        url = server.url
        migrate(url)
        database = Database(url, statement_ms=60_000)
        build(database)
        database.dispose()
        file = Path(folder) / "registre.csv"
        people = range(1_000_000, 1_000_000 + members)
        lines = (f"{i};{card.format(i)};Prénom{i} NOM{i};{f'77{i:07d}' if i % 2 else ''};F;{1950 + i % 50}\n" for i in people)
        file.write_text("N°;Carte;Nom;Téléphone;Sexe;Né(e) le\n" + "".join(lines), "utf-8")
        book = Path(folder) / "soldes.csv"
        whose = (card.format(i) or f"Prénom{i} NOM{i}" for i in people)
        head = "Carte" if given.cards else "Nom"
        book.write_text(f"{head};Parts;Épargne\n" + "".join(f"{one};5000;1000\n" for one in whose), "utf-8")
        environment = os.environ | {"DATABASE_URL": url, "JAPPOO_ENV": "test"}
        for what, kind, at in (("first", "members", file), ("again", "members", file), ("balances", "balances", book)):
            began = monotonic()
            command = [sys.executable, "-m", "app.cli", "import", kind, str(at), "--cooperative", "CPS1"]
            subprocess.run(command, env=environment, check=True)
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"{what}: {members} rows, {monotonic() - began:.1f} s, {most:.0f} MB at the most so far")


if __name__ == "__main__":
    main()
