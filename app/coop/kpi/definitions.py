"""Every figure, declared once: what it counts, of what, in which unit, and where it is read. Rendered as docs/figures.md."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.coop.imports.profiles import YOUNG
from app.coop.kpi import boutiques, courses, economy, messages, people
from app.coop.kpi.cells import FigureReader

FORMS = {
    "SCOOPS": "société coopérative simplifiée",
    "COOP-CA": "société coopérative avec conseil d'administration",
    "GIE": "groupement d'intérêt économique",
    "AER": "association entreprenante responsable",
}
Dimension = Literal["sex", "age", "filiere", "form"]
PARTS: dict[Dimension, dict[str, str]] = {
    "sex": {"F": "Femmes", "M": "Hommes", "-": "Sexe non dit"},
    "age": {"young": f"Jeunes, de {YOUNG[0]} à {YOUNG[1]} ans", "older": "Autres âges", "-": "Âge non dit"},
    "filiere": {"-": "Filière non dite"},
    "form": FORMS,
}
"""What each part is called; filières have their own names beside."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure. With a denominator its value is `scale` times numerator by denominator, else `scale` times numerator.

    `persons` says who is behind it, where that must not be told of few (see docs/adr/0057). One that is a `stock` is as of the
    month's end; the others are of the month. Figures of one `family` hide the same co-operatives: one would tell another.
    """

    name: str
    topic: str
    title: str
    unit: str
    numerator: str
    denominator: str = ""
    scale: Fraction = Fraction(1)
    digits: int = 0
    by: tuple[Dimension, ...] = ()
    stock: bool = False
    persons: str = ""
    family: str = ""
    read: FigureReader
    source: str

    def value(self, numerator: int, denominator: int) -> Decimal | None:
        """Return the value as it is shown; None where there is nothing to divide by."""
        if self.denominator and not denominator:
            return None
        found = self.scale * numerator / (denominator if self.denominator else 1)
        step = 10**self.digits
        return Decimal(round(Fraction(found * step))) / Decimal(step)

    @property
    def counts_persons(self) -> bool:
        """Tell whether the number itself is one of persons."""
        return self.unit == "personnes"


ILO = A, B, C, D = "Coopératives", "Membres", "Travail généré", "Contribution économique"
SMS, SHOPS, COURSES = "SMS", "Boutiques", "Formations"
PERCENT, GRAMS_IN_TONNES = Fraction(100), Fraction(1, 1_000_000)
_MEMBERS, _BOOKS = "members, member_profiles", "accounts, postings, journal_entries"
_DELIVERIES = "weighings, declarations, products, measures; sans les livraisons annulées dans les comptes"

_GIVERS = "membres qui ont livré"

FIGURES = (
    Figure(
        name="cooperatives", topic=A, title="Coopératives", unit="CPS", stock=True, by=("form",),
        numerator="CPS créées avant la fin du mois; coopératives de producteurs (OIT, groupe 1)",
        read=people.cooperatives, source="cooperatives",
    ),
    Figure(
        name="members", topic=B, title="Membres", unit="personnes", stock=True, by=("sex", "age"),
        numerator="membres inscrits et pas partis à la fin du mois", persons="eux-mêmes",
        read=people.members, source=_MEMBERS,
    ),
    Figure(
        name="active", topic=B, title="Membres actifs", unit="personnes", stock=True, by=("sex", "age"),
        numerator=f"membres avec une écriture ou une déclaration dans les {people.ACTIVE_DAYS} jours avant la fin du mois",
        persons="eux-mêmes, et les autres membres", read=people.members, source=f"{_MEMBERS}, journal_entries, declarations",
    ),
    Figure(
        name="producers", topic=C, title="Membres qui ont livré", unit="personnes", by=("sex", "age"),
        numerator="producteurs membres au travail pour la CPS: au moins une livraison créditée, pesée dans le mois",
        persons="eux-mêmes, et les autres membres", family="deliveries",
        read=people.members, source=f"{_MEMBERS}, weighings, journal_entries",
    ),
    Figure(
        name="run_hours", topic=C, title="Heures de transformation", unit="heures", scale=Fraction(1, 60), digits=1,
        numerator="minutes des transformations fois le nombre de personnes, où elles sont notées, au mois où elles le sont",
        read=boutiques.boutiques, source="lot_events, run_works",
    ),
    Figure(
        name="deliveries", topic=D, title="Livraisons", unit="livraisons",
        numerator="livraisons créditées, pesées dans le mois", persons=_GIVERS, family="deliveries",
        read=economy.deliveries, source=_DELIVERIES,
    ),
    Figure(
        name="worth", topic=D, title="Valeur des livraisons", unit="XOF",
        numerator="poids fois prix des livraisons, sans retenue", persons=_GIVERS, family="deliveries",
        read=economy.deliveries, source=_DELIVERIES,
    ),
    Figure(
        name="tonnes", topic=D, title="Production livrée", unit="tonnes", scale=GRAMS_IN_TONNES, digits=3, by=("filiere",),
        numerator="masse des livraisons, en grammes; ce qui n'est que compté (caisses sans poids connu) n'en est pas",
        persons=_GIVERS, family="deliveries",
        read=economy.deliveries, source=_DELIVERIES,
    ),
    Figure(
        name="price", topic=D, title="Prix payé au kilo", unit="XOF/kg", scale=Fraction(1000), by=("filiere",),
        numerator="valeur des livraisons qui ont une masse", denominator="leur masse, en grammes", persons=_GIVERS,
        family="deliveries", read=economy.deliveries, source=_DELIVERIES,
    ),
    Figure(
        name="to_fund", topic=D, title="Retenu pour la caisse de solidarité", unit="%", scale=PERCENT, digits=1,
        numerator="part des livraisons pour la caisse", denominator="valeur des livraisons", persons=_GIVERS,
        family="deliveries", read=economy.deliveries, source=_DELIVERIES,
    ),
    Figure(
        name="to_advances", topic=D, title="Retenu pour les avances", unit="%", scale=PERCENT, digits=1,
        numerator="rendu des avances sur les livraisons", denominator="valeur des livraisons", persons=_GIVERS,
        family="deliveries", read=economy.deliveries, source=_DELIVERIES,
    ),
    Figure(
        name="days", topic=D, title="Jours jusqu'au paiement", unit="jours", digits=1,
        numerator="jours entiers entre la pesée et la parole du membre qu'il a l'argent",
        denominator="livraisons payées dans le mois", persons="membres payés", read=economy.waits,
        source="payments, payment_lines, weighings",
    ),
    *(
        Figure(
            name=name, topic=D, title=title, unit="XOF", stock=True, numerator=words,
            persons="membres dont le compte n'est pas vide", read=economy.stocks, source=_BOOKS,
        )
        for name, title, words in (
            ("shares", "Capital: parts libérées", "parts payées par les membres"),
            ("savings", "Épargne des membres", "déposée à la CPS"),
            ("payable", "Dû aux membres", "livraisons créditées et pas encore payées"),
            ("advance", "Avances aux membres", "prêtées et pas encore rendues"),
            ("leasing", "Matériel en location-vente", "pas encore payé par les membres"),
        )
    ),
    Figure(
        name="fund_in", topic=D, title="Entré dans la caisse de solidarité", unit="XOF",
        numerator="parts des livraisons et dons du mois, moins ce qui en est annulé", persons="membres dont les livraisons y vont",
        family="deliveries", read=economy.fund, source=_BOOKS,
    ),
    Figure(
        name="fund_out", topic=D, title="Sorti de la caisse de solidarité", unit="XOF",
        numerator="aides remises dans le mois, moins ce qui en est annulé", persons="membres aidés", read=economy.fund,
        source=f"{_BOOKS}, payouts",
    ),
    Figure(
        name="sms", topic=SMS, title="SMS", unit="messages", numerator="messages écrits dans le mois, partis ou non",
        read=messages.of_month, source="sms_messages",
    ),
    Figure(
        name="sms_parts", topic=SMS, title="Parties de SMS", unit="parties", numerator="parties des messages partis",
        read=messages.of_month, source="sms_messages",
    ),
    Figure(
        name="sms_cost", topic=SMS, title="Coût des SMS", unit="XOF", scale=Fraction(1, 100),
        numerator="centimes: ce qu'a dit l'opérateur, sinon notre estimation", read=messages.of_month, source="sms_messages",
    ),
    Figure(
        name="ideas", topic=SHOPS, title="Idées proposées", unit="idées", numerator="idées des membres, proposées dans le mois",
        read=boutiques.boutiques, source="ideas",
    ),
    Figure(
        name="filieres", topic=SHOPS, title="Idées devenues filières", unit="%", scale=PERCENT,
        numerator="idées acceptées", denominator="idées décidées dans le mois", read=boutiques.boutiques, source="ideas",
    ),
    Figure(
        name="machine_days", topic=SHOPS, title="Journées de matériel", unit="jours", scale=Fraction(1, 2), digits=1,
        numerator="demi-journées du matériel de la CPS remises dans le mois", read=boutiques.boutiques, source="bookings",
    ),
    Figure(
        name="tonnes_in", topic=SHOPS, title="Entré dans les lots", unit="tonnes", scale=GRAMS_IN_TONNES, digits=3,
        numerator="grammes: livraisons moins les annulées, et achats", persons="membres dont les livraisons y sont",
        family="deliveries", read=boutiques.boutiques, source="lot_events, lot_deliveries",
    ),
    Figure(
        name="tonnes_out", topic=SHOPS, title="Vendu des lots", unit="tonnes", scale=GRAMS_IN_TONNES, digits=3,
        numerator="grammes: ventes moins les remboursées", read=boutiques.boutiques, source="lot_events",
    ),
    Figure(
        name="yield", topic=SHOPS, title="Rendement", unit="%", scale=PERCENT,
        numerator="grammes sortis des transformations du mois", denominator="grammes entrés", read=boutiques.boutiques,
        source="lot_events, lot_moves",
    ),
    Figure(
        name="sales", topic=SHOPS, title="Ventes", unit="XOF", numerator="ventes et livraisons du mois, sans les remboursées",
        read=boutiques.boutiques, source="orders",
    ),
    Figure(
        name="to_producers", topic=SHOPS, title="Part du prix aux producteurs", unit="%", scale=PERCENT,
        numerator="ce qui est allé aux producteurs, des lots vendus dans le mois", denominator="leur prix (docs/chain.md)",
        read=boutiques.boutiques, source="orders, offered_lots, lots",
    ),
    Figure(
        name="seats", topic=COURSES, title="Places", unit="places", numerator="places des formations qui commencent dans le mois",
        read=courses.courses, source="trainings",
    ),
    Figure(
        name="applicants", topic=COURSES, title="Candidatures", unit="personnes", by=("sex", "age", "filiere"),
        numerator="candidatures du mois; sexe et filière sont ceux des membres", persons="eux-mêmes",
        read=courses.courses, source="training_applications, member_profiles",
    ),
    Figure(
        name="certified", topic=COURSES, title="Attestations", unit="personnes", by=("sex", "age", "filiere"),
        numerator="attestations données dans le mois", persons="eux-mêmes",
        read=courses.courses, source="certificates, training_applications, member_profiles",
    ),
    *(
        Figure(
            name=f"placed_{months}", topic=COURSES, title=f"En emploi après {months} mois", unit="%", scale=PERCENT,
            by=("sex", "age", "filiere"), numerator="disent qu'ils travaillent",
            denominator=f"personnes attestées à qui on l'a demandé dans le mois, {months} mois après",
            persons="ceux qui travaillent, et les autres", read=courses.courses,
            source="placement_questions, training_applications, member_profiles",
        )
        for months in (3, 6)
    ),
)  # fmt: skip
BY_NAME = {figure.name: figure for figure in FIGURES}
TOPICS = tuple(dict.fromkeys(figure.topic for figure in FIGURES))


def part_title(part: str, filieres: dict[str, str] | None = None) -> str:
    """Return what a part is called: `sex:F` is *Femmes*; "" is all."""
    names = {f"{dimension}:{key}": title for dimension, titles in PARTS.items() for key, title in titles.items()}
    return names.get(part) or (filieres or {}).get(part.removeprefix("filiere:"), part.removeprefix("filiere:")) or "Total"


def page() -> str:
    """Return docs/figures.md."""
    lines = [
        "# Figures",
        "",
        "What `jappoo report kpi` writes and the console's page *Chiffres* shows, a month at a time; `jappoo report definitions`",
        "writes this page from `app/coop/kpi/definitions.py`. The first four sets are those of the ILO's guidelines on statistics",
        "of co-operatives (2018). What is hidden, and why: [ADR 0057](adr/0057-what-is-published-is-all-that-is-kept.md).",
    ]
    for topic in TOPICS:
        lines += ["", f"## {topic}", "", "| figure | unit | numerator | denominator | by | persons behind | read from |"]
        lines += ["|---|---|---|---|---|---|---|"]
        for one in (figure for figure in FIGURES if figure.topic == topic):
            when = " (as of the month's end)" if one.stock else ""
            cells = (f"`{one.name}` {one.title}{when}", one.unit, one.numerator, one.denominator, ", ".join(one.by), one.persons)
            lines.append(f"| {' | '.join((*cells, f'{one.source}; `{one.read.__module__}.{one.read.__name__}`'))} |")
    return "\n".join([*lines, ""])
