"""A talk: what several telephones dial, type and send, and what each then reads."""

import itertools
import json
import re
from urllib.parse import urlencode

from sqlalchemy import select

from app.commands.inbound import Clerk
from app.coop.subjects import SWEEPS
from app.gsm7 import fold, septets
from app.sms.models import Message
from tests import (
    incoming_sms,
    sample_boutiques,
    sample_cooperative,
    sample_declarations,
    sample_deliveries,
    sample_funds,
    sample_trainings,
)

PEOPLE = {
    "awa": sample_cooperative.AWA,
    "secretary": sample_declarations.SECRETARY,
    "president": sample_declarations.PRESIDENT,
    "treasurer": sample_declarations.TREASURER,
    "administrator": sample_declarations.ADMINISTRATOR,
}
GIVEN = {
    "twelve women are credited": sample_deliveries.twelve,
    "two women sell beside her": lambda database, _: sample_declarations.women(database, 2),
    "the quay has a treasurer": lambda database, _: sample_declarations.treasurer(database),
    **sample_boutiques.GIVEN,
    **sample_trainings.GIVEN,
    **sample_funds.GIVEN,
}
UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
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


class Talk:
    """A talk being played: a line for each phone, what was said last, and what is kept of it."""

    def __init__(self, client, clerk: Clerk, clock, dialect: str, phones: dict[str, str]) -> None:
        self.client, self.clerk, self.database, self.clock, self.dialect = client, clerk, clerk.database, clock, dialect
        self.phones, self.lines, self.kept, self.said = PEOPLE | phones, {}, {}, ""

    def play(self, step: dict, phone: str) -> None:
        if "wait" in step:
            number, unit = step["wait"].split()
            self.clock.forward(**{UNITS[unit]: int(number)})
        if step.get("due"):
            for sweep in SWEEPS:
                with self.database.transaction() as session:
                    sweep.do(session, self.clock())
        phone = self.phones.get(step.get("as"), phone)
        line = self.lines.setdefault(phone, Line(self.client, self.dialect, phone))
        if "dial" in step:
            self.said = line.dial([self.filled(entry) for entry in step["dial"]])
        elif step.get("again"):
            assert line.again() == self.said
        elif "types" in step or "pin" in step:
            self.said = line.type(PINS[step["pin"]] if "pin" in step else self.filled(step["types"]))
        elif "sms" in step:
            form = {"id": f"talk-{next(_sessions)}", "from": phone, "to": "21512", "text": self.filled(step["sms"])}
            assert self.client.post("/at/demo/sms", data=form).status_code == 200
            incoming_sms.work_on_all(self.clerk, self.clock())
        assert septets(self.said) <= 160
        self.holds(step.get("sees", []), self.said)
        if "reads" in step:
            self.holds(step["reads"], self.texts(phone)[-1])
        for name, pattern in step.get("keeps", {}).items():
            self.kept[name] = re.search(pattern, self.said if "reads" not in step else self.texts(phone)[-1])[1]

    def holds(self, expected: str | list[str], said: str) -> None:
        for words in [expected] if isinstance(expected, str) else expected:
            assert fold(self.filled(words)) in fold(said), (words, said)

    def texts(self, phone: str) -> list[str]:
        with self.database.read() as reader:
            return list(reader.scalars(select(Message.text).where(Message.to_number == phone).order_by(Message.id)))

    def filled(self, words: object) -> str:
        return re.sub(r"\{(\w+)\}", lambda name: self.kept[name[1]], str(words))

    def exemplified(self, examples: dict[str, str], *words: object) -> list[str | None]:
        """Return words with each thing kept, or any others that `examples` names, in the form that it gives them."""
        said = [None if word is None else self.filled(word) for word in words]
        drawn = [
            name
            for name, kept in self.kept.items()
            if len(kept) > 3 and name not in examples and any(kept in word for word in said if word)
        ]
        assert not drawn, f"an example for each: {drawn}"
        for name, example in examples.items():
            said = [word and word.replace(self.kept.get(name, name), example) for word in said]
        return said
