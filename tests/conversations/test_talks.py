"""Whole talks, as staff can write them: each runs through both dialects, on both databases.

A talk has a `phone` and lines: `dial` (entries of the dial string), `types` or `pin`, `sees` (words, or a list of them), `again`
(the same request once more), `lost` (she never sees the answer), `hangs_up`. `sms` says what arrives, and how many times.
"""

import itertools
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml
from sqlalchemy import select

from app.gsm7 import septets
from app.sms.models import Message
from tests import village

TALKS = sorted(Path(__file__).parent.glob("*.yaml"))
PINS = {"right": "2468", "wrong": "1122"}
_sessions = itertools.count(1)


class Line:
    """A session on the network, in one dialect."""

    def __init__(self, client, dialect: str, phone: str) -> None:
        self.client, self.dialect, self.phone = client, dialect, phone

    def dial(self, entries: list[str]) -> str:
        self.session, self.entries, self.turn = f"talk-{next(_sessions)}", [*entries], 0
        return self.again()

    def type(self, entry: str) -> str:
        self.entries.append(entry)
        self.turn += 1
        return self.again()

    def again(self) -> str:
        if self.dialect == "hubtel":
            message = self.entries[-1] if self.turn else "*".join(["*384*44135", *self.entries]) + "#"
            asked = {
                "Type": "Response",
                "Mobile": self.phone[1:],
                "SessionId": self.session,
                "Message": message,
                "Sequence": self.turn + 1,
            }
            answer = self.client.post("/hubtel/demo/ussd", data=json.dumps(asked), content_type="application/json")
            return answer.get_json()["Message"]
        form = {"phoneNumber": self.phone, "serviceCode": "*384*44135#", "text": "*".join(self.entries), "sessionId": self.session}
        answer = self.client.post("/at/demo/ussd", data=urlencode(form), content_type="application/x-www-form-urlencoded")
        return answer.get_data(as_text=True)[4:]


@pytest.mark.parametrize("dialect", ["africastalking", "hubtel"])
@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_a_talk(client, database, path, dialect):
    talk = yaml.safe_load(path.read_text("utf-8"))
    line = Line(client, dialect, talk.get("phone", village.AWA))
    for step in talk["talk"]:
        if "dial" in step:
            said = line.dial([str(entry) for entry in step["dial"]])
        elif step.get("again"):
            assert line.again() == said
        else:
            said = line.type(PINS[step["pin"]] if "pin" in step else str(step["types"]))
        assert septets(said) <= 160
        sees = step.get("sees", [])
        for words in [sees] if isinstance(sees, str) else sees:
            assert words in said, (step, said)
    with database.read() as reader:
        for expected in talk.get("sms", []):
            texts = reader.scalars(select(Message.text).where(Message.to_number == expected["to"])).all()
            assert len(texts) == expected["times"]
            assert all(expected["has"] in text for text in texts)
