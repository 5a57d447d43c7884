"""A register is taken in: each row has one verdict, the forecast is what is written, and the same again changes nothing."""

from datetime import date, timedelta

import pytest
from msgspec import structs
from sqlalchemy import func, select, update

from app.coop.imports import turns
from app.coop.imports.forecast import RestsOn
from app.coop.imports.models import Import, ImportRow, MemberProfile
from app.coop.imports.undo import undo
from app.coop.ledger.models import Account
from app.coop.ledger.services import account_of, post
from app.coop.members.looks import note_look
from app.coop.members.models import Member, NameKey, Number, Person
from app.coop.rights import Office
from app.coop.scope import FEDERATION
from app.coop.verify import verify
from app.sheets import Ask, NoValue, Refuse, Row, Telephone
from tests.imported_rows import NOW, OURS, rows
from tests.member_sheets import FAMILY, PHONE, look, members, named, take
from tests.sample_cooperative import SHARED


def test_a_family_on_one_telephone_has_places_and_the_same_file_again_creates_nothing(village):
    _, found = take(village, FAMILY)
    assert found.counts == {"create": 3}
    modou, awa, ibra = members(village)
    assert [(one.phone, one.place) for one in (modou, awa, ibra)] == [(PHONE.number, 1), (PHONE.number, 2), (None, None)]
    assert (modou.born_on, modou.sex, awa.unsaid, ibra.born_in, ibra.address) == (date(1981, 5, 6), "M", "sex", 1962, "Caritas")
    assert {one.state for one in (modou, awa, ibra)} == {"pending"}
    again, _ = look(village, FAMILY)
    assert again.counts == {"same": 3}
    with village.read() as reader:
        assert verify(reader).wrong == ()


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"joined": date(2025, 1, 2), "left": date(2025, 1, 1), "state": "departed"}, "Parti avant d'être membre ?"),
        ({"joined": date(2025, 1, 1), "left": date(2025, 1, 1), "state": "departed"}, None),
        ({"left": date(2025, 1, 1)}, "Parti le 01/01/2025: écrivez « parti » sous État, ou ôtez ce jour."),
        ({"left": date(2025, 1, 1), "state": "blocked"}, "Parti le 01/01/2025: écrivez « parti » sous État, ou ôtez ce jour."),
        ({"birth": date(2011, 1, 1), "joined": date(2011, 1, 1)}, "Membre avant d'être né ?"),
        ({"birth": 2012, "joined": date(2011, 12, 31)}, "Membre avant d'être né ?"),
        ({"birth": date(1980, 2, 29), "joined": date(2011, 12, 31)}, None),
    ],
)
def test_days_that_can_not_both_be_right_are_refused(village, said, says):
    found, _ = look(village, rows({"name": "Fatou Fall"} | said))
    assert [problem.says for problem in found.problems] == ([says] if says else [])


def test_what_a_telephone_has_proved_wins_and_is_said(village):
    other = Telephone("+221771112233", "mobile")
    given = rows({"card": "C00001", "name": "Awa 1", "phone": other, "state": "blocked", "sex": "F"})
    found, _ = look(village, given)
    assert found.counts == {"update": 1}
    assert [(one.column, one.kind) for one in found.problems] == [("phone", "kept"), ("state", "kept")]
    take(village, given)
    with village.read() as reader:
        assert reader.scalar(select(Number.phone).where(Number.person_id == 1)) != other.number
        assert reader.scalar(select(MemberProfile.sex).where(MemberProfile.member_id == 1)) == "F"


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ({"name": NoValue()}, "name", "Il manque le nom"),
        ({"name": "N" * 41}, "name", "plus de 40 lettres"),
        ({"name": "Fatou Fall", "phone": Refuse("trop court")}, "phone", "trop court"),
        ({"name": "Fatou Fall", "cooperative": "CPS9"}, "cooperative", "CPS9 n'est pas connue"),
        ({"name": "Fatou Fall", "state": "departed"}, "left", "Il faut le jour"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(village, row, column, says):
    found, _ = look(village, rows(row))
    assert found.counts == {"refuse": 1}
    assert found.problems[0].column == column
    assert says in found.problems[0].says
    assert found.left[0].number == 2


def test_a_cell_that_may_be_read_in_two_ways_is_answered_as_the_cell_would_be(village):
    given = rows({"name": "Fatou Fall", "sex": Ask("1 est F ou M ?", ("F", "M"))})
    found, _ = look(village, given)
    assert (found.counts, found.questions[0].proposals) == ({"ask": 1}, ("F", "M"))
    assert not found.planned


def test_a_place_that_changes_and_a_number_that_somebody_has_are_said(village):
    held = Telephone(SHARED, "mobile")
    given = [
        {"name": "Awa Un", "phone": PHONE, "place": "3"},
        {"name": "Mor Deux", "phone": PHONE, "place": "3"},
        {"name": "Ami Trois", "phone": held},
    ]
    found, _ = look(village, rows(*given))
    assert [(one.row, one.column, one.kind) for one in found.problems] == [(3, "place", "shared"), (4, "phone", "shared")]
    assert "La place 3 du +221771234521 est déjà prise: c'est la 1." in found.problems[0].says
    assert "il est partagé, place 3" in found.problems[1].says
    own = rows({"card": "C00002", "name": "Awa 2", "phone": held, "place": "7"})
    assert [one.kind for one in look(village, own)[0].problems] == ["kept"]


def test_what_a_row_changes_is_said_and_what_it_only_adds_is_not(village):
    _, found = take(village, rows({"card": "C00001", "name": "Awa 1", "address": "Santhie", "birth": 1958}))
    assert found.problems == []
    again = {"card": "C00001", "name": "Awa 11", "address": "Escale", "birth": date(1958, 3, 2), "identity": "12"}
    found, _ = look(village, rows(again))
    assert [one.says for one in found.problems] == ["C00001 change: nom (« Awa 1 » devient « Awa 11 »), adresse, naissance."]


def test_each_row_of_the_file_is_in_one_count(village):
    others = [Row(5, "total", {}, ["TOTAL", "50 000"]), Row(6, "empty", {}, []), Row(7, "broken", {}, ["x"], "trop de cellules")]
    found, _ = look(village, [*FAMILY, *others])
    assert found.counts == {"create": 3, "skip": 2, "refuse": 1}
    assert [(one.row, one.kind) for one in found.problems] == [(5, "total"), (7, "broken")]


def test_one_imports_at_a_time_and_a_silent_one_loses_its_turn(village):
    with village.transaction() as session:
        first = turns.begin(session, turns.ImportSource("members", "a" * 64, "awa", OURS), NOW)
    with pytest.raises(turns.ImportUnderWay, match="Un autre import est en cours"), village.transaction() as session:
        turns.begin(session, turns.ImportSource("members", "b" * 64, "mor", OURS), NOW + timedelta(seconds=5))
    with village.transaction() as session:
        turns.begin(session, turns.ImportSource("members", "b" * 64, "mor", OURS), NOW + timedelta(seconds=20))
    with pytest.raises(turns.ImportOvertaken), village.transaction() as session:
        turns.live(session, first, NOW + timedelta(seconds=21))


def test_an_import_ends_where_it_came_to_its_end_and_is_of_one_file_one_hand_and_one_cps(village):
    ours = turns.ImportSource("members", "a" * 64, "awa", OURS)
    others = [structs.replace(ours, **one) for one in ({"digest": "b" * 64}, {"by": "mor"}, {"scope": FEDERATION})]
    runs = [(ours, "done"), (ours, "stopped"), *((one, "stopped") for one in others), (ours, "done"), (ours, "stopped")]
    with village.transaction() as session:
        for source, state in [*runs, (ours, "stopped")]:
            made = turns.begin(session, source, NOW)
            session.add_all(ImportRow(import_id=made, number=1, act="create") for _ in range(made < 8))
            turns.end(session, made, state, {})
    with village.transaction() as session:
        found = [[one.id for one in turns.pieces_of(session, number)] for number in range(1, 10)]
    assert found == [[1], [2, 6], [3], [4], [5], [2, 6], [7], [7, 8], []]


def test_a_killed_import_is_taken_back_once_it_is_silent(village):
    with village.transaction() as session:
        made = turns.begin(session, turns.ImportSource("members", "a" * 64, "awa", OURS), NOW)
    with pytest.raises(RestsOn, match="en cours"):
        undo(village, made, now=lambda: NOW + timedelta(seconds=5))
    assert undo(village, made, now=lambda: NOW + timedelta(seconds=20)).numbers == (made,)


def test_an_import_is_taken_back_whole(village):
    def everything():
        counted = (Person, NameKey, Member, Number, Account)
        with village.read() as reader:
            return [reader.scalar(select(func.count()).select_from(one)) for one in counted]

    before = everything()
    changed = rows({"card": "C00001", "name": "Awa 1", "sex": "F"})[0]
    made, _ = take(village, [*FAMILY, Row(9, "data", changed.cells, changed.raw)])
    with village.transaction() as session:
        note_look(session, Office(1, "secretary", 1), members(village)[0].member_id, NOW)
    assert undo(village, made, now=lambda: NOW).rows == 4
    assert everything() == before
    with village.read() as reader:
        assert reader.scalar(select(MemberProfile.sex).where(MemberProfile.member_id == 1)) is None
        assert reader.scalar(select(Import.state)) == "undone"
        assert reader.scalar(select(func.count()).select_from(ImportRow)) == 0
    with pytest.raises(RestsOn, match="déjà annulé"):
        undo(village, made, now=lambda: NOW)


def test_what_rests_on_an_import_keeps_it(village):
    made, _ = take(village, FAMILY)
    first = members(village)[0].member_id
    with village.transaction() as session:
        lines = [(account_of(session, 1, None, "cash"), 500), (account_of(session, 1, first, "savings"), -500)]
        post(session, operation="x", kind="savings", cooperative_id=1, member_id=first, lines=lines, now=NOW)
    with pytest.raises(RestsOn, match="repose déjà"):
        undo(village, made, now=lambda: NOW)
    with village.transaction() as session:
        session.execute(update(Person).where(Person.name == "FALL Ibra").values(pin_hash="x"))
    with pytest.raises(RestsOn, match="1 de ses membres"):
        undo(village, made, now=lambda: NOW)
    assert len(members(village)) == 3


def test_a_file_of_the_federation_names_the_cooperative(village):
    found, _ = look(village, rows({"name": "Fatou Fall"}), scope=FEDERATION)
    assert found.problems[0].column == "cooperative"
    assert look(village, rows({"name": "Fatou Fall", "cooperative": "cps1"}), scope=FEDERATION)[0].counts == {"create": 1}


def test_a_second_number_that_is_a_landline_is_kept_and_a_third_is_named(village):
    landline, abroad = Telephone("+221339570000", "landline"), Telephone("+33612345678", "foreign")
    _, found = take(village, rows(named("Fatou Fall", phone2=landline)))
    assert (found.problems, members(village)[-1].contact) == ([], landline.number)
    found, _ = look(village, rows({"name": "Mor Seck", "phone": landline, "phone2": abroad}))
    assert [(one.column, abroad.number in one.says) for one in found.problems] == [("phone2", True)]


@pytest.mark.parametrize("name", ["عواديوب", "Awa 🌸 Diop", "Άννα Διοπ"])
def test_a_name_that_no_telephone_can_show_is_refused(village, name):
    found, _ = look(village, rows({"name": name}))
    assert (found.counts, found.problems[0].column) == ({"refuse": 1}, "name")
