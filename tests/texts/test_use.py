"""The code and `menus/sms.yaml` agree: what is said is declared, what is declared is said; `app/sms` knows no co-operative."""

import ast
import re
from pathlib import Path

import pytest

from app.texts.declaration import declared
from app.texts.values import Values
from app.ussd.render import PLACEHOLDER

CODE = [path for room in ("app", "menus", "workers") for path in sorted(Path(room).rglob("*.py"))]
OF_THE_COOPERATIVE = re.compile(
    r"\b(CPS|membres?|adhésion|cotisation|compte|paiements?|caisse|pesées?|secrétaires?|réclamations?|code secret|prêts?)\b"
)
BROADCASTS = Path("app/sms/broadcasts")
"""What a broadcast tells its officers of itself stands beside it, with its cases."""


def calls():
    """Give each call of `texts.say`: where it is, and the call."""
    for path in CODE:
        code = path.read_text("utf-8")
        for node in ast.walk(ast.parse(code)) if "texts.say" in code else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "texts.say":
                yield f"{path}:{node.lineno}:{node.col_offset}", node


CALLS = dict(calls())


@pytest.mark.parametrize("where", CALLS)
def test_each_call_names_a_text_and_gives_its_values(where):
    call = CALLS[where]
    [name] = [one.value for one in call.args if isinstance(one, ast.Constant)]
    wanted = PLACEHOLDER.findall(declared().texts[name].said["fr"])
    assert sorted(keyword.arg for keyword in call.keywords) == sorted(set(wanted))


def test_texts_are_said_by_one_name_that_these_tests_find():
    found = re.compile(r"^from app\.texts import .*\bsay\b|\btexts\.Said\(", re.MULTILINE)
    assert [str(path) for path in CODE if found.search(path.read_text("utf-8"))] == []


def test_each_text_word_and_value_is_used():
    said = {call.args[0].value for call in CALLS.values()}
    assert said == set(declared().texts)
    shown = {name for text in declared().texts.values() for name in PLACEHOLDER.findall(text.said["fr"])}
    assert shown == set(Values.__annotations__)
    assert set(declared().words) <= shown


def constants(path):
    """Give the strings of a module that are no docstrings, each with its line."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield f"{path}:{node.lineno}", node.value


def test_the_room_of_sms_says_nothing_by_itself():
    modules = sorted(Path("app/sms").rglob("*.py"))
    said = [(where, words) for path in modules for where, words in constants(path)]
    assert [one for one in said if OF_THE_COOPERATIVE.search(one[1])] == []
    assert [one for one in said if "Jappoo:" in one[1] and not one[0].startswith(str(BROADCASTS))] == []


def test_no_sentence_of_an_sms_stands_in_the_co_operative_or_in_the_menus():
    rooms = [path for path in CODE if path.parts[:2] == ("app", "coop") or path.parts[0] == "menus"]
    assert [one for path in rooms for one in constants(path) if "Jappoo:" in one[1]] == []
