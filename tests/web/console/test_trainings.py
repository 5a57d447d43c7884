"""Trainings and jobs at the console: who applied, a list that is taken out, the company's choice."""

import csv
import io
import re

import pytest
from sqlalchemy import select

from app.coop.jobs import services as jobs
from app.coop.offices.models import OfficerAct
from app.coop.training.models import TrainingApplication
from tests import sample_declarations, sample_trainings
from tests.acts import own
from tests.web.console.test_broadcasts import plain
from tests.web.console.test_pages import inside, rows

SECRETARY = sample_declarations.SECRETARY


@pytest.fixture
def course(database, app, clock):  # noqa: ARG001 - it makes the village
    """Give CPS1 a training for which three women apply and the company chooses two, and the federation a job."""
    sample_declarations.women(database, 3)
    sample_trainings.shipyard(database, None)
    with database.transaction() as session:
        jobs.interest(session, own(201, "job", clock(), phone="+221770000201"), 1)
        return sample_trainings.welding(session, clock(), 201, 202, 203).id


def states(database):
    with database.read() as reader:
        return list(reader.scalars(select(TrainingApplication.state).order_by(TrainingApplication.id)))


def test_a_training_shows_who_applied_and_its_seats(officer, course):
    fatou = inside(officer, SECRETARY)
    fatou.get("/trainings")
    assert [row.split()[:2] for row in rows(fatou.page, "trainings")] == [[str(course), "Soudure"]]
    fatou.get(f"/trainings/{course}")
    assert next(row.split()[:4] for row in rows(fatou.page, "people")) == ["1", "Femme", "201", "C00201"]
    assert "+22177" not in plain(fatou.page).replace(fatou.phone, "")


def test_the_list_is_taken_out_as_a_file_and_that_is_noted(officer, course, database):
    fatou = inside(officer, SECRETARY)
    fatou.get(f"/trainings/{course}")
    answer = fatou.send(f"/trainings/{course}/list.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="formation-{course}.csv"'
    read = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    assert read[0][:2] == ["Dossier", "Prénom et nom"]
    assert [line[1] for line in read[1:]] == ["Femme 201", "Femme 202", "Femme 203"]
    assert "+221" not in answer.get_data(as_text=True)
    with database.read() as reader:
        about = OfficerAct.about == f"training:{course}"
        assert reader.execute(select(OfficerAct.act, OfficerAct.person_id).where(about)).all() == [("applicants read", 101)]


def test_one_who_is_chosen_is_written_as_one(officer, course):
    fatou = inside(officer, SECRETARY)
    fatou.get(f"/trainings/{course}")
    assert "2 places libres sur 2, 0 sur la liste d'attente" in plain(fatou.page)
    fatou.send(f"/trainings/{course}/choose", chosen="1")
    assert "1 retenu. Un SMS le dit à chacun. Formation" in plain(fatou.page)
    assert "1 place libre sur 2" in plain(fatou.page)


def test_the_company_chooses_all_or_none(officer, course, database):
    fatou = inside(officer, SECRETARY)
    fatou.get(f"/trainings/{course}")
    fatou.send(f"/trainings/{course}/choose", chosen=["1", "2", "3"])
    assert "Il reste 2 places. Rien n'est changé." in plain(fatou.page)
    assert states(database) == ["applied"] * 3
    fatou.get(f"/trainings/{course}")
    fatou.send(f"/trainings/{course}/choose", chosen=["1", "3"], last="1")
    assert "2 retenus" in plain(fatou.page)
    assert states(database) == ["seated", "declined", "seated"]
    fatou.send(f"/trainings/{course}/choose", chosen=["1"])
    assert "Il reste 0 place. Rien n'est changé." in plain(fatou.page)


def test_the_companys_list_comes_back_as_a_file_and_is_shown_before_it_is_noted(officer, course, database):
    fatou = inside(officer, SECRETARY)
    for told, says in (
        ("Dossier;Choisi\n1;oui\n9;oui\n", "Dossiers pas inscrits ici : 9. Rien n'est noté."),
        ("Dossier;Choisi\n1;\n", "Ce fichier ne choisit personne de plus."),
        ("Dossier;Choisi\n1;peut-être\n", "Ligne 2"),
    ):
        fatou.get(f"/trainings/{course}")
        fatou.send(f"/uploads/trainings/{course}/choice", file=(io.BytesIO(told.encode()), "choix.csv"))
        assert says in plain(fatou.page)
    fatou.get("/trainings")
    assert fatou.send("/uploads/trainings/1/choice", file=(io.BytesIO(b"x"), "choix.csv")).status_code == 403
    fatou.get(f"/trainings/{course}")
    told = io.BytesIO(b"Dossier;Choisi\n1;oui\n2;non\n3;OUI\n")
    fatou.send(f"/uploads/trainings/{course}/choice", file=(told, "choix.csv"))
    assert re.findall(r'value="(\d)" checked', fatou.page) == ["1", "3"]
    assert states(database) == ["applied"] * 3
    fatou.send(f"/trainings/{course}/choose", chosen=["1", "3"])
    assert states(database) == ["seated", "applied", "seated"]


def test_jobs_are_listed_to_all_and_their_candidates_to_the_federation(officer, course):
    del course
    fatou, federation = inside(officer, SECRETARY), inside(officer, sample_declarations.ADMINISTRATOR)
    fatou.get("/jobs")
    assert rows(fatou.page, "jobs") == ["1 Soudeur Chantier naval, Mbour 15/12/2026 2 1"]
    assert fatou.get("/jobs/1").status_code == 403
    federation.get("/jobs/1")
    assert rows(federation.page, "people") == ["Femme 201 -"]
