"""A migration that would keep the service waiting, or break the version that still runs, is found before it is merged."""

import re
from pathlib import Path

import pytest

from app.db import schema
from tests import migrations

OURS = {"app.db.triggers", "app.db.indexes"}


@pytest.mark.parametrize("migration", schema.migrations(), ids=lambda migration: migration.revision)
def test_a_migration_is_dated_and_imports_no_type_that_may_change(migration):
    file = Path(migration.path)
    assert re.match(r"\d{4}_\d\d_\d\d_\w+\.py", file.name)
    imported = re.findall(r"^(?:from|import) ((?:app|menus|workers|config)\S*)(?: import (\w+))?", file.read_text(), re.MULTILINE)
    assert {module if module != "app.db" else f"app.db.{name}" for module, name in imported} <= OURS


def test_the_migrations_keep_nobody_waiting():
    assert list(migrations.faults()) == []


@pytest.mark.parametrize(
    ("does", "rule"),
    [
        ('op.create_index("ix_members_joined", "members", ["joined_on"])', "require-concurrent-index-creation"),
        ('op.alter_column("members", "alone", type_=sa.BigInteger())', "changing-column-type"),
        ('op.add_column("members", sa.Column("age", sa.Integer(), nullable=False))', "adding-required-field"),
        ('op.alter_column("members", "alone", nullable=False)', "adding-not-nullable-field"),
        ('op.create_check_constraint("ck_members_alone", "members", "alone >= 0")', "constraint-missing-not-valid"),
        ('op.create_foreign_key("fk_x", "operations", "people", ["person_id"], ["id"])', "adding-foreign-key-constraint"),
        ('op.create_unique_constraint("uq_x", "operations", ["request"])', "disallowed-unique-constraint"),
        ('op.rename_table("offers", "bargains")', "renaming-table"),
        ('op.drop_column("members", "alone")', "ban-drop-column"),
    ],
)
def test_a_dangerous_one_is_found(plant, does, rule):
    told = list(migrations.faults(plant("planted", does)))
    assert {line.partition(":")[0] for line in told} == {"planted.py"}
    assert any(rule in line for line in told)


@pytest.mark.parametrize(
    ("does", "declared"),
    [
        ('op.drop_column("members", "alone")', 'ALLOWED = {"ban-drop-column": "no version reads it any more"}'),
        ('indexes.create_index("ix_members_joined", "members", ["joined_on"])', ""),
        ('op.add_column("members", sa.Column("age", sa.Integer(), nullable=True))', ""),
        ('op.create_check_constraint("ck_members_alone", "members", "alone >= 0", postgresql_not_valid=True)', ""),
        ('op.execute("ALTER TABLE members VALIDATE CONSTRAINT ck_members_alone")', ""),
        ("triggers.create(*TRIGGERS)", 'TRIGGERS = triggers.append_only("offers")'),
        (
            'op.create_table("boxes", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("name", sa.String(40)))',
            "",
        ),
    ],
)
def test_a_harmless_one_or_one_that_says_why_is_not(plant, does, declared):
    assert list(migrations.faults(plant("planted", does, declared))) == []
