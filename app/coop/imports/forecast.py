"""The forecast of a file: each row in one count, with its reason in French. What is written is the forecast, and nothing else."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, Literal, Protocol

import msgspec

from app.coop.imports.examples import is_example, may_be_older, unreal
from app.letters import packed
from app.sheets import Ask, Column, NoValue, Reading, Refuse, Row, SheetRefused, Table, Telephone, Value

Verdict = Literal["create", "update", "same", "ask", "refuse", "skip"]
VERDICTS: tuple[Verdict, ...] = ("create", "update", "same", "ask", "refuse", "skip")
SLIPPED = {"total": "ligne de total", "note": "texte autour du tableau", "empty": "ligne vide"}
"""Why a row that is nobody's is left out, where its reader gives no reason."""


class Problem(msgspec.Struct, frozen=True):
    """What must be said of a row, or (row None) of the sheet: in which column, of which kind, in a French sentence."""

    row: int | None
    column: str
    kind: str
    says: str


class Question(msgspec.Struct, frozen=True):
    """What only a person can answer, under a key that the same question always has; `proposals` are likely answers."""

    row: int
    key: str
    says: str
    proposals: tuple[str, ...] = ()


class Planned(msgspec.Struct, frozen=True):
    """A row that is to be written: `change` is its kind's own."""

    number: int
    verdict: Verdict
    change: Any


class Forecast(msgspec.Struct):
    """What becomes of each row. `lines`: how many say something. `left` are the rows to be mended.

    `unread` are the names of columns that nobody reads, with the field that each may be, or nothing;
    `confirmed` those that are read as a field because somebody said so.
    """

    lines: int = 0
    counts: Counter[Verdict] = msgspec.field(default_factory=Counter)
    planned: list[Planned] = msgspec.field(default_factory=list)
    problems: list[Problem] = msgspec.field(default_factory=list)
    questions: list[Question] = msgspec.field(default_factory=list)
    left: list[Row] = msgspec.field(default_factory=list)
    unread: dict[str, str] = msgspec.field(default_factory=dict)
    confirmed: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def blocked(self) -> bool:
        """Tell whether a row must be answered or mended first, or there is none."""
        return bool(self.counts["ask"] or self.counts["refuse"] or not self.lines)


class Asked(Exception):
    """A row can't be planned before its questions are answered."""

    def __init__(self, *questions: Question) -> None:
        super().__init__()
        self.questions = questions


class RowRefused(Exception):
    """A row can't be taken: in which column, why in French."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column = column


class RowSkipped(Exception):
    """A row needs nothing done, for a reason in French."""


class RestsOn(Exception):
    """An import can't be taken back; its argument says why in French."""


class Planner(Protocol):
    """A kind of file: what its rows would do."""

    def prepare(self, rows: Sequence[Row]) -> None:
        """Read what is known about some rows at once."""

    def plan(self, row: Row, values: Mapping[str, Any]) -> Planned | None:
        """Say what a row does by its cells' readings; None: nothing, it is the same. Raises Asked, RowRefused, RowSkipped."""

    def leave(self, row: Row, values: Mapping[str, Any]) -> None:
        """Know a row that is refused or asked about, planned or not: one below may be the same again."""

    def finish(self) -> list[Problem]:
        """End the plan, after the last row; return what else must be said."""


YES, NO = ("OUI", "O", "1"), ("NON", "N", "2")
EXAMPLE = "C'est l'exemple du modèle: il n'est pas pris."
EXAMPLE_LEFT = "L'exemple du modèle est encore là: mettez ce qui est vrai à sa place, ou ôtez la ligne."
AT_ONCE = 500
"""Rows of which the planner reads at once what is known."""


def key_of(*parts: object) -> str:
    """Return the key of a question or the mark of a row: 32 letters, the same for the same parts."""
    # With a sign between them: "ab" and "c" are not "a" and "bc".
    return blake2b("\x1f".join(map(str, parts)).encode("utf-8", "replace"), digest_size=16).hexdigest()


def forecast(
    rows: Iterable[Row],
    columns: Iterable[Column],
    planner: Planner,
    answers: Mapping[str, str],
    *,
    every: Mapping[str, Reading] | None = None,
    alive: Callable[[int], None] | None = None,
) -> Forecast:
    """Return what becomes of each row. `answers` are by question; `alive` is told how far it has come.

    `every` row says this, where its own cell says nothing.
    """
    by_field = {column.field: column for column in columns}
    found = Forecast()
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        if alive:
            alive(some[-1].number)
        planner.prepare(some)
        for row in some:
            found.counts[_of_row(found, row, by_field, planner, answers, every or {})] += 1
    found.problems += planner.finish()
    if not found.lines:
        found.problems.append(Problem(None, "", "none", "Aucune ligne sous les noms des colonnes: rien à prendre."))
    return found


def confirmed(answers: Mapping[str, str], row: Row, key: str, says: str) -> bool:
    """Return what somebody answered to a question of yes or no. Raises Asked while nobody has."""
    said = answers.get(key, "")
    answer = packed(said)
    if answer not in YES + NO:
        raise Asked(Question(row.number, key, _again(said, says), ("oui", "non")))
    return answer in YES


def _again(answer: str, says: str) -> str:
    """Return a question as it is asked after an answer that can't be taken."""
    return f"Réponse « {answer[:40]} » non comprise. {says}" if answer.strip() else says


def answers_of(table: Table) -> dict[str, str]:
    """Return what a file of questions answers, by question; what is left blank answers nothing.

    Raises SheetRefused when a question has two answers.
    """
    found: dict[str, str] = {}
    for row in table.rows:
        if row.kind != "data" or not (row.cells["question"].value and row.cells["answer"].value):
            continue
        key, answer = str(row.cells["question"].value), str(row.cells["answer"].value)
        if found.setdefault(key, answer) != answer:
            raise SheetRefused(f"Ligne {row.number}: la même question a deux réponses.")
    return found


def _of_row(
    found: Forecast,
    row: Row,
    columns: Mapping[str, Column],
    planner: Planner,
    answers: Mapping[str, str],
    every: Mapping[str, Reading],
) -> Verdict:
    def say(column: str, kind: str, says: str) -> None:
        found.problems.append(Problem(row.number, column, kind, says))

    if row.kind == "broken":
        say("", "broken", row.reason)
        found.lines += 1
        found.left.append(row)
        return "refuse"
    if row.kind != "data":
        if row.kind != "empty":
            say("", row.kind, row.reason or SLIPPED[row.kind])
        return "skip"
    if (named := unreal(row, columns)) and is_example(row, columns):
        say("", "example", EXAMPLE)
        return "skip"
    found.lines += 1
    values, refused, asked = _values(row, columns, answers)
    values |= {field: told for field, told in every.items() if values.get(field, NoValue()) == NoValue()}
    try:
        if refused:
            for column, reason in refused:
                say(column, "refused", reason)
            found.left.append(row)
            planner.leave(row, values)
            return "refuse"
        if asked:
            raise Asked(*asked)
        if named:
            raise RowRefused(named[0], EXAMPLE_LEFT)
        if may_be_older(row, columns):
            says = f"Ligne {row.number}: est-ce l'exemple du modèle, qui n'est pas à prendre ? oui ou non"
            if confirmed(answers, row, key_of("example", _known(row)), says):
                raise RowSkipped(EXAMPLE)
        planned = planner.plan(row, values)
    except Asked as open_:
        planner.leave(row, values)
        found.questions += open_.questions
        found.left.append(row)
        for question in open_.questions:
            say("", "ask", question.says)
        return "ask"
    except RowRefused as refusal:
        planner.leave(row, values)
        say(refusal.column, "refused", str(refusal))
        found.left.append(row)
        return "refuse"
    except RowSkipped as why:
        say("", "skip", str(why))
        return "skip"
    if planned is None:
        return "same"
    found.planned.append(planned)
    return planned.verdict


def _values(
    row: Row, columns: Mapping[str, Column], answers: Mapping[str, str]
) -> tuple[dict[str, Any], list[tuple[str, str]], list[Question]]:
    """Return a row's readings by field, what is refused, and what must be asked; an answer is read as its cell would be."""
    values: dict[str, Any] = {}
    refused: list[tuple[str, str]] = []
    asked: list[Question] = []
    for field, cell in row.cells.items():
        reading = cell.reading
        if isinstance(reading, Ask):
            key = key_of(field, _known(row), reading.question)
            answer = answers.get(key, "").strip()
            answered = _answered(answer, reading, columns[field])
            if answered is None:
                says = _again(answer, reading.question)
                asked.append(Question(row.number, key, says, tuple(map(_written, reading.proposals))))
                continue
            reading = answered
        if isinstance(reading, Refuse):
            refused.append((field, reading.reason))
        values[field] = reading
    return values, refused, asked


def _answered(answer: str, asked: Ask, column: Column) -> Reading | None:
    """Read an answer: a proposal as it was written, a yes to the only one, or what the cell might have held; None otherwise."""
    if not answer:
        return None
    if len(asked.proposals) == 1 and packed(answer) in YES:
        return Value(asked.proposals[0])
    meant = next((proposal for proposal in asked.proposals if _written(proposal) == answer), None)
    if meant is None and packed(answer) in ("OUI", "NON"):
        return None  # no name and no value, but a word that answers nothing here
    read = column.reader(answer) if meant is None else Value(meant)
    return None if isinstance(read, (Ask, Refuse)) else read


def _written(proposal: Any) -> str:
    return proposal.number if isinstance(proposal, Telephone) else str(proposal)


def _known(row: Row) -> str:
    """Return what a row says in columns that are read, those of its mending aside: it may come again in another file."""
    told = sorted((field, cell.text) for field, cell in row.cells.items() if field not in ("extra", "mend"))
    return "\x1f".join(f"{field}={text}" for field, text in told if text)


def value(values: Mapping[str, Any], field: str) -> Any:
    """Return what a cell says, None where it says nothing or there is no such column."""
    reading = values.get(field)
    return reading.value if isinstance(reading, Value) else None
