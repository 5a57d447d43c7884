"""What `ledger verify` holds payments to."""

from sqlalchemy import Connection, func, or_, select

from app.coop.payments.models import Payment, PaymentBatch, PaymentExport, PaymentExportLine
from app.coop.subject import MOST_NAMED


def batches(reader: Connection) -> list[str]:
    """Hold what a batch came to when it was made, and approved, against its payments."""
    total = func.coalesce(func.sum(Payment.amount), 0)
    rows = reader.execute(
        select(PaymentBatch.id, PaymentBatch.total, total)
        .outerjoin(Payment, Payment.batch_id == PaymentBatch.id)
        .group_by(PaymentBatch.id, PaymentBatch.total)
        .having(total != PaymentBatch.total)
        .limit(MOST_NAMED)
    )
    return [f"batch {row[0]}: {row[1]} F; its payments sum to {int(row[2])} F" for row in rows]


def exports(reader: Connection) -> list[str]:
    """Hold what was said of each file that went out against the payments that stood in it."""
    count, total = func.count(Payment.id), func.coalesce(func.sum(Payment.amount), 0)
    rows = reader.execute(
        select(PaymentExport.id, PaymentExport.count, PaymentExport.total, count, total)
        .outerjoin(PaymentExportLine, PaymentExportLine.export_id == PaymentExport.id)
        .outerjoin(Payment, (Payment.id == PaymentExportLine.payment_id) & (Payment.batch_id == PaymentExport.batch_id))
        .group_by(PaymentExport.id, PaymentExport.count, PaymentExport.total)
        .having(or_(count != PaymentExport.count, total != PaymentExport.total))
        .limit(MOST_NAMED)
    )
    return [f"export {row[0]}: {row[1]} payments, {row[2]} F; it held {row[3]}, {int(row[4])} F" for row in rows]
