"""The columns of each kind of file, as co-operatives call them; exports use the first name of each."""

from datetime import date

from app import sheets
from app.coop.imports.examples import NO_CARD, NO_NAME, NO_PRODUCT
from app.coop.production.weighings import GRADES
from app.sheets import Column

UNSAID = {
    "sex": "sexe",
    "birth": "naissance",
    "address": "adresse",
    "identity": "pièce",
    "contact": "autre numéro",
    "shares_subscribed": "parts souscrites",
    "shares_paid": "parts libérées",
}
"""What may be asked and not told, as the column of what was not told names it."""
EARLIEST = date(2010, 1, 1)
"""What a co-operative's file dates before it is asked about: the act on co-operatives is of that year."""
ANSWER_COLUMNS = (
    Column(field="question", names=("Clé",), reader=sheets.code, required=True),
    Column(field="answer", names=("Réponse",), reader=sheets.text, required=True),
)
"""The columns of a file of questions that its reader needs."""


_BOOK = sheets.Book()


def _too_many(raw: sheets.Raw, book: sheets.Book = _BOOK, /) -> sheets.Reading:
    """Refuse what stood beside the table."""
    told = sheets.text(raw, book)
    if isinstance(told, sheets.NoValue):
        return told
    return sheets.Refuse("Plus de cellules que de colonnes: mettez chacune à sa place, et videz « Cellules en trop ».")


RETURNED = (
    Column(field="extra", names=("Cellules en trop",), reader=_too_many),
    Column(field="mend", names=("À corriger",), reader=sheets.text),
)
"""The columns that a file to be mended has beside its own."""
# Only those of the scales: a price of any other grade would count for nobody.
GRADE = Column(field="grade", names=("Qualité", "Grade", "Choix"), reader=sheets.choice({grade: grade for grade in GRADES}))
PLACE = sheets.choice({str(n): str(n) for n in range(1, 10)})
WHOSE = (
    Column(field="cooperative", names=("CPS", "Coopérative", "Code CPS"), reader=sheets.code, example="CPS1"),
    Column(field="card", names=("Carte", "Numéro de carte"), reader=sheets.card, example=NO_CARD),
    Column(field="first", names=("Prénom", "Prénoms"), reader=sheets.name),
    Column(
        field="name",
        names=("Nom", "Nom complet", "Prénom et nom", "Prénom(s) et NOM", "Nom et prénom", "Membre"),
        reader=sheets.name,
        example=NO_NAME,
    ),
)
"""Whose a row is, in files about members who are there: the card, or the name."""
PHONE = Column(
    field="phone",
    names=(
        *("Téléphone", "Tél", "Portable", "Mobile", "Numéro de téléphone"),
        *("Téléphone 1", "Tél 1", "Contact téléphonique"),
    ),
    reader=sheets.telephone,
    apart=True,
)


def balances(today: date) -> tuple[Column, ...]:
    """Return the columns of a file of balances, in XOF: what members own, and what they owe."""

    def amount(field: str, *names: str, example: int = 0, reader: sheets.Reader = sheets.amount) -> Column:
        return Column(field=field, names=names, reader=reader, summed=True, example=example)

    return (
        *WHOSE,
        PHONE,
        amount("shares", "Parts", "Parts libérées", "Parts sociales", example=10_000, reader=sheets.value),
        amount("savings", "Épargne", "Solde", "Solde épargne", example=12_500),
        amount("payable", "À payer", "Dû au membre", "La CPS doit"),
        amount("advance", "Avance", "Dette", "Doit"),
        amount("leasing", "Crédit-bail", "Leasing"),
        Column(
            field="as_of",
            names=("Arrêté le", "Soldes au"),
            reader=sheets.day(today, earliest=EARLIEST),
            note="Le jour que disent ces soldes.",
        ),
    )


def prices(today: date) -> tuple[Column, ...]:
    """Return the columns of a file of prices, in XOF a unit."""
    return (
        WHOSE[0],
        Column(field="product", names=("Produit", "Article", "Espèce"), reader=sheets.text, example=NO_PRODUCT, required=True),
        GRADE,
        Column(field="unit", names=("Unité",), reader=sheets.unit, example="kg"),
        Column(field="price", names=("Prix", "Prix unitaire", "Tarif"), reader=sheets.value, example=4321, required=True),
        Column(field="since", names=("Depuis", "Date"), reader=sheets.instant(today), note="Vide: dès l'import."),
    )


def deliveries(today: date) -> tuple[Column, ...]:
    """Return the columns of a file of deliveries of before; amounts are told, not posted."""
    return (
        Column(field="order", names=("N°", "Numéro", "Ligne"), reader=sheets.code, example="1"),
        *WHOSE,
        PHONE,
        Column(
            field="day",
            names=("Jour", "Date", "Livré le"),
            reader=sheets.day(today, earliest=EARLIEST),
            example=today,
            required=True,
        ),
        Column(field="product", names=("Produit", "Article", "Espèce"), reader=sheets.text, example=NO_PRODUCT, required=True),
        Column(field="quantity", names=("Quantité", "Poids", "Qté"), reader=sheets.quantity, example=12.5, required=True),
        Column(field="unit", names=("Unité",), reader=sheets.unit, example="kg"),
        GRADE,
        Column(field="price", names=("Prix", "Prix unitaire"), reader=sheets.value),
        Column(field="gross", names=("Montant", "Valeur"), reader=sheets.value, summed=True),
        Column(field="share", names=("Solidarité",), reader=sheets.value, summed=True),
        Column(field="repaid", names=("Remboursé", "Retenue"), reader=sheets.value, summed=True),
        Column(field="reference", names=("Référence", "Réf"), reader=sheets.code),
    )


def members(today: date) -> tuple[Column, ...]:
    """Return the columns of a register of members. A name in two columns is put together: first names, then the family's."""
    return (
        Column(field="cooperative", names=("CPS", "Coopérative", "Code CPS"), reader=sheets.code, example="CPS1"),
        Column(field="card", names=("Carte", "Numéro de carte"), reader=sheets.card, note="Vide pour un nouveau membre."),
        Column(field="order", names=("N°", "Numéro", "Matricule", "Id"), reader=sheets.code, example="1"),
        Column(field="first", names=("Prénom", "Prénoms"), reader=sheets.name, example=""),
        Column(
            field="name",
            names=("Nom", "Nom complet", "Prénom et nom", "Prénom(s) et NOM", "Nom et prénom", "Membre"),
            reader=sheets.name,
            example=NO_NAME,
            required=True,
        ),
        Column(
            field="phone",
            names=PHONE.names,
            reader=sheets.telephone,
            example="771234567",
            apart=True,
        ),
        Column(field="place", names=("Place",), reader=PLACE, example="1"),
        Column(field="phone2", names=("Téléphone 2", "Deuxième téléphone"), reader=sheets.telephone),
        Column(field="place2", names=("Place 2",), reader=PLACE),
        Column(field="sex", names=("Sexe", "Genre"), reader=sheets.sex, example="F"),
        Column(
            field="birth",
            names=("Né(e) le", "Date de naissance", "Naissance", "Date naiss."),
            reader=sheets.birth(today),
            apart=True,
        ),
        Column(field="address", names=("Adresse", "Quartier", "Village"), reader=sheets.text, example="Santhie 2"),
        Column(field="identity", names=("N° CNI", "CNI", "Pièce d'identité"), reader=sheets.code, apart=True),
        Column(field="joined", names=("Membre depuis", "Date d'adhésion"), reader=sheets.day(today, earliest=EARLIEST)),
        Column(field="shares_subscribed", names=("Parts souscrites",), reader=sheets.value, summed=True),
        Column(field="shares_paid", names=("Parts libérées", "Parts", "Parts payées"), reader=sheets.value, summed=True),
        Column(field="contact", names=("Autre numéro",), reader=sheets.telephone),
        Column(
            field="state",
            names=("État",),
            reader=sheets.choice({"membre": "pending", "bloqué": "blocked", "parti": "departed", "partie": "departed"}),
        ),
        Column(field="unsaid", names=("Pas dit", "Non dit"), reader=sheets.text, note="Ce qui a été demandé et n'est pas dit."),
        Column(field="left", names=("Parti le",), reader=sheets.day(today)),
        Column(field="language", names=("Langue",), reader=sheets.code, example="fr", note="fr, wo …"),
    )
