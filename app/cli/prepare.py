"""Make the demo's database ready, in one process: three commands would import everything three times."""

import sys

from sqlalchemy import text

from app.cli import main
from app.cli.context import open_database


def prepare(members: str) -> int:
    """Migrate, publish the menus, and seed when there is nobody yet; return the exit code of the first that fails."""
    for command in (["db", "upgrade"], ["menus", "publish", "--by", "demo"]):
        code = main(command)
        if code:
            return code
    with open_database() as database, database.read() as reader:
        somebody = reader.scalar(text("SELECT 1 FROM people LIMIT 1"))
    return 0 if somebody else main(["seed", "--members", members])


if __name__ == "__main__":
    sys.exit(prepare(sys.argv[1]))
