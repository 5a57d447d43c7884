"""Join in four entries, or by an officer; another person accepts; the card opens the account."""

import pytest
from sqlalchemy import select, update

from app.coop.cooperatives.models import Commune, Cooperative
from app.coop.enrolment import applications
from app.coop.enrolment.models import Application
from app.coop.ledger.models import Account
from app.coop.members.models import Member, Number, Person
from app.db.operations import Operation
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.menus.test_people import activation_in, bureau, dial, texts_to

FATOU = sample_cooperative.NOBODY


def state(database):
    with database.read() as reader:
        return reader.scalars(select(Application.state).order_by(Application.id)).all()


def test_an_unknown_number_joins_in_four_entries(line, database):
    said = dial(line, FATOU, "1", "1", "fatou  ndiaye", "cps1")
    assert "Demande notée: CPS Joal, CPS1" in said
    assert "demande d'adhésion notée pour CPS1" in texts_to(database, FATOU)[-1]
    talk, said = bureau(line, "6")
    assert "FN 775550000" in said
    said = talk.type("1")
    assert "fatou ndiaye" in said
    assert "775550000" in said
    assert "CPS1" in said
    talk.type("1")
    talk.type("4711")
    said = talk.type("2468")
    number = activation_in(said)
    with database.read() as reader:
        member, card, paper = reader.execute(select(Member.id, Member.card, Member.paper).order_by(Member.id.desc())).first()
        kinds = reader.scalars(select(Account.kind).where(Account.member_id == member)).all()
        assert sorted(kinds) == ["advance", "payable", "savings", "shares"]
        assert not any("fatou" in str(one) for one in reader.scalars(select(Operation.arguments)))
        sent = reader.scalars(select(Message.text).where(Message.to_number == FATOU).order_by(Message.id)).all()
    assert card in said
    assert paper == "4711"
    assert not any(number in text for text in sent), "the activation number goes by no SMS"
    assert "adhésion acceptée" in sent[-1]
    assert card in texts_to(database, sample_declarations.PRESIDENT)[-1], "the other officers know"
    assert "C'est fait: votre compte est ouvert" in dial(line, FATOU, "1", number, "1", "7391", "7391")
    assert "Parts 0 F" in dial(line, FATOU, "1", "7391")


def test_the_same_application_again_is_the_same_and_a_number_makes_three(line, database):
    for name in ("Fatou Ndiaye", "Fatou NDIAYE", "Awa Sow", "Bineta Sarr"):
        assert "Demande notée" in dial(line, FATOU, "1", "1", name, "CPS1")
    assert "déjà fait" in dial(line, FATOU, "1", "1", "Coumba Faye", "CPS1")
    assert state(database) == ["waiting"] * 3


@pytest.mark.parametrize("name", ["Fatou", "F N", "Fatou 12", "x" * 41, "<b> b"])
def test_what_is_no_name_is_refused(line, name):
    assert "Prénom et nom" in dial(line, FATOU, "1", "1", name)


def test_a_commune_with_several_co_operatives_is_asked_about(line, database):
    with database.transaction() as session:
        made = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}
        session.add(Cooperative(id=2, code="CPS2", name="CPS Joal 2", **made))
    assert "Pas de CPS" in dial(line, FATOU, "1", "1", "Fatou Ndiaye", "Dakar")
    assert "2 CPS2" in dial(line, FATOU, "1", "1", "Fatou Ndiaye", "joal")
    assert "adhérer à CPS2" in dial(line, FATOU, "1", "1", "Fatou Ndiaye", "joal", "2")
    assert ", CPS2. Un responsable" in dial(line, FATOU, "1", "1", "Fatou Ndiaye", "joal", "2", "1")
    assert "Aucune demande" in bureau(line, "6")[1], "another co-operative's are not hers to decide"


@pytest.mark.parametrize("phone", ["1", FATOU[4:]])
def test_who_types_a_new_member_does_not_accept_her(line, database, phone):
    talk, said = bureau(line, "1", "Fatou Ndiaye", phone, "4711")
    assert "Noter Fatou Ndiaye" in said
    assert "2e responsable" in talk.type("2468")
    assert "Aucune demande" in bureau(line, "6")[1]
    talk, said = bureau(line, "6", "1", "1", "4711", phone=sample_declarations.PRESIDENT)
    assert activation_in(talk.type("2468"))
    with database.read() as reader:
        person = reader.scalar(select(Person.id).where(Person.name == "Fatou Ndiaye"))
        assert reader.scalars(select(Number.phone).where(Number.person_id == person)).all() == ([] if phone == "1" else [FATOU])


def test_what_comes_from_an_officers_own_number_is_decided_by_another(line, database):
    with database.transaction() as session:
        session.add(
            Application(
                cooperative_id=1,
                name="Fatou Ndiaye",
                phone=sample_declarations.SECRETARY,
                state="waiting",
                at=sample_cooperative.LONG_AGO,
            )
        )
    assert "Aucune demande" in bureau(line, "6")[1]
    assert "FN" in bureau(line, "6", phone=sample_declarations.PRESIDENT)[1]


def test_two_who_join_from_one_number_have_places_on_their_cards_and_are_asked_for_none(line, database):
    for name in ("Fatou Ndiaye", "Awa Sow"):
        dial(line, FATOU, "1", "1", name, "CPS1")
    for place in ("", "Place 2"):
        talk, _ = bureau(line, "6", "1", "1", "4711")
        assert place in talk.type("2468")
    assert "chiffre de place" not in " ".join(texts_to(database, FATOU))
    assert "Première fois" in dial(line, FATOU, "1"), "each is known by her activation number"


def test_an_application_is_refused_once(line, database):
    dial(line, FATOU, "1", "1", "Fatou Ndiaye", "CPS1")
    talk, _ = bureau(line, "6", "1", "2")
    late, _ = bureau(line, "6", "1", "1", "4711", phone=sample_declarations.PRESIDENT)
    assert "Refusé" in talk.type("2468")
    assert "Déjà fait" in late.type("2468")
    assert state(database) == ["refused"]
    assert "pas acceptée" in texts_to(database, FATOU)[-1]


def test_a_number_from_abroad_is_sent_to_the_secretary(line, database):
    assert "numéro du Sénégal" in dial(line, "+33612345678", "1", "1")
    assert state(database) == []


@pytest.mark.parametrize("typed", ["Nguékhokh", "nguekhokh", "NGUEKH"])
def test_a_commune_is_found_as_a_keypad_types_it(sqlite_database, typed):
    sample_cooperative.build(sqlite_database)
    with sqlite_database.transaction() as session:
        session.execute(update(Commune).values(name="Nguékhokh"))
    with sqlite_database.read() as reader:
        assert [code for _, code, _ in applications.cooperatives_of(reader, typed)] == ["CPS1"]
