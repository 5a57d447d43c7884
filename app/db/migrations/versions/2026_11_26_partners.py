"""Centres and companies under agreement, with who acts for them; whom a job is told to; who was told of a fund."""

import sqlalchemy as sa
from alembic import op

from app.db.triggers import alter_table

revision = "2026_11_26_partners"
down_revision = "2026_11_26_figures"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
LINKS = {
    "trainings": {"centre_id": "partners", "company_id": "partners"},
    "jobs": {"company_id": "partners", "filiere_id": "filieres", "commune_id": "communes"},
}


def upgrade() -> None:
    """Make the tables and columns; the next migration checks the references."""
    op.create_table(
        "partners",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(7), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("contact", sa.String(40), nullable=False),
        sa.Column("phone", sa.String(16)),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('centre', 'company')", name="ck_partners_kind"),
        sa.CheckConstraint("until_on >= from_on", name="ck_partners_period"),
        sa.CheckConstraint("places > 0", name="ck_partners_places"),
        sa.PrimaryKeyConstraint("id", name="pk_partners"),
        sa.UniqueConstraint("kind", "name", name="uq_partners_kind_name"),
    )
    op.create_table(
        "partner_roles",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_partner_roles_person_id"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="fk_partner_roles_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_roles"),
    )
    op.create_index("ix_partner_roles_person_id", "partner_roles", ["person_id"])
    op.create_index("ix_partner_roles_partner_id", "partner_roles", ["partner_id"])
    for name, links in LINKS.items():
        with alter_table(name) as table:
            for column, other in links.items():
                table.add_column(sa.Column(column, ID if other == "partners" else sa.Integer()))
                table.create_foreign_key(f"fk_{name}_{column}", other, [column], ["id"], postgresql_not_valid=True)
    with alter_table("fund_reports") as table:
        table.add_column(sa.Column("told_to", ID, server_default=sa.text("0"), nullable=False))
        table.add_column(sa.Column("told_at", MOMENT))


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
