"""An officer's number sees Bureau where a member's sees the call back: by the number alone."""

from datetime import date

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from app.coop.members.models import Number, Person
from app.coop.offices.models import Role
from app.coop.offices.queries import Directory
from app.ussd.compiler import compile_menu
from app.ussd.proof import Proof
from menus import registry
from menus.publication import CONSTANTS, compiled
from tests import sample_cooperative

ADMINISTRATOR = "+221780000001"


@pytest.fixture
def officers(peopled):
    with peopled.transaction() as session:
        session.add(Person(id=20, name="Fatou", language="fr", pin_hash=sample_cooperative.hashed("2468"), pin_pepper=1))
        session.flush()
        session.add(Number(phone=ADMINISTRATOR, person_id=20, place=None, registered_at=sample_cooperative.LONG_AGO))
        for person, role, cooperative in ((1, "secretary", 1), (3, "delegate", 1), (20, "administrator", None)):
            session.add(Role(person_id=person, role=role, cooperative_id=cooperative, from_on=date(2026, 1, 1)))


def whole_home(phone) -> str:
    return phone.dial().text + phone.type("9").text


@pytest.mark.usefixtures("officers")
@pytest.mark.parametrize(
    ("number", "eight"),
    [
        (sample_cooperative.AWA, "8 Bureau"),
        (sample_cooperative.SHARED, "8 Bureau"),
        (ADMINISTRATOR, "8 Bureau"),
        (sample_cooperative.NEW, "8 Rappelez-moi"),
        (sample_cooperative.NOBODY, "8 Rappelez-moi"),
        ("+33612345678", "8 Rappelez-moi"),
    ],
)
def test_home_has_the_face_of_the_number(handset, number, eight):
    assert eight in whole_home(handset(number))


@pytest.mark.usefixtures("officers")
def test_an_officers_bureau_has_the_call_back_under_its_own_8(handset):
    phone = handset(sample_cooperative.AWA)
    assert "Bureau" in phone.dial("8").text
    assert "On vous rappelle" in phone.type("8").text
    assert "On vous rappelle" in handset(sample_cooperative.AWA).dial("8", "8").text
    assert "On vous rappelle" in handset(sample_cooperative.NEW).dial("8").text


@pytest.mark.usefixtures("officers")
def test_an_office_that_ends_in_mid_session_changes_nothing_in_it(handset, peopled):
    phone = handset(sample_cooperative.AWA)
    phone.dial("3")
    with peopled.transaction() as session:
        session.execute(delete(Role))
    assert "8 Bureau" in phone.type("00").text + phone.type("9").text


def test_the_kind_is_asked_once_a_session_and_without_the_database_it_is_a_member(handset, monkeypatch):
    asked = []

    def gone(*given):
        asked.append(given)
        raise OperationalError("select", {}, ConnectionError("server closed the connection"), connection_invalidated=True)

    monkeypatch.setattr(Directory, "holds", gone)
    phone = handset(sample_cooperative.AWA)
    assert "8 Rappelez-moi" in whole_home(phone)
    assert len(asked) == 1


def test_the_proof_measures_every_face_and_knows_every_caller():
    sources = registry.sources()
    face = '{officer: {label: "Bureau", to: bureau}}'
    for bad, reason in (
        ('{officer: {label: "%s", to: bureau}}' % ("Bureau " * 30), "septets, not 160"),
        ('{officer: {label: "Bureau", to: nowhere}}', "8 officer leads to no screen: nowhere"),
        ('{baker: {label: "Bureau", to: bureau}}', "nobody is known as baker"),
    ):
        menu = compile_menu(sources | {"member": sources["member"].replace(face, bad)}, None, registry.bindings)
        assert any(
            reason in str(found) and found.file == "member.yaml" for found in Proof(menu, registry.bindings, CONSTANTS).findings()
        )


def test_two_files_make_one_menu_and_a_finding_names_its_own(tmp_path):
    sources = registry.sources()
    twice = sources | {"bureau": sources["bureau"] + '\n  home: {text: "x"}\n'}
    with pytest.raises(ValueError, match=r"member.yaml:\d+: home: bureau.yaml has a screen home too"):
        compile_menu(twice)
    file = tmp_path / "prices.yaml"
    file.write_text(sources["prices"].replace("{priced.name}", "{nothing}"), "utf-8")
    found = Proof(compiled(file), registry.bindings, CONSTANTS).findings()
    assert [finding.file for finding in found] == ["prices.yaml"]
