"""What a co-operative tells the ministry's register: figures in the words of the ILO's guidelines on statistics of co-operatives.

The guidelines (20th conference of labour statisticians, 2018) know four sets: co-operatives, members, work generated, economic
contribution. Persons are counted, never named; a figure of one to four persons is told as *moins de 5*.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.imports.models import MemberProfile
from app.coop.imports.profiles import YOUNG, known_birth, young
from app.coop.ledger.models import Account, Posting
from app.coop.members.models import Member
from app.coop.offices.models import Role
from app.coop.offices.queries import in_term
from app.coop.production.models import Weighing
from app.coop.scope import Scope
from app.coop.small import SMALL

FEWER, HIDDEN = "moins de 5", "non publié"
FORMS = {
    "SCOOPS": "société coopérative simplifiée",
    "COOP-CA": "société coopérative avec conseil d'administration",
    "GIE": "groupement d'intérêt économique",
    "AER": "association entreprenante responsable",
}
COLUMNS = ("CPS", "Ensemble", "Code", "Indicateur", "Valeur", "Unité", "Du", "Au", "Définition")
Line = tuple[str, str, str, str | int, str, date | None, str]
"""Set, code, what is told, its value, unit, first day (None: as it stands), how it is counted."""


def ministry(reader: Connection, scope: Scope, now: datetime) -> tuple[tuple[str, ...], Iterator[Sequence[Any]]]:
    """Return the figures of each co-operative in reach: those of the year until now, and those of today."""
    return COLUMNS, _rows(reader, scope, now)


def _rows(reader: Connection, scope: Scope, now: datetime) -> Iterator[Sequence[Any]]:
    places = select(Cooperative.id, Cooperative.code, Cooperative.name, Cooperative.legal_form, Cooperative.created_at)
    places = places.add_columns(Commune.name.label("commune"), Filiere.name.label("trade")).join(Commune).join(Filiere)
    for place in reader.execute(places.where(scope.reach(Cooperative.id)).order_by(Cooperative.code)).all():
        for part in (_cooperative, _members, _work, _economy):
            for topic, code, told, value, unit, since, how in part(reader, place, now):
                yield (place.code, topic, code, told, str(value), unit, since, now.date(), how)


def _cooperative(reader: Connection, place: Any, now: datetime) -> Iterator[Line]:
    del reader, now
    for code, told, value, how in (
        ("A1", "Dénomination", place.name, "nom de la CPS"),
        ("A2", "Type de coopérative", "coopérative de producteurs", "par l'intérêt principal des membres: OIT, groupe 1"),
        ("A3", "Forme juridique", FORMS[place.legal_form], "celle que la CPS a choisie; SCOOPS et COOP-CA: acte uniforme OHADA"),
        ("A4", "Activité", place.trade, "filière de la CPS"),
        ("A5", "Siège", f"{place.commune}, département de Mbour", "commune"),
        ("A6", "Début de la tenue des comptes", f"{place.created_at:%d/%m/%Y}", "premier jour dans Jappoo"),
    ):
        yield ("Coopératives", code, told, value, "", None, how)


def _members(reader: Connection, place: Any, now: datetime) -> Iterator[Line]:
    mine, here = Member.cooperative_id == place.id, Member.state != "departed"
    total = _count(reader, mine & here)
    yield ("Membres", "B1", "Membres", _shown(total), "personnes", None, "inscrits et pas partis, ce jour")
    sex: InstrumentedAttribute[str | None] = MemberProfile.sex
    sexes = {
        "Femmes": _count(reader, mine & here & (sex == "F")),
        "Hommes": _count(reader, mine & here & (sex == "M")),
        "Sexe non dit": _count(reader, mine & here & sex.is_(None)),
    }
    for number, (told, value) in enumerate(_masked(sexes).items(), 2):
        yield ("Membres", f"B{number}", told, value, "personnes", None, "ce que dit le registre; le dire est libre")
    known = known_birth()
    ages = {
        "Jeunes": _count(reader, mine & here & young(now.date())),
        "Autres âges": _count(reader, mine & here & known & ~func.coalesce(young(now.date()), False)),
        "Âge non dit": _count(reader, mine & here & ~known) + _count(reader, mine & here & MemberProfile.member_id.is_(None)),
    }
    for number, (told, value) in enumerate(_masked(ages).items(), 5):
        yield ("Membres", f"B{number}", told, value, "personnes", None, f"jeune: de {YOUNG[0]} à {YOUNG[1]} ans révolus")
    since = date(now.year, 1, 1)
    came, left = _count(reader, mine & (Member.joined_on >= since)), _count(reader, mine & (Member.left_on >= since))
    yield ("Membres", "B8", "Adhésions", _shown(came), "personnes", since, "date d'adhésion dans la période")
    yield ("Membres", "B9", "Départs", _shown(left), "personnes", since, "comptes clos dans la période")
    leads = select(Role.person_id).where(Role.cooperative_id == place.id, in_term(now.date()))
    women = _count(reader, mine & here & (sex == "F") & Member.person_id.in_(leads))
    held = select(func.count(func.distinct(Role.person_id))).where(Role.cooperative_id == place.id, in_term(now.date()))
    everyone = reader.scalar(held) or 0
    yield ("Membres", "B10", "Responsables", everyone, "personnes", None, "présidence, trésorerie, secrétariat, délégués")
    yield ("Membres", "B11", "Femmes responsables", women, "personnes", None, "charges publiques: comptées sans seuil")


def _work(reader: Connection, place: Any, now: datetime) -> Iterator[Line]:
    since = date(now.year, 1, 1)
    worked = select(Weighing.member_id).where(_weighed(place, now))
    mine = (Member.cooperative_id == place.id) & Member.id.in_(worked)
    counts = {
        "Femmes qui ont livré": _count(reader, mine & (MemberProfile.sex == "F")),
        "Hommes qui ont livré": _count(reader, mine & (MemberProfile.sex == "M")),
        "Sexe non dit, ont livré": _count(reader, mine & MemberProfile.sex.is_(None)),
    }
    how = "producteurs membres au travail pour la CPS: au moins une livraison créditée dans la période"
    yield ("Travail généré", "C1", "Membres qui ont livré", _shown(sum(counts.values())), "personnes", since, how)
    for number, (told, value) in enumerate(_masked(counts).items(), 2):
        yield ("Travail généré", f"C{number}", told, value, "personnes", since, how)
    yield ("Travail généré", "C5", "Salariés et autres travailleurs", "non connu", "", since, "Jappoo ne tient pas la paie")


def _economy(reader: Connection, place: Any, now: datetime) -> Iterator[Line]:
    since, topic = date(now.year, 1, 1), "Contribution économique"
    sums = select(func.count(), func.coalesce(func.sum(Weighing.gross), 0), func.count(func.distinct(Weighing.member_id)))
    deliveries, gross, people = reader.execute(sums.where(_weighed(place, now))).one()
    few = 0 < people < SMALL
    yield (topic, "D1", "Livraisons des membres", HIDDEN if few else deliveries, "livraisons", since, "pesées et créditées")
    yield (topic, "D2", "Valeur des livraisons", HIDDEN if few else int(gross or 0), "XOF", since, "poids x prix, sans retenue")
    for code, kind, words, how in (
        ("D3", "shares", "Capital: parts libérées", "parts payées par les membres, dans les comptes"),
        ("D4", "savings", "Épargne des membres", "déposée à la CPS"),
        ("D5", "payable", "Dû aux membres", "livraisons créditées et pas encore payées"),
        ("D6", "advance", "Avances aux membres", "prêtées et pas encore rendues"),
    ):
        mine = (Account.cooperative_id == place.id) & (Account.kind == kind) & Account.member_id.is_not(None)
        held = select(func.count(), func.coalesce(func.sum(func.abs(Account.balance)), 0)).where(mine, Account.balance != 0)
        count, total = reader.execute(held).one()
        yield (topic, code, words, HIDDEN if 0 < count < SMALL else int(total), "XOF", None, how)
    fund = select(func.coalesce(-func.sum(Posting.amount), 0)).join(Account, Account.id == Posting.account_id)
    solidarity = reader.scalar(fund.where(Account.cooperative_id == place.id, Account.kind == "solidarity"))
    yield (topic, "D7", "Caisse de solidarité", int(solidarity or 0), "XOF", None, "part des livraisons, et cotisations")


def _weighed(place: Any, now: datetime) -> ColumnElement[bool]:
    since = datetime(now.year, 1, 1, tzinfo=UTC)
    return and_(Weighing.cooperative_id == place.id, Weighing.state == "credited", Weighing.weighed_at >= since)


def _count(reader: Connection, which: ColumnElement[bool]) -> int:
    members = select(func.count()).select_from(Member).outerjoin(MemberProfile, MemberProfile.member_id == Member.id)
    return reader.scalar(members.where(which)) or 0


def _shown(count: int) -> str | int:
    return FEWER if 0 < count < SMALL else count


def _masked(cells: Mapping[str, int]) -> dict[str, str | int]:
    """Hide cells of fewer than SMALL, and where only one would be, the smallest other too: the total would tell it."""
    told = {name: _shown(count) for name, count in cells.items()}
    if sum(value == FEWER for value in told.values()) == 1:
        others = {name: count for name, count in cells.items() if told[name] != FEWER and count}
        if others:
            told[min(others, key=lambda name: others[name])] = HIDDEN
    return told
