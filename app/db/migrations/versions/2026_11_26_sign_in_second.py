"""The second step of a sign-in: a number confirmed on the phone, or an authenticator; where a sign-in came from."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_sign_in_second"
down_revision = "2026_11_26_papers"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, and widen sign-ins."""
    op.add_column("sign_ins", sa.Column("number", sa.String(3)))
    op.add_column("sign_ins", sa.Column("second_tries", sa.Integer(), server_default="0", nullable=False))
    op.add_column("sign_ins", sa.Column("confirmed_at", MOMENT))
    op.add_column("sign_ins", sa.Column("family", sa.String(16), server_default="", nullable=False))
    op.add_column("sign_ins", sa.Column("address", sa.String(24), server_default="", nullable=False))
    op.create_table(
        "authenticators",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.String(200), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("proved_at", MOMENT),
        sa.Column("on_at", MOMENT),
        sa.Column("last_step", ID, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_authenticators_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_authenticators"),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
