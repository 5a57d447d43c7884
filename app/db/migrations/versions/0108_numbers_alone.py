"""A member's row counts the numbers that serve nobody else, so that an audience is counted by one look at the members.

The database keeps the count itself, whoever writes numbers or members, in whatever order.
"""

import sqlalchemy as sa
from alembic import op

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None

COUNTED = "SELECT count(*) FILTER (WHERE place IS NULL AND NOT proof_wanted) FROM numbers WHERE person_id = NEW.person_id"
BY_INDEX = "LANGUAGE plpgsql SET enable_seqscan = off"
"""A plan is kept for the session: one made on an empty table would read a great one through for each row that is brought."""
TOLD = (
    "UPDATE members SET alone = alone {change} WHERE person_id = {row}.person_id AND {row}.place IS NULL AND NOT {row}.proof_wanted"
)
MINUS, PLUS = TOLD.format(change="- 1", row="OLD"), TOLD.format(change="+ 1", row="NEW")
ON_POSTGRESQL = (
    f"""CREATE FUNCTION count_number_alone() RETURNS trigger {BY_INDEX} AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN {MINUS}; END IF;
        IF TG_OP <> 'DELETE' THEN {PLUS}; END IF;
        RETURN NULL; END $$""",
    f"""CREATE FUNCTION count_numbers_alone() RETURNS trigger {BY_INDEX} AS $$ BEGIN
        NEW.alone := ({COUNTED});
        RETURN NEW; END $$""",
    "CREATE TRIGGER numbers_alone AFTER INSERT OR DELETE OR UPDATE OF person_id, place, proof_wanted ON numbers "
    "FOR EACH ROW EXECUTE FUNCTION count_number_alone()",
    "CREATE TRIGGER members_alone BEFORE INSERT OR UPDATE OF person_id ON members "
    "FOR EACH ROW EXECUTE FUNCTION count_numbers_alone()",
)
MEMBER = (
    "CREATE TRIGGER members_alone_{name} AFTER {act} ON members BEGIN UPDATE members SET alone = ({counted}) WHERE id = NEW.id; END"
)
ON_SQLITE = (
    f"CREATE TRIGGER numbers_alone_insert AFTER INSERT ON numbers BEGIN {PLUS}; END",
    f"CREATE TRIGGER numbers_alone_delete AFTER DELETE ON numbers BEGIN {MINUS}; END",
    f"CREATE TRIGGER numbers_alone_update AFTER UPDATE OF person_id, place, proof_wanted ON numbers BEGIN {MINUS}; {PLUS}; END",
    MEMBER.format(name="insert", act="INSERT", counted=COUNTED),
    MEMBER.format(name="update", act="UPDATE OF person_id", counted=COUNTED),
)


def upgrade() -> None:
    op.add_column("members", sa.Column("alone", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE members SET alone = (SELECT count(*) FROM numbers "
        "WHERE numbers.person_id = members.person_id AND place IS NULL AND NOT proof_wanted)"
    )
    for statement in ON_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else ON_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
