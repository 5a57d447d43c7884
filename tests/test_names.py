"""One name, one thing: what is looked for by its name is found once."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
MOST_DOUBLES = 9
"""How many names may be two classes: fewer is better, and none in the co-operative."""


def modules():
    every = [path for folder in ("app", "config", "menus", "workers") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in every if "migrations" not in path.parts]


def doubles(within=""):
    found = defaultdict(list)
    for path in modules():
        where = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and where.startswith(within):
                found[node.name].append(where)
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def test_few_classes_share_a_name():
    shared = doubles()
    assert len(shared) <= MOST_DOUBLES, shared
    assert not [name for name, paths in shared.items() if len(paths) > 2]


def test_no_two_classes_of_the_co_operative_share_a_name():
    assert doubles("app/coop/") == {}


def test_modules_are_named_by_nouns():
    """Not by what they do: by the noun of the trade that they are about."""
    assert [path for path in modules() if path.stem.endswith("ing")] == []
