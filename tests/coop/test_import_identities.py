"""Who a row of a register is: known to us, a namesake, or the same as another row."""

from datetime import date

import pytest
from sqlalchemy import select

from app.coop.imports.models import MemberProfile
from app.sheets import Ask, Refuse, Row
from tests.imported_rows import rows
from tests.member_sheets import FAMILY, PHONE, look, members, named, take


def test_a_namesake_is_asked_about_once_and_the_answer_is_kept(village):
    twice = [*FAMILY, *rows({"order": "V.617", "name": "Awa DIOP", "phone": PHONE, "birth": date(1981, 5, 8)})[:1]]
    twice[-1] = Row(9, "data", twice[-1].cells, twice[-1].raw)
    found, _ = look(village, twice)
    assert (found.counts, found.questions[0].says) == (
        {"create": 3, "ask": 1},
        "« Awa DIOP » (ligne 9) et « DIOP Awa » (la ligne 3): la même personne ? oui ou non",
    )
    key = found.questions[0].key
    assert look(village, twice, {key: "oui"})[0].counts == {"create": 3, "skip": 1}
    _, found = take(village, twice, {key: "Non"})
    assert found.counts == {"create": 4}
    assert look(village, twice)[0].counts == {"same": 4}
    assert [one.place for one in members(village) if one.phone] == [1, 2, 3]


def test_a_person_known_to_us_who_stands_twice_in_a_sheet_is_taken_once(village):
    twice = rows({"name": "Awa 1"}, {"name": "AWA 1"})
    found, _ = look(village, twice)
    assert found.counts == {"ask": 2}
    assert look(village, twice, {one.key: "oui" for one in found.questions})[0].counts == {"same": 1, "skip": 1}


def test_a_card_of_somebody_else_is_asked_about_and_named_twice_is_refused(village):
    found, _ = look(village, rows({"card": "C00001", "name": "Mor Seck"}))
    assert found.counts == {"ask": 1}
    key = found.questions[0].key
    assert look(village, rows({"card": "C00001", "name": "Mor Seck"}), {key: "non"})[0].counts == {"refuse": 1}
    twice = rows({"card": "C00001", "name": "Awa 1"}, {"card": "C00001", "name": "Awa 1"})
    assert look(village, twice)[0].counts == {"same": 1, "refuse": 1}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (named("Awa Diop"), named("Awa DIOPP")),
        (named("Awa Diop"), named("A. Diop")),
        (named("Faye Marie-Louise"), named("Faye Marie")),
        ({"name": "Awa Diop", "identity": "2 765 1958 00123"}, {"name": "Awa Ndoye", "identity": "2765195800123"}),
        ({"name": "Awa Diop", "identity": "02765195800123"}, {"name": "Awa DIOP", "identity": "2765195800123"}),
        ({"name": "Awa Diop", "identity": "02765195800123"}, {"name": "Awa Ndoye", "identity": "2765195800123"}),
    ],
)
@pytest.mark.parametrize("apart", [False, True], ids=["one file", "two files"])
def test_who_has_a_like_name_on_one_number_or_the_same_paper_is_asked_about(village, one, other, apart):
    if apart:
        take(village, rows(one))
    found, _ = look(village, rows(other) if apart else rows(one, other))
    assert (found.counts["ask"], "la même personne ?" in found.questions[0].says) == (1, True)
    assert look(village, rows(one, named("Modou Ndoye")))[0].counts["ask"] == 0


@pytest.mark.parametrize(("one", "other"), [("Mme Awa Diop", "DIOP Awa"), ("M. Mor Diop", "Mor Diop"), ("Madame Fall", "Fall")])
def test_a_title_before_a_name_makes_nobody_another_person(village, one, other):
    assert look(village, rows({"name": one}, {"name": other}))[0].counts == {"create": 1, "ask": 1}
    take(village, rows({"name": one}))
    assert look(village, rows({"name": other}))[0].counts == {"same": 1}


@pytest.mark.parametrize(
    ("held", "told", "kept"),
    [("0012", "12", "0012"), ("12", "0012", "0012"), ("A-12", "a12", "A-12"), ("0012", "13", "13")],
)
def test_a_paper_that_lost_its_zeros_changes_none(village, held, told, kept):
    take(village, rows({"name": "Fatou Fall", "phone": PHONE, "identity": held}))
    take(village, rows({"name": "Fatou Fall", "phone": PHONE, "card": members(village)[-1].card, "identity": told}))
    with village.read() as reader:
        assert reader.scalars(select(MemberProfile.identity).where(MemberProfile.identity.is_not(None))).all() == [kept]


@pytest.mark.parametrize(
    "first",
    [{"phone": Refuse("trop court")}, {"phone": Ask("deux numéros ?", (PHONE,))}, {"address": "x" * 81}, {"state": "departed"}],
    ids=["refused cell", "asked cell", "refused by the plan", "no day of leaving"],
)
def test_a_name_that_stands_twice_is_asked_about_though_its_first_row_is_not_taken(village, first):
    twice = rows({"name": "Sene Ndiaga"} | first, {"name": "Ndiaga SENE", "phone": PHONE})
    found, _ = look(village, twice)
    says = "« Ndiaga SENE » (ligne 3) et « Sene Ndiaga » (la ligne 2): la même personne ? oui ou non"
    assert (found.counts["create"], says in [one.says for one in found.questions]) == (0, True)
    key = next(one.key for one in found.questions if one.says == says)
    assert look(village, twice, {key: "oui"})[0].counts["skip"] == 1
    assert look(village, twice, {key: "non"})[0].counts["create"] == 1


def test_who_is_the_same_as_another_row_is_known_when_the_file_comes_again(village):
    twice = rows({"name": "Fatou Fall"}, {"name": "Fatou FALL"})
    found, _ = look(village, twice)
    take(village, twice, {found.questions[0].key: "oui"})
    assert look(village, twice)[0].counts == {"same": 1, "skip": 1}


@pytest.mark.parametrize(
    ("asked", "answer"),
    [(Ask("Négatif ?", ("Awa",)), "non"), (Ask("« idem »: quelle est la valeur ?"), "oui")],
)
def test_an_answer_that_says_nothing_is_asked_again_with_its_words(village, asked, answer):
    given = rows({"name": asked, "sex": "F"})
    (question,) = look(village, given)[0].questions
    found, _ = look(village, given, {question.key: answer})
    assert [one.says for one in found.questions] == [f"Réponse « {answer} » non comprise. {asked.question}"]


def test_an_answer_that_is_neither_yes_nor_no_is_asked_again_with_its_words(village):
    twice = rows({"name": "Fatou Fall"}, {"name": "Fatou FALL"})
    (question,) = look(village, twice)[0].questions
    assert "« xyz » non comprise" in look(village, twice, {question.key: "xyz"})[0].questions[0].says
