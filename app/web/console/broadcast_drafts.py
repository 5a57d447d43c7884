"""What an officer writes at the console: the form, its estimate, the code that goes to the telephone, the code that comes back."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec
from sqlalchemy.orm import Session

from app.commands import allowance, replies
from app.commands import broadcast_replies as said
from app.commands.broadcasts import ordered
from app.commands.drafts import as_written
from app.coop.access.sign_in import SignedIn
from app.coop.act import Act
from app.coop.broadcasts import codes, confirmations, misses, templates
from app.coop.broadcasts.estimates import Draft, DraftMeasure, estimate, measure
from app.coop.members import notices
from app.db.operations import once
from app.digits import is_number
from app.service import service_of
from app.sms import allowances
from app.sms.broadcasts.days import read_on
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.rounds import CODE_LASTS
from app.sms.broadcasts.terms import Terms
from app.sms.cost import Quote, quote
from app.sms.policy import prepare


class BroadcastForm(msgspec.Struct, frozen=True):
    """The form as it was sent: `when` is an instant as the browser writes one, `wish` the button, `mark` this form's own.

    `kept` marks the text of the scope that it was opened on.
    """

    audience: str = ""
    text: str = ""
    when: str = ""
    urgent: bool = False
    name: str = ""
    wish: str = ""
    mark: str = ""
    kept: str = ""


class Preview(msgspec.Struct, frozen=True):
    """What a draft would reach and cost, with both prices; a word that means another day when it is read, and both days."""

    measured: DraftMeasure
    quote: Quote
    other_day: tuple[str, datetime, datetime] | None


class WaitingCode(msgspec.Struct, frozen=True):
    """An estimate of the caller's that was never confirmed; `open` tells whether its code still counts."""

    broadcast: Broadcast
    open: bool


class FormRefused(Exception):
    """The form can't be read; its argument is the sentence that says why."""


def form_of(sent: Mapping[str, str]) -> BroadcastForm:
    """Return a form as it was sent, each field cut to what it may hold."""

    def field(name: str, most: int) -> str:
        return as_written(sent.get(name, "")[:most])

    audience, text = field("audience", templates.LONGEST_AUDIENCE), field("text", templates.LONGEST)
    own = (sent.get("do", ""), field("mark", 40), field("kept", 16))
    return BroadcastForm(audience, text, field("when", 32), "urgent" in sent, field("name", 60), *own)


def form_from(session: Session, here: SignedIn, asked: Mapping[str, str]) -> BroadcastForm:
    """Return a new form, filled from a text that the scope keeps (`template`) or from an estimate of the caller's (`again`)."""
    mark, kept = secrets.token_urlsafe(9), asked.get("template", "")
    for one in templates.templates_of(session, here.office.scope):
        if str(one.id) == kept:
            return BroadcastForm(one.audience, one.text, name=one.name, mark=mark, kept=one.mark)
    again = asked.get("again", "")
    row = session.get(Broadcast, int(again)) if is_number(again, 9) else None
    if row is not None and (row.sender, row.person_id) == (here.phone, here.person_id):
        return BroadcastForm(str(row.audience["words"]), row.typed, urgent=row.purpose == "urgent", mark=mark)
    return BroadcastForm(mark=mark)


def operation(here: SignedIn, form: BroadcastForm) -> str:
    """Return the key of what a form asks for: the same form sent twice is one estimate with one code."""
    same = "\n".join((str(here.sign_in), form.mark, form.wish, form.audience, form.when, str(form.urgent), form.text))
    return f"console:draft:{blake2b(same.encode(), digest_size=16).hexdigest()}"


def read(form: BroadcastForm, terms: Terms) -> Draft:
    """Return the draft that a form asks for. Raises FormRefused."""
    if not form.audience or not form.text:
        raise FormRefused("Écrivez à qui (par exemple TOUS) et le texte. Rien n'est envoyé.")
    if not form.when:
        return Draft(form.audience, form.text, form.urgent)
    if form.urgent:
        raise FormRefused("Une alerte part tout de suite : laissez l'heure vide. Rien n'est envoyé.")
    try:
        at = datetime.fromisoformat(form.when).replace(tzinfo=terms.zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise FormRefused("L'heure n'est pas comprise, par exemple 2026-11-30 07:00. Rien n'est envoyé.") from None
    return Draft(form.audience, form.text, wanted_at=at)


def preview(session: Session, act: Act, draft: Draft, terms: Terms) -> Preview:
    """DraftMeasure a draft. Raises as `estimates.measure`."""
    found = measure(session, act.office, draft, terms, act.now)
    other = read_on(draft.text, found.starts, found.ends, terms, act.now)
    return Preview(found, quote(found.signed, found.found.numbers, found.price), other)


def send_code(session: Session, act: Act, draft: Draft, key: bytes, terms: Terms) -> int:
    """Write an estimate down, send it with its code to the officer's own telephone, and return its id; the same act sends once.

    A number that has had its answers of the day, or whose codes have ended, gets an estimate that waits for the PIN on USSD.
    Raises as `estimates.measure`.
    """

    def make() -> dict[str, int]:
        day = terms.day_of(act.now)
        # The same answers of a day as by SMS: this page must not be the way to send a number more of them.
        silent = allowances.spend(session, act.phone, day) >= allowance.OFFICER
        by_pin = silent or misses.dead_until(session, act.phone, act.now) is not None
        made = estimate(session, act, draft, key=key, terms=terms, by_pin=by_pin)
        if not silent:
            words = replies.fill(f"Console: {said.estimated(made, terms, act.now)}", service_of(session))
            notices.answer(session, act, "answer", act.operation, words, act.office.cooperative_id)
            allowances.spend(session, act.phone, day, prepare(words).parts)
        return {"broadcast": made.broadcast.id}

    done = once(session, act.operation, "estimate", {}, make, person_id=act.person_id, now=act.now)
    return int(done["broadcast"])


def waiting(session: Session, here: SignedIn, broadcast_id: int, now: datetime) -> WaitingCode | None:
    """Return the caller's own estimate, in reach of where they act, when it isn't ordered; None of anything else."""
    row = session.get(Broadcast, broadcast_id)
    if row is None or row.confirmed_at is not None or (row.sender, row.person_id) != (here.phone, here.person_id):
        return None
    if not here.office.scope.includes(row.cooperative_id):
        return None
    return WaitingCode(row, row.state == "estimated" and row.estimated_at > now - CODE_LASTS)


def confirm(session: Session, act: Act, broadcast_id: int, typed: str, key: bytes, terms: Terms) -> str:
    """Order an estimate by its code, and return "" or why nothing is sent; the caller commits. Raises NotYours."""
    code = "".join(typed.split())[:12]
    if not is_number(code, 8, least=4):
        codes.own_estimate(session, act, broadcast_id)
        return "Le code a 4 ou 6 chiffres. Rien n'est envoyé."
    try:
        # A wrong code is returned and not raised, so that the try that was counted is committed.
        found = codes.read_code(session, act, broadcast_id, code, key)
        if isinstance(found, codes.MissedCode):
            return ended(found.dead_until, terms, act) if found.dead_until else WRONG
        ordered(session, act, found, terms)
    except codes.CodesEnded as over:
        return ended(over.until, terms, act)
    except confirmations.TooOld as old:
        return OLD if old.broadcast.state != "dead" else REPLACED
    except confirmations.LeftAlready as left:
        return f"Le même texte est déjà parti : diffusion {left.before.order}. Rien n'est envoyé."
    except said.REFUSALS as fault:
        return words_of(fault, terms)
    return ""


WRONG = "Ce code n'est pas celui de ce devis. Rien n'est envoyé. Regardez le dernier SMS."
OLD = "Ce code a plus de 15 minutes, ou des devis plus récents ont pris sa place. Rien n'est envoyé. Recommencez."
REPLACED = "Ce devis est remplacé ou annulé. Rien n'est envoyé. Recommencez."


def ended(until: datetime, terms: Terms, act: Act) -> str:
    """Say until when no code is taken from this number."""
    return _on_page(said.ended(until, terms, act.now))


def words_of(fault: Exception, terms: Terms) -> str:
    """Say why nothing is sent or kept."""
    if isinstance(fault, FormRefused):
        return str(fault)
    if isinstance(fault, templates.TemplateChanged):
        kept = fault.kept
        return f"Le modèle « {kept.name} » est maintenant : {kept.audience}, « {kept.text} ». Rien n'est gardé : ouvrez-le d'abord."
    if isinstance(fault, templates.TemplateRefused):
        return f"Un modèle a un nom de 1 à {templates.LONGEST_NAME} signes et un texte ; {templates.MOST} modèles au plus."
    return _on_page(said.refused(fault, terms, ""))


def _on_page(words: str) -> str:
    """Return an answer by SMS as a page says it: who speaks and what an answer costs go without saying."""
    return words.removeprefix("Jappoo: ").replace("{cost}.", "").removesuffix(" .").strip()
