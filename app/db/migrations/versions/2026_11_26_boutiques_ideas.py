"""Ideas of members, their rounds, voices and scores."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_boutiques_ideas"
down_revision = "2026_11_26_broadcast_index"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "idea_rounds",
        sa.Column("id", ID, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("support_until", MOMENT, nullable=False),
        sa.Column("score_until", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.CheckConstraint("score_until >= support_until", name="ck_idea_rounds_phases"),
        sa.PrimaryKeyConstraint("id", name="pk_idea_rounds"),
    )
    op.create_table(
        "ideas",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("words", sa.String(48), nullable=False),
        sa.Column("state", sa.String(11), nullable=False),
        sa.Column("reason", sa.String(12)),
        sa.Column("into_id", ID),
        sa.Column("product_id", sa.Integer()),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint("(state = 'merged') = (into_id IS NOT NULL)", name="ck_ideas_merged"),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'merged', 'kept_out', 'shortlisted', 'not_kept', 'accepted', 'declined')",
            name="ck_ideas_state",
        ),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_ideas_cooperative_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_ideas_decided_by"),
        sa.ForeignKeyConstraint(["into_id"], ["ideas.id"], name="fk_ideas_into_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_ideas_member_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_ideas_product_id"),
        sa.ForeignKeyConstraint(["round_id"], ["idea_rounds.id"], name="fk_ideas_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ideas"),
        sa.UniqueConstraint("operation", name="uq_ideas_operation"),
    )
    op.create_index("ix_ideas_member", "ideas", ["member_id", "proposed_at"])
    op.create_index("ix_ideas_round", "ideas", ["round_id", "state"])
    op.create_index(
        "ix_ideas_waiting",
        "ideas",
        ["cooperative_id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "idea_scores",
        sa.Column("id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("jobs", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.Integer(), nullable=False),
        sa.Column("market", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("jobs BETWEEN 0 AND 5", name="ck_idea_scores_jobs"),
        sa.CheckConstraint("inputs BETWEEN 0 AND 5", name="ck_idea_scores_inputs"),
        sa.CheckConstraint("market BETWEEN 0 AND 5", name="ck_idea_scores_market"),
        sa.CheckConstraint("people BETWEEN 0 AND 5", name="ck_idea_scores_people"),
        sa.CheckConstraint("first BETWEEN 0 AND 5", name="ck_idea_scores_first"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_idea_scores_cooperative_id"),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name="fk_idea_scores_idea_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_idea_scores_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_idea_scores"),
        sa.UniqueConstraint("idea_id", "person_id", name="uq_idea_scores_idea_id_person_id"),
    )
    op.create_table(
        "idea_voices",
        sa.Column("round_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("by_pin", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name="fk_idea_voices_idea_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_idea_voices_member_id"),
        sa.ForeignKeyConstraint(["round_id"], ["idea_rounds.id"], name="fk_idea_voices_round_id"),
        sa.PrimaryKeyConstraint("round_id", "member_id", name="pk_idea_voices"),
    )
    op.create_index("ix_idea_voices_idea", "idea_voices", ["idea_id", "by_pin"])
    op.create_index(
        "ix_idea_voices_untold",
        "idea_voices",
        ["round_id"],
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
