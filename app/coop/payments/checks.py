"""What `ledger verify` holds payments to."""

from sqlalchemy import Connection, func, or_, select

from app.coop.payments.models import Payment, PaymentExport, PaymentExportLine
from app.coop.subject import MOST_NAMED


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
