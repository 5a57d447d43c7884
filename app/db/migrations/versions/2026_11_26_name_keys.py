"""Names are searched from any of their words, however spelled; who opens a member's file is written down."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_name_keys"
down_revision = "2026_11_26_console_requests"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
KEY = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
SLICE = 5_000
SOUNDS = str.maketrans({"U": "O", "W": "O", "Y": "I", "Q": "K", "C": "K", "X": "K", "Z": "S", "H": ""})


def upgrade() -> None:
    """Make the tables, and the keys of all names that there are: rows are added, none that stands is touched."""
    made = op.create_table(
        "name_keys",
        sa.Column("key", KEY, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_name_keys_person_id"),
        sa.PrimaryKeyConstraint("key", "person_id", name="pk_name_keys"),
    )
    op.create_index("ix_name_keys_person_id", "name_keys", ["person_id"])
    op.create_table(
        "file_looks",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_file_looks_person_id"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_file_looks_cooperative_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_file_looks_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_file_looks"),
    )
    op.create_index("ix_file_looks_member", "file_looks", ["member_id", "id"])
    if op.get_context().as_sql:
        return
    for names in _slices(op.get_bind()):
        if rows := [{"key": key, "person_id": person} for person, name in names for key in _keys(name)]:
            op.bulk_insert(made, rows)
    if op.get_context().dialect.name == "postgresql":
        op.execute("ANALYZE name_keys")


def _slices(bind: sa.Connection) -> Iterator[list[Any]]:
    people, last = sa.table("people", sa.column("id"), sa.column("name")), 0
    while rows := list(bind.execute(sa.select(people).where(people.c.id > last).order_by(people.c.id).limit(SLICE))):
        yield rows
        last = rows[-1].id


def _keys(name: str) -> list[str]:
    """Return the keys as `app/coop/members/name_keys.py` made them on this day."""
    spelled = unicodedata.normalize("NFKD", re.sub(r"['’‘`´]", "", name)).upper().replace("Œ", "OE").replace("Ŋ", "NG")
    letters = "".join(one for one in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(one)).translate(SOUNDS)
    words = [word.lower() for word in re.findall(r"[A-Z0-9]+", re.sub(r"([A-Z])\1+", r"\1", letters))[:8]]
    return list(dict.fromkeys(" ".join([word, *words[:at], *words[at + 1 :]])[:80] for at, word in enumerate(words)))


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
