"""`VALIDER <ref> <weight> [grade], …`: an officer's weighings by SMS, noted in the open list. Money never moves by SMS."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec
from sqlalchemy import select

from app import units
from app.commands import replies
from app.commands.command import Answer, Command
from app.commands.grammar import LONGEST, fold_words, is_short
from app.coop.offices.queries import scopes_of
from app.coop.production import declarations, weighing_lookup, weighings
from app.coop.production.models import Weighing
from app.coop.production.quantities import BadQuantity, UnclearQuantity, parse_quantity
from app.coop.rights import Office
from app.gsm7 import fold, septets
from app.service import service_of

_LINE = re.compile(
    r"(?<!\S)(?:REF(?:ERENCE)? |N )?(\d{3} ?\d{3}) ([0-9]{1,5}(?:[.,][0-9]{1,3})?)(?: ?(?:KGS?|KILOS?|KILOGRAMMES?)\b)?"
    r"(?:(?: QUALITE| QUAL)? ?([A-C]))?(?=\s|$)"
)
HOW = "Jappoo: envoyez VALIDER réf poids qualité, par exemple VALIDER 623590 12,5 A, 111112 30 B. Rien n'est noté. {cost}."
NOTED = "Jappoo: {noted}. Pour créditer: {code} puis 8, 1, et votre code secret. {cost}."
STANDS = "Jappoo: rien de nouveau.{named} {cost}."
NOTHING = "Jappoo: rien n'est noté.{named} {cost}."
FAR = " Poids loin du déclaré: {refs}."
TWICE = " Deux poids: {refs}."
CUT = " Fin coupée ? Renvoyez: {refs}."
ALREADY = " Déjà notées: {refs}."
# UnclearQuantity is a BadQuantity too, and stands before it.
NOT_NOTED: dict[type[Exception], str] = {
    UnclearQuantity: " Poids pas clair: {refs}.",
    BadQuantity: " Poids pas compris: {refs}.",
    weighings.LineTooDear: " Plus de 99 999 999 F: {refs}.",
    weighing_lookup.AlreadyWeighed: " Déjà pesées: {refs}.",
    weighings.OwnCatch: " Les vôtres, un autre les pèse: {refs}.",
    weighings.ListFull: " Liste pleine, créditez d'abord: {refs}.",
    weighing_lookup.NotThere: " Inconnues ici: {refs}.",
    declarations.NotActive: " Compte pas actif: {refs}.",
    declarations.ProductGone: " Produit plus pris: {refs}.",
}
"""Why a line isn't noted; of a fault the first that it is."""


class WeighedLine(msgspec.Struct, frozen=True):
    """One line of such an SMS."""

    reference: str
    weight: str
    grade: str | None


def read_lines(rest: str) -> list[WeighedLine]:
    """Return the lines of a folded text; none when anything in it isn't one."""
    text = re.sub(r"(?<=[0-9A-C]),(?= |\d{6} |REF)", " ", rest)
    left = " ".join(_LINE.sub("", text).replace(",", " ").split())
    found = [] if left else _LINE.findall(text)
    return [WeighedLine(reference.replace(" ", ""), weight, grade or None) for reference, weight, grade in found]


def _office(command: Command, lines: Sequence[WeighedLine]) -> Office | None:
    """Return the sender's office at the scales: of the co-operative that the first reference is of, where they weigh in several."""
    widest = command.office("weigh")
    scopes = scopes_of(command.session, widest.person_id, command.now.date()) if widest and lines else ()
    places = [scope for scope in scopes if not scope.is_federation]
    for scope in places if len(places) > 1 else ():
        try:
            weighing_lookup.by_reference(command.session, scope.cooperative, lines[0].reference, command.now.year)
        except (weighing_lookup.NotThere, weighing_lookup.AlreadyWeighed):
            continue
        return command.office("weigh", scope)
    return widest


def note_lines(command: Command) -> Answer:
    """Note each line that can be, in the sender's open list; return the answer."""
    rest = command.rest
    if len(command.text) > LONGEST:
        rest = fold_words(command.text).partition("VALIDER")[2].strip(" ,.:")
    lines = read_lines(rest)
    session, office = command.session, _office(command, lines)
    if office is None:
        return None
    if not lines:
        return HOW
    noted, refs = 0, defaultdict[str, list[str]](list)
    act = command.act_by(office)
    mine = {(line.reference, line.weight, line.grade) for line in weighings.open_list(session, office.person_id)}
    # Where a piece of a long SMS ends in a digit, the weight may go on in the next: `12` of 12,5.
    if not is_short(command.text) and rest[-1].isdigit():
        refs[CUT].append(lines.pop().reference)
    lines = list(dict.fromkeys(lines))
    weighed = Counter(line.reference for line in lines)
    refs[TWICE] += (reference for reference, times in weighed.items() if times > 1)
    # A line's place stays its own, whatever else isn't noted: a piece that comes later has all of them worked on anew.
    for place, line in enumerate(lines):
        if weighed[line.reference] > 1:
            continue
        try:
            what = weighing_lookup.by_reference(session, office.scope.cooperative, line.reference, act.now.year)
            weight = parse_quantity(line.weight, what.divisible)
            # One SMS, several acts: each line has a key of its own, the same when the SMS is worked on again.
            one = msgspec.structs.replace(act, operation=f"{act.operation}:{place}")
            weighings.note(session, one, what, weight=weight, grade=line.grade, weighed_at=act.now)
        except tuple(NOT_NOTED) as fault:
            again = isinstance(fault, weighing_lookup.AlreadyWeighed) and _noted(line, mine)
            words = ALREADY if again else next(NOT_NOTED[kind] for kind in NOT_NOTED if isinstance(fault, kind))
            refs[words].append(_named(line, fault))
        else:
            noted += 1
            if weighings.far_off(what.declared, weight):
                refs[FAR].append(line.reference)
    said = NOTED.replace("{noted}", f"{units.count(noted, 'pesée')} {units.agree(noted, 'notée')}") + "{named}"
    said = said if noted else STANDS if refs[ALREADY] else NOTHING
    room = 160 - septets(fold(replies.fill(said.replace("{named}", ""), service_of(session))))
    return said.replace("{named}", _as_fit({words: refs[words] for words in (CUT, TWICE, *NOT_NOTED.values(), ALREADY, FAR)}, room))


def _as_fit(refs: Mapping[str, Sequence[str]], room: int) -> str:
    """Name as many references as fit into so many septets, and say how many there are besides."""
    named, left = "", sum(map(len, refs.values()))
    for words, theirs in refs.items():
        for many in range(len(theirs), 0, -1):
            more, others = words.replace("{refs}", ", ".join(theirs[:many])), left - many
            if septets(fold(named + more + _besides(others))) <= room:
                named, left = named + more, others
                break
    return named + _besides(left)


def _besides(others: int) -> str:
    return f" Et {units.count(others, 'autre')}." if others else ""


def undo_lines(command: Command, operations: Sequence[str]) -> None:
    """Take back the sender's open lines that SMS of these operations noted: what was read over a missing piece."""
    office = command.office("weigh")
    if office is None:
        return
    mine = select(Weighing.id, Weighing.operation).where(Weighing.officer_id == office.person_id, Weighing.state == "noted")
    for line, operation in command.session.execute(mine.order_by(Weighing.id)).all():
        if operation.rpartition(":")[0] in operations:
            weighings.undo(command.session, command.act_by(office), line)


def _named(line: WeighedLine, fault: Exception) -> str:
    """Name a line that isn't noted; a weight of three decimals with what it may mean, or as it was typed."""
    if not isinstance(fault, UnclearQuantity):
        return line.reference
    if fault.low != Decimal(line.weight.replace(",", ".")):
        return f"{line.reference} {line.weight}"
    return f"{line.reference} {units.quantity(fault.low)} ou {units.quantity(fault.high)}"


def _noted(line: WeighedLine, mine: set[tuple[str, Decimal, str | None]]) -> bool:
    """Tell whether the sender's open list has a line as it was sent again."""
    weight = Decimal(line.weight.replace(",", "."))
    return (line.reference, weight, line.grade) in mine
