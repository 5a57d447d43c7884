"""A month's figures counted by hand: October, from every row of every table."""

from collections import Counter, defaultdict
from datetime import date, timedelta

from sqlalchemy import select

from app.coop.kpi.cells import NOWHERE, Month
from app.coop.models import Base

OCTOBER = Month(date(2026, 10, 1))


def by_hand(database):
    """Count October from every row of every table, one at a time: by figure, co-operative and part numerator and denominator."""
    with database.read() as reader:
        tables = {table.name: reader.execute(select(table)).all() for table in Base.metadata.sorted_tables}
    by_id = {name: {row.id: row for row in rows if hasattr(row, "id")} for name, rows in tables.items()}
    profiles = {row.member_id: row for row in tables["member_profiles"]}
    found = defaultdict(lambda: [0, 0])

    def add(figure, place, parts=("",), top=1, bottom=0):
        for part in parts:
            cell = found[figure, place or NOWHERE, part]
            cell[0], cell[1] = cell[0] + top, cell[1] + bottom

    def age(born_on, born_in):
        if born_on:
            born_in_years = 2026 - born_on.year - ((born_on.month, born_on.day) > (10, 31))
            return "young" if 15 <= born_in_years <= 35 else "older"
        return "-" if born_in is None else "young" if 15 <= 2026 - born_in <= 35 else "older"

    def parts_of(member, told=None, *, trade=False):
        one = profiles.get(member)
        parts = ["", f"sex:{(one and one.sex) or '-'}", f"age:{age(one and one.born_on, (one and one.born_in) or told)}"]
        if trade:
            house = member and by_id["cooperatives"][by_id["members"][member].cooperative_id]
            parts.append(f"filiere:{by_id['filieres'][house.filiere_id].code if house else '-'}")
        return parts

    def inside(at):
        return at is not None and OCTOBER.start <= at < OCTOBER.end

    for row in tables["cooperatives"]:
        add("cooperatives", row.id, ("", f"form:{row.legal_form}"))
    since = OCTOBER.end - timedelta(days=90)
    moved = {row.member_id for row in tables["journal_entries"] if since <= row.at < OCTOBER.end}
    moved |= {row.member_id for row in tables["declarations"] if since <= row.declared_at < OCTOBER.end}
    for row in tables["members"]:
        if row.joined_on < date(2026, 11, 1) and (row.left_on is None or row.left_on >= date(2026, 11, 1)):
            add("members", row.cooperative_id, parts_of(row.id))
            if row.id in moved:
                add("active", row.cooperative_id, parts_of(row.id))
    reversed_ = {row.reverses_id for row in tables["journal_entries"]}
    measures = {(row.product_id, row.unit): row.grams for row in tables["measures"]}
    good = [
        row for row in tables["weighings"] if row.state == "credited" and inside(row.weighed_at) and row.entry_id not in reversed_
    ]
    for member in {row.member_id for row in good}:
        add("producers", by_id["members"][member].cooperative_id, parts_of(member))
    milligrams = Counter()
    massed = Counter()
    for row in good:
        place, product = row.cooperative_id, by_id["products"][row.product_id]
        add("deliveries", place)
        add("worth", place, top=row.gross)
        add("to_fund", place, top=row.share, bottom=row.gross)
        add("to_advances", place, top=row.repaid, bottom=row.gross)
        unit = by_id["declarations"][row.declaration_id].unit
        grams = measures.get((row.product_id, unit)) or {"kg": 1000, "g": 1, "t": 1_000_000}.get(unit)
        for part in ("", f"filiere:{by_id['filieres'][product.filiere_id].code}"):
            milligrams[place, part] += int(row.weight * 1000) * (grams or 0)
            massed[place, part] += row.gross if grams else 0
    for (place, part), mass in milligrams.items():
        add("tonnes", place, (part,), mass // 1000)
        add("price", place, (part,), massed[place, part], mass // 1000)
    balances = Counter()
    for row in tables["postings"]:
        entry, account = by_id["journal_entries"][row.entry_id], by_id["accounts"][row.account_id]
        if account.member_id and account.kind in ("shares", "savings", "payable", "advance", "leasing") and entry.at < OCTOBER.end:
            balances[account.id] += row.amount
        if account.kind == "solidarity" and inside(entry.at):
            undone = by_id["journal_entries"].get(entry.reverses_id, entry)  # a reversal counts with what it takes back
            aid = undone.kind == "aid"
            add("fund_out" if aid else "fund_in", account.cooperative_id, top=row.amount if aid else -row.amount)
    for account, amount in balances.items():
        add(by_id["accounts"][account].kind, by_id["accounts"][account].cooperative_id, top=abs(amount))
    for row in tables["payment_lines"]:
        payment = by_id["payments"][row.payment_id]
        if payment.state == "paid" and inside(payment.paid_at):
            days = max(0, (payment.paid_at - by_id["weighings"][row.weighing_id].weighed_at).days)
            add("days", payment.cooperative_id, top=days, bottom=1)
    for row in tables["sms_messages"]:
        if inside(row.created_at):
            left = not (
                row.state in ("queued", "sending", "expired") or (row.state in ("failed", "refused") and not row.provider_id)
            )
            cost = row.price * 100 if row.actual_centimes is None else row.actual_centimes
            add("sms", row.cooperative_id)
            add("sms_parts", row.cooperative_id, top=left * (row.actual_parts or row.parts))
            add("sms_cost", row.cooperative_id, top=left * cost)
    for row in tables["trainings"]:
        if date(2026, 10, 1) <= row.starts_on < date(2026, 11, 1) and row.state == "open":
            add("seats", row.cooperative_id, top=row.seats)
    applications = by_id["training_applications"]
    for figure, rows in (("applicants", tables["training_applications"]), ("certified", tables["certificates"])):
        for row in rows:
            applied = row if figure == "applicants" else applications[row.application_id]
            if inside(row.applied_at) if figure == "applicants" else date(2026, 10, 1) <= row.given_on < date(2026, 11, 1):
                place = by_id["trainings"][applied.training_id].cooperative_id
                add(figure, place, parts_of(applied.member_id, applied.born_in, trade=True))
    for row in tables["placement_questions"]:
        if inside(row.asked_at):
            applied = applications[row.application_id]
            place, works = by_id["trainings"][applied.training_id].cooperative_id, row.works is True
            add(f"placed_{row.months}", place, parts_of(applied.member_id, applied.born_in, trade=True), works, 1)
    _boutiques_by_hand(tables, by_id, inside, add)
    return {key: tuple(cell) for key, cell in found.items() if any(cell)}


def _boutiques_by_hand(tables, by_id, inside, add):
    for row in tables["ideas"]:
        if inside(row.proposed_at):
            add("ideas", row.cooperative_id)
        if inside(row.decided_at):
            add("filieres", row.cooperative_id, top=row.state == "accepted", bottom=1)
    for row in tables["bookings"]:
        if inside(row.out_at):
            add("machine_days", row.cooperative_id)
    for row in tables["orders"]:
        if row.state in ("sold", "delivered") and inside(row.sold_at):
            add("sales", row.cooperative_id, top=row.amount)
    for row in tables["lot_events"]:
        if inside(row.at):
            place = row.cooperative_id
            add("tonnes_in", place, top=row.entered if row.kind in ("delivery", "bought", "correction") else 0)
            add("tonnes_out", place, top={"sale": row.gone, "refund": -row.entered}.get(row.kind, 0))
            add("run_hours", place, top=(row.minutes or 0) * (row.workers or 1) if row.kind == "run" else 0)
    for row in tables["lot_moves"]:
        move = by_id["lot_events"][row.event_id]
        if move.kind == "run" and inside(move.at):
            grams = abs(row.grams or 0)
            add("yield", move.cooperative_id, top=grams if row.units > 0 else 0, bottom=0 if row.units > 0 else grams)
