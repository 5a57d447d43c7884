"""Each command that takes --cooperative touches that one's things alone, and knows its code however it is written."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.coop.access.models import Activation
from app.coop.cooperatives.models import Cooperative
from app.coop.models import Base
from app.coop.offices.models import Role
from app.coop.subjects import SUBJECTS
from tests import incoming_sms, sample_cooperative, sample_declarations, sample_deliveries
from tests.cli.test_main import ALL

SOON = datetime.now(UTC).date() + timedelta(days=30)
ANOTHERS = {
    ("admin", "add"): ("C00001 --role delegate", 1, "inconnue"),
    ("admin", "revoke"): ("C00101 --role secretary", 1, "inconnue"),
    ("member", "cards"): ("--renew", 0, "0 cards"),
    ("member", "find"): ("awa --json", 0, "[]"),
    ("paper", "weighings"): ("--output {pdf}", 0, ""),
    ("paper", "members"): ("--output {pdf}", 0, ""),
    ("paper", "shares"): ("--output {pdf}", 0, ""),
    ("sms", "inbox"): ("", 0, ""),
    ("equipment", "list"): ("", 0, ""),
    ("offer", "list"): ("", 0, ""),
    ("offer", "due"): ("", 0, ""),
    ("training", "add"): (f"Couture --place Joal --starts {SOON} --seats 2", 0, ""),
    ("lot", "list"): ("", 0, ""),
    ("import", "payments"): ("{file}", 1, "refused"),
    ("import", "members"): ("{register}", 1, "est d'une autre CPS"),
    ("import", "balances"): ("{balances}", 1, "n'est pas à CPS2"),
    ("import", "deliveries"): ("{deliveries}", 1, "n'est pas à CPS2"),
    ("import", "prices"): ("{prices}", 1, "n'est pas un produit d'ici"),
    ("report", "kpi"): ("--month 2026-10 --format json", 0, "CPS2"),
    ("export", "ministry"): ("--format json", 0, "CPS2"),
    **{("export", kind): ("--format json", 0, "[\n]") for kind in ("members", "balances", "prices", "deliveries", "movements")},
    ("export", "everything"): ("--format json --output {zip}", 0, ""),
}
"""Each command, with what is CPS1's, as it is tried for CPS2: how it ends and what it says."""


@pytest.fixture
def houses(sqlite_database, clock, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    assert SUBJECTS, "hand-overs are declared by the manifests"
    sample_declarations.staffed(sqlite_database)
    sample_deliveries.credited(sqlite_database, sample_declarations.women(sqlite_database, 1), clock())
    sample_deliveries.batch(sqlite_database, clock(), way="mobile")
    with sqlite_database.transaction() as session:
        place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mbour", **place))
        incoming_sms.letter(session, "Qui vient ?", sample_cooperative.AWA, clock())
        reference = session.scalar(select(Base.metadata.tables["payments"].c.reference))
    file = tmp_path / "references.csv"
    file.write_text(f"reference,operator_reference\n{reference},OM-1\n")
    sheets = {
        "register": "Carte;Nom\nC00001;Awa 1\n",
        "balances": "Carte;Épargne\nC00003;1000\n",
        "deliveries": "Carte;Jour;Produit;Quantité\nC00003;01/01/2025;Thiof;12\n",
        "prices": "Produit;Prix\nThiof;1000\n",
    }
    files = {name: tmp_path / f"{name}.csv" for name in sheets}
    for name, text in sheets.items():
        files[name].write_text(text, "utf-8")
    return sqlite_database, {
        name: str(at) for name, at in (files | {"file": file, "zip": tmp_path / "tout.zip", "pdf": tmp_path / "out.pdf"}).items()
    }


def state(database):
    with database.read() as reader:
        tables = (Activation.__table__, Role.__table__, Base.metadata.tables["payments"], Base.metadata.tables["sms_messages"])
        return [list(reader.execute(select(table).order_by(*table.primary_key))) for table in tables]


def test_every_command_of_a_co_operative_is_tried():
    assert {path for path, command in ALL.items() if any("--cooperative" in one.opts for one in command.params)} == set(ANOTHERS)


@pytest.mark.parametrize("command", ANOTHERS, ids=" ".join)
def test_a_command_for_one_co_operative_leaves_the_other_alone(run, houses, command):
    (database, files), (given, code, says) = houses, ANOTHERS[command]
    before = state(database)
    done = run(*command, *given.format(**files).split(), "--cooperative", "CPS2")
    assert (done.code, says in done.out + done.err) == (code, True)
    assert "C00004" not in done.out
    assert "Qui vient" not in done.out
    assert state(database) == before


@pytest.mark.parametrize("command", ANOTHERS, ids=" ".join)
def test_a_code_is_known_in_small_letters_and_an_unknown_one_said(run, houses, command):
    _, files = houses
    given = ANOTHERS[command][0].format(**files).split()
    assert run(*command, *given, "--cooperative", "cps1").code == 0
    # A script's variable that is empty names nobody, and never the federation.
    for code, said in (("cps9", " cps9"), ("", "")):
        unknown = run(*command, *given, "--cooperative", code)
        assert unknown.code == 1
        assert unknown.err in (f"jappoo: no co-operative has the code{said}\n", f"jappoo: aucune CPS n'a le code{said}\n")
