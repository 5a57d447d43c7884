"""Whole talks, as staff can write them: each runs through one dialect on SQLite and through the other on PostgreSQL.

A talk has a `phone`, perhaps more `phones` by name, and lines. Each line is of the phone, or `as` another: `dial` (entries of the
dial string), `types` or `pin`, `again` (the same request once more), `sms` (sent to us), `wait` before it (`20 s`, `3 h`, `1 d`),
`due` (the scheduler does all that is due), `recalls` (an operator recalls a lot and `says` why).
`sees` is what the screen then says and `reads` what the newest SMS does: words, or a list of them, accents aside where GSM-7 has
none. An answer that is lost is one without `sees`. `keeps` takes a piece of what was seen, or read, by its pattern, for `{name}`
in later lines. `given` names what has happened before (GIVEN). `sms` at the end says what has arrived, and how many times.
A line of its own puts a screen into the guide (`prints`: guide.py), or counts what an act takes (`act`, `done`: entries.py).
"""

from pathlib import Path

import pytest
import yaml

from tests import sample_cooperative
from tests.conversations import entries, guide
from tests.conversations.talk import GIVEN, Talk

TALKS = sorted(Path(__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize(("database", "dialect"), [("sqlite", "africastalking"), ("postgresql", "hubtel")], indirect=["database"])
@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_a_talk(client, clerk, clock, path, dialect, request):
    told = yaml.safe_load(path.read_text("utf-8"))
    talk = Talk(client, clerk, clock, dialect, told.get("phones", {}))
    if "given" in told:
        GIVEN[told["given"]](clerk.database, clock())
    printed = {}
    for index, step in enumerate(told["talk"]):
        talk.play(step, told.get("phone", sample_cooperative.AWA))
        if "prints" in step:
            typed = guide.entry_after(told["talk"], index)
            printed[step["prints"]] = guide.box(*talk.exemplified(told.get("examples", {}), talk.said, typed))
    for expected in told.get("sms", []):
        texts = talk.texts(talk.phones.get(expected["to"], expected["to"]))
        assert len(texts) == expected["times"], texts
        assert all(talk.filled(expected.get("has", "")) in text for text in texts)
    counted = {step["act"]: entries.count(told["talk"], step["act"]) for step in told["talk"] if "act" in step}
    for path_of_page, page in {**guide.pages(), entries.PAGE: entries.PAGE.read_text("utf-8")}.items():
        anew = entries.counted_anew(guide.drawn_anew(page, path.stem, printed), path.stem, counted)
        if request.config.getoption("--write-guide"):
            path_of_page.write_text(anew, "utf-8")
        assert anew == path_of_page.read_text("utf-8"), "not as the talk went: make guide"


def test_the_guide_shows_only_screens_that_talks_have_seen():
    told = {path.stem: yaml.safe_load(path.read_text("utf-8"))["talk"] for path in TALKS}
    printed = {(talk, step["prints"]) for talk, steps in told.items() for step in steps if "prints" in step}
    shown = {
        (block["talk"], name)
        for page in guide.pages().values()
        for block in guide.BLOCK.finditer(page)
        for name in block["names"].split()
    }
    assert shown == printed
    for path, page in guide.pages().items():
        assert "┌" not in guide.BLOCK.sub("", page), f"{path} shows a screen that nobody has seen"


def test_no_act_takes_more_entries_than_it_may():
    rows = entries.rows(entries.PAGE.read_text("utf-8"))
    acts = [step["act"] for path in TALKS for step in yaml.safe_load(path.read_text("utf-8"))["talk"] if "act" in step]
    assert sorted(rows) == sorted(acts)
    assert {act: taken for act, (taken, most) in rows.items() if taken > most} == {}
