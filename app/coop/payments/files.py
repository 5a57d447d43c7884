"""Payments on paper and in files: the cash list and the mobile-money file out, the operator's references in."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
from sqlalchemy import ColumnElement, Connection, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.access.freezes import MoneyFrozen
from app.coop.act import Act
from app.coop.handover.services import HandoverNotOpen, hand_over
from app.coop.ledger.services import Overdrawn
from app.coop.members.contact import reach
from app.coop.members.lookup import BELONGS
from app.coop.members.models import Member, Person
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment, PaymentBatch, PaymentExport, PaymentExportLine
from app.coop.references import valid
from app.coop.scope import Scope
from app.db.rows import store
from app.letters import packed, plain
from app.sheets import Ask, Column, Row, SheetRefused, Table, Value, amount, code, read_table, text

COLUMNS = ("reference", "card", "name", "number", "amount", "way", "state", "operator_reference", "signature")
"""The columns of a list out: our reference, the member's card, name and number (E.164, of her own alone, or empty), XOF."""
COLUMNS_IN = (
    Column(field="reference", names=("reference", "référence"), reader=code, required=True),
    Column(field="operator_reference", names=("operator_reference", "référence opérateur"), reader=code, required=True),
    Column(field="amount", names=("amount", "montant"), reader=amount, summed=True),
    Column(
        field="status",
        names=(
            "status",
            "statut",
            "payment status",
            "transaction status",
            "statut paiement",
            "statut transaction",
            "résultat",
            "result",
        ),
        reader=text,
    ),
    Column(field="state", names=("state", "état"), reader=text),
)
"""The columns of a file in; `amount` (XOF) may be missing, and is held against ours when it isn't. `status` is the operator's word;
`state` is ours in a list that we gave, and the operator's in theirs."""
SETTLED = frozenset(
    (
        "", "OK", "SUCCES", "SUCCESS", "SUCCESSFUL", "SUCCEEDED", "REUSSI", "REUSSIE", "REUSSIS", "IRREVOCABLE",
        "PAID", "PAYE", "PAYEE", "COMPLETED", "COMPLETE", "DONE", "CONFIRMED", "CONFIRME",
        "EFFECTUE", "EFFECTUEE", "TERMINE", "VALIDE",
    )
)  # fmt: skip
"""What an operator says of a payment that has gone through. Any other word settles nothing."""
_NO_FAILURE = SETTLED | {"NON", "NO", "N", "FALSE", "FAUX"}
_FAILURE = re.compile("ECHEC|ERREUR|ERROR|REJET|REFUS|FAIL|ANNUL|CANCEL|REVERS|REMBOURS|REFUND")
"""The names of columns that say why a payment failed."""
_FAILED = re.compile(
    r"\b(?:ECHEC|ECHOU|FAIL|REJET|REFUS|ANNUL|CANCEL|REVERS|REMBOURS|REFUND|INSUFFI|PENDING|EN ATTENTE|EXPIR)"
    r"|(?<!\bNO )(?<!\bSANS )(?<!\bAUCUNE )\bERR(?:EUR|OR)"
)
"""What an operator says of a failure in the cells of any other column: `Transaction failed` below `Message`."""
OUR_STATES = frozenset(("OPEN", "HANDEDOVER", "CONTESTED"))
NO_PAYMENT = "no mobile-money payment has it"
TAKEN = "another payment has this operator's reference"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TRANSACTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{2,39}")


class NoBatch(Exception):
    """There is no batch of this number, or it isn't open."""


class Exported(msgspec.Struct, frozen=True):
    """A file's rows, a dict of COLUMNS each, by card; `before` are the instants at which the batch went out already."""

    rows: list[dict[str, str]]
    before: tuple[datetime, ...]


class TakenLine(msgspec.Struct, frozen=True):
    """What became of one line of a file, numbered as a spreadsheet numbers it: accepted, known (done before) or refused."""

    line: int
    reference: str
    outcome: str
    reason: str = ""
    payment_id: int | None = None


def export(session: Session, batch_id: int, *, by: str, now: datetime) -> Exported:
    """Return what is still to be paid of an open batch, and write down that it went out. Raises NoBatch.

    `by` is the user of the machine. A member whose money was frozen or whose account was closed since the batch was made has no
    number in it: a SIM that changed hands gets nothing.
    """
    # Two who take the file out at once wait here, so that the second is told of the first.
    batch = session.execute(select(PaymentBatch.state).where(PaymentBatch.id == batch_id).with_for_update()).first()
    if batch is None or batch.state != "open":
        raise NoBatch(f"no batch {batch_id} may be paid: unknown, closed, or waiting for other officers")
    before = session.scalars(select(PaymentExport.at).where(PaymentExport.batch_id == batch_id).order_by(PaymentExport.id))
    went_out = tuple(before)
    rows = _rows(session, batch_id, now, Payment.state == "open")
    made = PaymentExport(batch_id=batch_id, at=now, by=by[:40], count=len(rows), total=sum(int(row["amount"]) for row in rows))
    store(session, made)
    lines = select(literal(made.id), Payment.id).where(Payment.batch_id == batch_id, Payment.state == "open")
    session.execute(insert(PaymentExportLine).from_select(["export_id", "payment_id"], lines))
    return Exported(rows, went_out)


def record_of(reader: Connection | Session, batch_id: int, now: datetime) -> list[dict[str, str]]:
    """Return all of a batch's payments but the cancelled ones, whatever became of them, without numbers: nobody pays by it.

    Raises NoBatch, also when it waits for other officers.
    """
    if reader.scalar(select(PaymentBatch.state).where(PaymentBatch.id == batch_id)) in (None, "waiting"):
        raise NoBatch(f"there is no batch {batch_id}, or it waits for other officers")
    return [row | {"number": ""} for row in _rows(reader, batch_id, now, Payment.state != "cancelled")]


def _rows(reader: Connection | Session, batch_id: int, now: datetime, only: ColumnElement[bool]) -> list[dict[str, str]]:
    rows = reader.execute(
        select(
            Payment.member_id,
            PaymentBatch.way,
            Payment.reference,
            Payment.amount,
            Payment.state,
            Payment.provider_reference,
            Payment.signature,
            Member.card,
            Member.money_frozen_until,
            Member.state.label("standing"),
            Person.name,
        )
        .join(Member, Member.id == Payment.member_id)
        .join(Person, Person.id == Member.person_id)
        .join(PaymentBatch, PaymentBatch.id == Payment.batch_id)
        .where(Payment.batch_id == batch_id, only)
        .order_by(Member.card)
    ).all()
    reached = reach(reader, {row.member_id for row in rows})

    def barred(standing: str, frozen_until: datetime | None) -> bool:
        return standing not in BELONGS or (frozen_until is not None and frozen_until > now)

    return [
        {
            "reference": row.reference,
            "card": row.card,
            "name": row.name,
            "number": "" if barred(row.standing, row.money_frozen_until) else reached[row.member_id].own or "",
            "amount": str(row.amount),
            "way": row.way,
            "state": row.state,
            "operator_reference": row.provider_reference or "",
            "signature": row.signature or "",
        }
        for row in rows
    ]


def written(rows: Iterable[dict[str, str]]) -> str:
    """Write rows as CSV with a header. Words that a spreadsheet would take for a formula get an apostrophe before them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _harmless(name, value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def read(file: Path | BinaryIO) -> list[tuple[int, dict[str, str]]]:
    """Return the lines of a file in, each with its number, without its titles and totals.

    Raises SheetRefused: nothing of such a file is taken. One cell too many in a line is enough: its cells may have slipped; or
    a total that its lines don't come to.
    """
    table = read_table(file, COLUMNS_IN)
    # Read as if it weren't there, a column of failures would settle what the operator didn't pay.
    unsure = next((name for field, name in table.guesses.items() if field in ("status", "state")), None)
    if unsure is not None:
        raise SheetRefused(
            f"« {unsure[:40]} »: est-ce le statut du paiement ? Nommez la colonne « status », ou ôtez-la. Rien n'est pris."
        )
    rows = list(table.rows)
    broken = next((row for row in rows if row.kind == "broken"), None)
    if broken is not None:
        raise SheetRefused(f"Ligne {broken.number}: plus de cellules que de colonnes. Rien n'est pris.")
    # Of a file that was cut off, what is left would be settled, and nobody looked for the rest.
    unlike = next((one for one in table.remarks if one.kind == "total"), None)
    if unlike is not None:
        raise SheetRefused(f"Ligne {unlike.row}: {unlike.says} Rien n'est pris.")
    lines = [row for row in rows if row.kind == "data"]
    if not lines:
        raise SheetRefused("Aucune ligne sous les noms des colonnes: rien à prendre.")
    # Beside lines of which the operator says something, a blank says that nothing was done.
    blank = {field: "nothing" for field in ("status", "state") if any(_said(row, field) for row in lines)}
    return [(row.number, _line(table, row, blank)) for row in lines]


def _line(table: Table, row: Row, blank: Mapping[str, str]) -> dict[str, str]:
    line = {column.field: _said(row, column.field) or blank.get(column.field, "") for column in COLUMNS_IN}
    failures = [
        text(cell)
        for name, cell in zip(table.names, row.raw, strict=False)
        if _FAILURE.search(packed(name)) or (name in table.unknown and isinstance(cell, str) and _FAILED.search(plain(cell)))
    ]
    said = [one.value for one in failures if isinstance(one, Value) and packed(one.value).strip("0") not in _NO_FAILURE]
    return line | ({"status": said[0]} if said and packed(line["status"]) in SETTLED else {})


def _said(row: Row, field: str) -> str:
    """Return a cell as its reader understands it; as it stands where it doesn't, to be refused: `inconnu` is no blank here.

    What isn't the operator's reference as it was written could be another payment's.
    """
    cell = row.cells.get(field)
    if cell is None:
        return ""
    if isinstance(cell.reading, Value):
        return str(cell.reading.value)
    # What is asked about is nothing that could be equal to ours.
    words = f"{cell.text} ?" if isinstance(cell.reading, Ask) else cell.text
    return "" if field == "operator_reference" else words


def take_in(session: Session, act: Act, scope: Scope, line: int, row: dict[str, str]) -> TakenLine:
    """Note that the operator has paid, once: the same line again is *known* and changes nothing. References are of the scope's
    co-operatives. What can't be is refused with its reason, and nothing is changed.
    """
    reference, transaction = row["reference"].zfill(6), row["operator_reference"]  # a spreadsheet drops the first zeros

    def refused(reason: str) -> TakenLine:
        return TakenLine(line, reference, "refused", reason)

    if not valid(reference):
        return refused("not a reference of ours")
    for field, settled in (("status", SETTLED), ("state", SETTLED | OUR_STATES)):
        said = row.get(field, "")
        if (packed(said) or said) not in settled:
            return refused(f"the operator says {said}")
    if not _TRANSACTION.fullmatch(transaction):
        return refused("no operator's reference")
    compared = as_compared(transaction)
    where = select(Payment).join(PaymentBatch).where(Payment.reference == reference, PaymentBatch.way == "mobile")
    where = where.where(scope.reach(Payment.cooperative_id))
    found = session.scalars(where.where(Payment.state != "cancelled").order_by(Payment.id).with_for_update(of=Payment)).all()
    if not found:
        closed = session.scalar(where.limit(1)) is not None
        return refused("its batch was closed: what the operator paid is still owed in the books" if closed else NO_PAYMENT)
    # references come again after a season: what this line has paid before, else what is open, else the newest
    done = [one for one in found if as_compared(one.provider_reference or "") == compared]
    found = done or [one for one in found if one.state == "open"] or found
    if len({one.cooperative_id for one in found}) > 1:
        return refused("several co-operatives have it: say which")
    payment = found[-1]
    if row["amount"] and row["amount"].replace(" ", "") != str(payment.amount):
        return refused(f"the amount is {payment.amount}")
    if payment in done:
        return TakenLine(line, reference, "known", payment_id=payment.id)
    if payment.state != "open":
        return refused(f"it is {payment.state.replace('_', ' ')} already")
    before = Payment.operator_key.is_(None) & Payment.provider_reference.is_not(None)
    before &= func.upper(func.replace(Payment.provider_reference, "-", "")) == compared
    if session.scalar(select(Payment.id).where((Payment.operator_key == compared) | before)) is not None:
        return refused(TAKEN)
    try:
        # A refused line commits, too. Only the savepoint takes the operator's reference off its payment again.
        with session.begin_nested():
            payment.provider_reference, payment.operator_key = transaction, compared
            session.flush()  # the unique key decides between two payments that are noted at once
            hand_over(session, act, PAYMENT, payment.id)
    except IntegrityError:
        return refused(TAKEN)
    except HandoverNotOpen:
        return refused("its batch is not open")
    except MoneyFrozen as frozen:
        return refused(f"the member's money is frozen until {frozen.until:%Y-%m-%d %H:%M} UTC")
    except Overdrawn:
        return refused("the books owe less than that now")
    return TakenLine(line, reference, "accepted", payment_id=payment.id)


def as_compared(transaction: str) -> str:
    """Return an operator's reference as it is compared: a spreadsheet or a hand may have changed its letters and dashes."""
    return transaction.replace("-", "").upper()


def _harmless(column: str, value: str) -> str:
    """Keep E.164 numbers as the operator wants them: a plus and digits is a number, nowhere a formula that does anything."""
    return f"'{value}" if column != "number" and value.startswith(_FORMULA) else value
