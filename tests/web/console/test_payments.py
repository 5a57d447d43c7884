"""Weighing lists and batches are read; a batch's file goes out to the operator, and its references come in once."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select, update

from app.coop.cooperatives.models import Cooperative
from app.coop.offices.models import OfficerAct, Role
from app.coop.payments.models import Payment, PaymentExport
from app.coop.production import weighing_lookup, weighings
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations, sample_deliveries
from tests.acts import by
from tests.web.console.test_pages import inside, plain, rows


@pytest.fixture
def paying(database, app, clock):  # noqa: ARG001 - it makes the village
    """Give two women a batch of mobile money."""
    sample_declarations.treasurer(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 2), clock())
    sample_deliveries.batch(database, clock(), way="mobile")
    return database


def reference(database, payment=1):
    with database.read() as reader:
        return reader.scalar(select(Payment.reference).where(Payment.id == payment))


def upload(officer, body, name="references.csv"):
    return officer.send("/uploads/references", file=(BytesIO(body), name))


def test_weighings_are_listed_and_open_lists_stand_first(officer, paying, clock):
    told = sample_declarations.declared(paying, [201], clock(), quantity="5", product=3)
    with paying.transaction() as session:
        lies = weighing_lookup.by_reference(session, 1, told[0], clock().year)
        weighed = {"weight": lies.declared, "grade": None, "weighed_at": clock()}
        weighings.note(session, by(sample_declarations.CLERK, "note", clock()), lies, **weighed)
    secretary = inside(officer, sample_declarations.SECRETARY)
    assert "1 pesée à confirmer" in plain(secretary.page)
    assert "2 paiements à remettre" in plain(secretary.page)
    secretary.get("/weighings")
    assert rows(secretary.page, "open-lists") == ["CPS1 Responsable 101 1 24/11 à 10:00"]
    found = rows(secretary.page, "weighings")
    assert [row.rsplit(" ", 3)[-2:] for row in found]
    assert "pas confirmée" in found[0]
    assert "créditée" in found[1]
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/weighings?cps=1")
    assert len(rows(federation.page, "weighings")) == 3


def test_a_batch_goes_out_and_each_time_is_written_down(officer, paying):
    treasurer = inside(officer, sample_declarations.TREASURER)
    treasurer.get("/payments")
    assert rows(treasurer.page, "batches")[0].startswith("Lot 1 24/11 à 10:00 CPS1, Responsable 104 par téléphone")
    treasurer.get("/payments/1")
    answer = treasurer.send("/payments/1/file")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lot-1.csv"'
    assert f"{reference(paying)},C00201,Femme 201,+221770000201," in treasurer.page
    treasurer.get("/payments/1")
    assert "Ce lot est déjà sorti : 24/11 à 10:00." in plain(treasurer.page)
    with paying.read() as reader:
        assert reader.scalars(select(PaymentExport.by)).all() == ["console treasurer 104"]
        assert reader.scalars(select(OfficerAct.act).where(OfficerAct.about == "batch:1", OfficerAct.channel == "web")).all() == [
            "batch file out"
        ]


def test_references_come_in_after_a_forecast_and_twice_is_the_same(officer, paying):
    treasurer = inside(officer, sample_declarations.TREASURER)
    treasurer.get("/payments")
    lines = f"{reference(paying)};OM1234;SUCCESS\n{reference(paying, 2)};OM1234;SUCCESS\n"
    upload(treasurer, f"référence;référence opérateur;statut\n{lines}".encode())
    assert "Rien n'est encore pris. 1 à prendre, 0 déjà là, 1 refusée." in plain(treasurer.page)
    assert "cette référence de l'opérateur est déjà à un autre paiement" in plain(treasurer.page)
    with paying.read() as reader:
        assert set(reader.scalars(select(Payment.state))) == {"open"}
    [kept] = re.findall(r'name="lines" value="([^"]+)"', treasurer.page)
    kept = kept.replace("&#34;", '"')
    treasurer.send("/uploads/references/take", lines=kept)
    assert "C'est fait. 1 prise, 0 déjà là, 1 refusée." in plain(treasurer.page)
    treasurer.get("/payments")
    treasurer.send("/uploads/references/take", lines=kept)
    assert "C'est fait. 0 prise, 1 déjà là, 1 refusée." in plain(treasurer.page)
    with paying.read() as reader:
        assert reader.execute(select(Payment.state, Payment.provider_reference).order_by(Payment.id)).all() == [
            ("handed_over", "OM1234"),
            ("open", None),
        ]
        assert len(reader.scalars(select(Message.id).where(Message.cause.like("payment:%:handed"))).all()) == 1


def test_a_payment_that_the_operator_says_failed_is_not_taken(officer, paying):
    treasurer = inside(officer, sample_declarations.TREASURER)
    treasurer.get("/payments")
    upload(
        treasurer,
        f"reference;operator_reference;status\n{reference(paying)};OM1234;FAILED\n{reference(paying, 2)};OM2;OK\n".encode(),
    )
    assert "l'opérateur ne dit pas que c'est payé" in plain(treasurer.page)
    [kept] = re.findall(r'name="lines" value="([^"]+)"', treasurer.page)
    treasurer.send("/uploads/references/take", lines=kept.replace("&#34;", '"'))
    assert "C'est fait. 1 prise, 0 déjà là, 1 refusée." in plain(treasurer.page)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "Choisissez le fichier"),
        (b"\x00\x01\x02" * 50, ""),
        (b"nom;prix\nAwa;12\n", ""),
        (b"reference;operator_reference\n", "Aucune ligne sous les noms des colonnes"),
    ],
)
@pytest.mark.usefixtures("paying")
def test_a_wrong_file_is_one_sentence(officer, body, says):
    treasurer = inside(officer, sample_declarations.TREASURER)
    treasurer.get("/payments")
    assert upload(treasurer, body).status_code == 200
    assert says in treasurer.page
    assert 'role="status"' in treasurer.page
    treasurer.get("/payments")
    assert treasurer.send("/uploads/references/take", lines="[[1,{}]]").status_code == 200
    assert "Ce formulaire n&#39;est pas entier" in treasurer.page


@pytest.mark.usefixtures("paying")
def test_who_does_not_pay_takes_no_file(officer):
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/payments/1")
    assert "Prendre le fichier" not in secretary.page
    assert secretary.send("/payments/1/file").status_code == 403
    secretary.get()
    assert upload(secretary, b"reference;operator_reference\n").status_code == 403


def test_who_pays_elsewhere_takes_no_file_and_asks_for_no_reversal(officer, paying):
    with paying.transaction() as session:
        place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mbour", **place))
        session.flush()
        session.execute(update(Role).where(Role.person_id == 104).values(cooperative_id=2))
    elsewhere = inside(officer, sample_declarations.TREASURER)
    assert elsewhere.send("/payments/1/file").status_code == 404
    elsewhere.get()
    elsewhere.send("/ledger/1/reverse")
    assert "Rien n&#39;est demandé." in elsewhere.page
    with paying.read() as reader:
        assert reader.scalar(select(PaymentExport.id)) is None
