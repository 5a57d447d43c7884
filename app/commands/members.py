"""`MEMBRE <phone or card>`: what an officer may know of a member by SMS. No name, no amount."""

from sqlalchemy import select

from app import phones
from app.commands import broadcast_replies as said
from app.commands.command import Answer, Command
from app.coop.access.identity import who_holds
from app.coop.members import consent, lookup
from app.coop.members.models import Member
from app.coop.members.telephones import first_numbers
from app.coop.offices import audit
from app.coop.rights import Office


def look_up(command: Command) -> Answer:
    """Answer with card, state and consents of the members of the officer's scope who hold a number, or of the one with a card."""
    office = command.office("read")
    if office is None:
        return None
    phone = phones.read(command.rest)
    if phone is None:
        return _by_card(command, office)
    return _on_number(command, office, phone) or said.NO_MEMBER


def _by_card(command: Command, office: Office) -> str:
    if lookup.read_card(command.rest) is None:
        return said.HOW_MEMBER
    try:
        found = lookup.find(command.session, office.cooperative_id, command.rest)
    except lookup.NoCard:
        return said.NO_CARD
    phone = first_numbers(command.session, {found.person_id}).get(found.person_id)
    words = _on_number(command, office, phone, found.member_id) if phone else None
    if words is None:
        whose = audit.Of(found.member_id, found.cooperative_id)
        audit.note(command.session, command.act_by(office), "look up", f"member:{found.member_id}", whose)
    return words or f"Jappoo: {said.member(found.card, None, found.state)}."


def _on_number(command: Command, office: Office, phone: str, only: int | None = None) -> str | None:
    """Say who holds a number, or of them one member alone; None when they don't, or none of the scope does."""
    reader = command.session.connection()
    holders = {who.member_id: who for who in who_holds(reader, phone) if office.scope.includes(who.cooperative_id)}
    meant = [one for one in holders if one and only in (None, one)]
    cards = command.session.execute(select(Member.id, Member.card).where(Member.id.in_(meant))).all()
    wants = said.wants(*(consent.allows(reader, phone, purpose) for purpose in ("broadcasts", "urgent")))
    lines = []
    for member_id, card in cards:
        who = holders[member_id]
        shared = ", numéro partagé" if who.shared else ""
        lines.append(said.member(card, who.cooperative, who.state, f"{shared}, {wants}"))
        audit.note(command.session, command.act_by(office), "look up", f"member:{member_id}", who)
    return f"Jappoo: {'; '.join(lines)}." if lines else None
