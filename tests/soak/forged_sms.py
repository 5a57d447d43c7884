"""Ten thousand SMS that a stranger sends under an officer's, members' and nobody's numbers, on the real way in.

`python -m tests.soak.forged_sms [how many]` prints what came of them. The same, with fewer, is `tests/commands/test_forged_sms.py`.
"""

import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from app.commands import allowance
from app.commands.inbound import Clerk
from app.coop.broadcasts import confirmations
from app.db.database import Database
from app.db.schema import upgrade
from app.gateways.callbacks import IncomingSms
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Inbound, Message
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.commands.conftest import TERMS

MANY = 10_000
PART = 20
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
LASTS = timedelta(hours=8)
CODE = "*384*44135#"


def forge(database: Database, many: int = MANY, *, seed: int = 1) -> dict[str, int]:
    """Send so many forged SMS within eight hours, the officer's own alert in the midst of them; return what came of it."""
    clerk = Clerk(database, sample_cooperative.KEY, "21512", TERMS)
    chance = random.Random(seed)  # noqa: S311 - the same forger each time
    forged = (sample_declarations.SECRETARY, sample_declarations.ADMINISTRATOR, sample_cooperative.AWA, sample_cooperative.SHARED)
    with database.transaction() as session:
        incoming_sms.letter(session, "Quand est la pesée ?", sample_cooperative.AWA, NOW)
    for number in range(many):
        now = NOW + LASTS * number / many
        if number == many // 2:
            incoming_sms.hear(
                clerk, IncomingSms("hers", sample_declarations.SECRETARY, "21512", "URGENT TOUS Tempête, restez au port", None), now
            )
            with database.read() as reader:
                waits = confirmations.waiting_for_pin(reader, 101, sample_declarations.SECRETARY, now)
        sender = chance.choice((*forged, f"+22177{chance.randrange(10**7):07d}"))
        incoming_sms.hear(clerk, IncomingSms(f"forged {number}", sender, "21512", _words(chance, number), None), now)
    with database.read() as reader:
        return {
            "sms": reader.scalar(select(func.count()).select_from(Inbound)) or 0,
            "ordered": reader.scalar(select(func.count()).where(Broadcast.confirmed_at.is_not(None))) or 0,
            "letters answered": reader.scalar(select(func.count()).where(Message.cause.startswith("letter:"))) or 0,
            "hers waits for the PIN": sum(one.typed.startswith("Temp") for one in waits),
            "francs": reader.scalar(select(func.sum(Message.price))) or 0,
            "bound": bound(officers=2, members=2, cooperatives=2),
        }


def bound(*, officers: int, members: int, cooperatives: int) -> int:
    """Return the most XOF that a day's forged SMS can cost, as `docs/security.md` has it."""
    over = allowance.LONGEST
    numbers = officers * (allowance.OFFICER + allowance.LONGEST_ESTIMATE) + members * (allowance.MEMBER + over)
    letters = cooperatives * 24
    return PART * (numbers + allowance.STRANGERS + over + letters)


def _words(chance: random.Random, number: int) -> str:
    code = chance.randrange(10 ** chance.choice((4, 6)))
    texts = (
        f"OUI {code:04d}",
        f"URGENT TOUS Compte {number} bloqué, envoyez votre argent au 770000666",
        f"DIFF TOUS Appelez le 770000666 {number}",
        f"REPONDRE 1 Appelez le 770000666 {number}",
        f"PROD thiof {number % 99_999 + 1}",
        f"bonjour {number}",
        "NOTICE",
        "PRIX",
    )
    return chance.choices(texts, weights=(8, 2, 2, 2, 2, 2, 1, 1))[0]


def main() -> None:
    """Forge on a fresh SQLite file and print what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'forged.db'}")
        upgrade(database)
        sample_cooperative.build(database)
        sample_declarations.appoint(database)
        for what, figure in forge(database, int(sys.argv[1]) if len(sys.argv) > 1 else MANY).items():
            print(f"{what:24} {figure:>9,}")
        database.dispose()


if __name__ == "__main__":
    main()
