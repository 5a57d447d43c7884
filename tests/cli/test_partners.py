"""`jappoo training centre`, `jappoo job company`, `jappoo admin … --partner`; the company's choice goes out and in as a file."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import app.coop.subjects  # noqa: F401 - declares what the box holds
from app.coop.offices.models import OperatorAct
from app.coop.training import ages, applications, choices
from app.coop.training.models import TrainingApplication
from app.sheets import write_table
from tests import sample_declarations
from tests.acts import own

TODAY = datetime.now(UTC).date()
ENDS, STARTS = str(TODAY + timedelta(days=400)), str(TODAY + timedelta(days=20))


@pytest.fixture
def course(sqlite_database, run):
    """A PF2E course of two seats at a centre, chosen by a company, for which six apply."""
    sample_declarations.staffed(sqlite_database)
    sample_declarations.women(sqlite_database, 6)
    run("training", "centre", "add", "CFP Mbour", "--contact", "Mme Sow", "--until", ENDS, "--places", "40")
    run("job", "company", "add", "SIRN", "--contact", "M. Fall", "--phone", "77 111 22 33", "--until", ENDS, "--places", "40")
    whose = ("--centre", "1", "--company", "2", "--company-chooses")
    done = run("training", "add", "Soudure", "--kind", "pf2e", "--place", "Mbour", "--starts", STARTS, "--seats", "2", *whose)
    number = int(done.out.split()[1].rstrip(":"))
    with sqlite_database.transaction() as session:
        for member in range(201, 207):
            act = own(member, f"apply:{member}", datetime.now(UTC), phone=f"+22177{member:07d}")
            applications.apply(session, act, number, applications.ApplicantTold(ages.Birth(2004)))
    return number


@pytest.mark.usefixtures("course")
def test_agreements_are_written_changed_and_listed(run):
    [centre] = json.loads(run("training", "centre", "list", "--json").out)
    [firm] = json.loads(run("job", "company", "list", "--json").out)
    assert (centre["name"], firm["phone"], firm["places"]) == ("CFP Mbour", "+221771112233", 40)
    assert run("training", "centre", "set", "1", "--places", "60").code == 0
    assert run("training", "centre", "set", "9", "--places", "60").code == 1
    for bad in ("0", "-1"):
        done = run("job", "company", "add", "ARM", "--contact", "M. Ba", "--until", ENDS, f"--places={bad}")
        assert (done.code, "places" in done.err) == (1, True)


@pytest.mark.usefixtures("course")
def test_who_acts_for_a_partner_is_appointed_listed_and_revoked(run):
    new = ("+221780000009", "--role", "entreprise", "--partner", "2", "--name", "Fatou Sarr")
    assert "activation" in run("admin", "add", *new).out
    assert json.loads(run("admin", "list", "--json").out)[-1]["partner"] == "SIRN"
    assert run("admin", "renew", "+221780000009").code == 0
    assert run("admin", "revoke", *new[:5]).out == "ended\n"
    for wrong in (new[:3], (*new[:1], "--role", "secretary", "--partner", "2"), (*new[:5], "--cooperative", "CPS1")):
        assert run("admin", "add", *wrong).code == 2
    assert "pas de convention de centre" in run("admin", "add", "+221780000009", "--role", "centre", "--partner", "2").err


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_choice_goes_out_and_in_as_a_file_and_is_written_down(course, run, sqlite_database, tmp_path, form):
    path = tmp_path / f"soudure.{form}"
    assert "6 applicants" in run("training", "applicants", str(course), "--output", str(path)).out
    with sqlite_database.session() as session:
        rows = choices.list_for_company(session, course)
    assert [row[1] for row in rows] == [f"Femme {member}" for member in range(201, 207)]
    assert {row[3] for row in rows} == {"Joal-Fadiouth"}
    back = [(*row[:-1], "Oui" if row[1] in ("Femme 202", "Femme 205") else "") for row in rows]
    write_table(path, choices.HEADER, back, form=form)
    assert "2 chosen" in run("training", "choose", str(course), "--file", str(path), "--last").out
    assert "0 chosen" in run("training", "choose", str(course), "--file", str(path)).out
    with sqlite_database.read() as reader:
        states = reader.execute(select(TrainingApplication.member_id, TrainingApplication.state)).all()
        noted = reader.scalars(select(OperatorAct.command).order_by(OperatorAct.id)).all()
    assert {member for member, state in states if state == "seated"} == {202, 205}
    assert sum(state == "declined" for _, state in states) == 4
    assert noted[-3:] == ["training applicants", "training choose", "training choose"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Dossier;Choisi\n1;peut-être\n", "Ligne 2"),
        ("Dossier;Choisi\nAwa;oui\n", "Ligne 2"),
        ("Nom;Age\nAwa;20\n", "colonnes"),
        ("Dossier;Choisi\n1;oui\n2;oui\n3;oui\n", "2 seats left"),
        ("Dossier;Choisi\n999;oui\n", "nothing is changed"),
    ],
)
def test_a_bad_list_changes_nothing_and_says_why(course, run, sqlite_database, tmp_path, words, says):
    path = Path(tmp_path / "bad.csv")
    path.write_text(words, "utf-8")
    done = run("training", "choose", str(course), "--file", str(path))
    assert done.code == 1
    assert says in done.err
    with sqlite_database.read() as reader:
        assert set(reader.scalars(select(TrainingApplication.state))) == {"applied"}
