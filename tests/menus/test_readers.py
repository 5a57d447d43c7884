"""A function that is given a reader opens nothing else: with all connections held so, nobody would get a second one."""

import ast
from pathlib import Path

MENUS = Path(__file__).parents[2] / "menus"
TREES = {path.stem: ast.parse(path.read_text("utf-8")) for path in MENUS.glob("*.py")}
WAYS = ("desk.database", "desk.read()")
FUNCTIONS = {
    (file, node.name): node for file, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
}


def meant(file, name):
    """Return which menus' function a name is in a file."""
    for node in TREES[file].body:
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                if name == (one.asname or one.name):
                    return (node.module.removeprefix("menus."), one.name)
    return (file, name)


def called(place):
    names = (node.func.id for node in ast.walk(FUNCTIONS[place]) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return {meant(place[0], name) for name in names} & FUNCTIONS.keys()


def test_no_function_that_is_given_a_reader_opens_another():
    calls = {place: called(place) for place in FUNCTIONS}
    opens = {place for place, node in FUNCTIONS.items() if any(way in ast.unparse(node) for way in WAYS)}
    while more := {place for place, others in calls.items() if others & opens} - opens:
        opens |= more
    given = {place for place, node in FUNCTIONS.items() if "reader" in [one.arg for one in node.args.args]}
    assert len(given) > 100
    assert given & opens == set()
