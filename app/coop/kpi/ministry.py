"""What a co-operative tells the ministry's register: the ILO's four sets, as they are published of its last month.

The guidelines (20th conference of labour statisticians, 2018) know four sets: co-operatives, members, work generated, economic
contribution. Each number is the one that its officers, CARE and anybody else read.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.imports.models import MemberProfile
from app.coop.kpi import queries
from app.coop.kpi.definitions import FORMS, ILO, part_title
from app.coop.members.models import Member
from app.coop.offices.models import Role
from app.coop.offices.queries import in_term
from app.coop.scope import Scope
from app.db.rows import total

HIDDEN = "non publié"
COLUMNS = ("CPS", "Ensemble", "Code", "Indicateur", "Valeur", "Unité", "Du", "Au", "Définition")
Line = tuple[str, str, str, str | int, str, date | None, date, str]
"""Set, code, what is told, its value, unit, first day (None: as it stands), last day, how it is counted."""


def ministry(reader: Connection, scope: Scope, now: datetime) -> tuple[tuple[str, ...], Iterator[Sequence[Any]]]:
    """Return what each co-operative in reach is, today, and the figures of the last month that is published."""
    return COLUMNS, _rows(reader, scope, now)


def _rows(reader: Connection, scope: Scope, now: datetime) -> Iterator[Sequence[Any]]:
    places = select(Cooperative.id, Cooperative.code, Cooperative.name, Cooperative.legal_form, Cooperative.created_at)
    places = places.add_columns(Commune.name.label("commune"), Filiere.name.label("trade")).join(Commune).join(Filiere)
    months, trades = queries.months(reader, most=1), queries.filieres(reader)
    for place in reader.execute(places.where(scope.reach(Cooperative.id)).order_by(Cooperative.code)).all():
        lines = [*_cooperative(reader, place, now), *(_figures(reader, months[0], place.code, trades) if months else ())]
        for topic, code, told, value, unit, since, until, how in lines:
            yield (place.code, topic, code, told, str(value), unit, since, until, how)


def _cooperative(reader: Connection, place: Any, now: datetime) -> Iterator[Line]:
    held = select(func.count(Role.person_id.distinct())).where(Role.cooperative_id == place.id, in_term(now.date()))
    women = held.join(Member, Member.person_id == Role.person_id).join(MemberProfile, MemberProfile.member_id == Member.id)
    women = women.where(MemberProfile.sex == "F")
    for code, told, value, how in (
        ("A1", "Dénomination", place.name, "nom de la CPS"),
        ("A2", "Type de coopérative", "coopérative de producteurs", "par l'intérêt principal des membres: OIT, groupe 1"),
        ("A3", "Forme juridique", FORMS[place.legal_form], "celle que la CPS a choisie; SCOOPS et COOP-CA: acte uniforme OHADA"),
        ("A4", "Activité", place.trade, "filière de la CPS"),
        ("A5", "Siège", f"{place.commune}, département de Mbour", "commune"),
        ("A6", "Début de la tenue des comptes", f"{place.created_at:%d/%m/%Y}", "premier jour dans Jappoo"),
        ("A7", "Responsables", total(reader, held), "présidence, trésorerie, secrétariat, délégués"),
        ("A8", "Femmes responsables", total(reader, women), "charges publiques: comptées sans seuil"),
        ("A9", "Salariés et autres travailleurs", "non connu", "Jappoo ne tient pas la paie"),
    ):
        yield ("Coopératives", code, told, value, "", None, now.date(), how)


def _figures(reader: Connection, month: queries.PublishedMonth, code: str, trades: dict[str, str]) -> Iterator[Line]:
    last = month.month.next - timedelta(days=1)
    for one in queries.told(reader, month, queries.Place(code)):
        figure = one.figure
        if figure.topic in ILO[1:]:
            named = f"{figure.title}: {part_title(one.part, trades)}" if one.part else figure.title
            value = HIDDEN if one.state == "hidden" else "" if one.value is None else f"{one.value.normalize():f}"
            how = " / ".join(filter(None, (figure.numerator, figure.denominator)))
            since = None if figure.stock else month.month.first
            yield (figure.topic, f"{figure.name} {one.part}".strip(), named, value, figure.unit, since, last, how)
