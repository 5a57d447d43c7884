"""Cells as spreadsheets leave them: a value, none, a question or a refusal, never a guess."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import sheets
from app.sheets import Ask, Book, Formula, NoValue, Refuse, Value
from app.sheets.readings import clean
from tests.sheets.kinds import TODAY, vectors, verdict

READERS = [sheets.amount, sheets.quantity, sheets.percentage, sheets.telephone, sheets.name, sheets.text, sheets.code, sheets.card]
READERS += [sheets.sex, sheets.yes_no, sheets.birth(TODAY), sheets.day(TODAY), sheets.instant(TODAY)]


@pytest.mark.parametrize(("cell", "right"), vectors("c14_vecteurs_montants.csv"))
def test_amounts(cell, right):
    read = verdict(sheets.amount(cell))
    expected = {"12500 or ask": (12500, "ask"), "empty, counted": ("none",), "refuse as text": ("refuse",)}
    assert read in expected.get(right, (int(right) if right.isdigit() else right,))


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        ("12,500", 12500), ("1.234.567", 1234567), ("12'500", 12500), ("12.500,00", 12500), ("F CFA 12 500", 12500),
        ("10 000,00 FCFA", 10000), (12500.0, 12500), (0.1 + 0.2 + 0.7, 1), (0.0, 0), ("0", 0), (True, "refuse"),
        (12.5, "refuse"),
        ("1,355.90", "refuse"), ("0,500", "refuse"), ("12 50", "refuse"), ("€ 12", "refuse"), ("12k", "refuse"),
        (float("nan"), "refuse"),
        ("(12 500)", "ask"), ("−12 500 F", "ask"), (-3.0, "ask"), ("néant", "none"), (None, "none"), ("#REF!", "refuse"),
        (Formula(None), "refuse"), (Formula("#DIV/0!"), "refuse"), (Formula(0), "ask"), (date(2026, 1, 1), "refuse"),
        ("#N/A", "refuse"), ("#N/D", "refuse"), ("n/a", "none"),
        ("1 000.000", "ask"), ("12.500,000 F", "ask"), ("12500,000", 12500), ("9" * 13, "refuse"),
        ("@SUM(A1)", "refuse"), ("3²", "refuse"), ("12500²", "refuse"), ("12 500 ¹", "refuse"), ("¹12500", "refuse"),
        ("12500₂", "refuse"), ("12500①", "refuse"), ("12500½", "refuse"), ("12500⁽¹⁾", "refuse"), ("１２５００", 12500),
    ],
)  # fmt: skip
def test_amounts_of_other_hands(cell, right):
    assert verdict(sheets.amount(cell)) == right


def test_a_question_about_an_amount_proposes_it():
    assert sheets.amount("12 500-").proposals == (-12500,)
    assert sheets.amount(Formula(0)).proposals == (0,)


def test_two_numbers_that_differ_at_their_end_are_none_abroad():
    assert sheets.telephone("77 123 45 67/68").proposals == (sheets.Telephone("+221771234567", "mobile"),)
    assert sheets.telephone("33612345678").proposals[0].kind == "foreign"


@pytest.mark.parametrize(("cell", "right"), vectors("c05_vecteurs_telephones.csv"))
def test_telephones(cell, right):
    read = verdict(sheets.telephone(cell))
    kind = "foreign" if right == "keep" else "mobile"
    assert read == (sheets.Telephone(cell if right == "keep" else right, kind) if right.startswith(("+", "keep")) else right)


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        (771234501.0, ["+221771234501"]), ("771234501.0", ["+221771234501"]), ("2.21771234501E11", ["+221771234501"]),
        ("77\u202f123\u202f45\u202f01", ["+221771234501"]), ("(221) 77 123 45 01", ["+221771234501"]),
        ("70 765 43 21 / 76 111 22 33", "ask"), ("77 123 45 01 76 111 22 33", "ask"), ("77 123 45 O8", "ask"),
        ("Tél: 771234501 (Wave)", "ask"), ("7.712345E8", "ask"), ("33612345678", "ask"), ("07 57 08 76 60", "ask"),
        ("idem", "ask"),
        ("7,71E+08", "refuse"), ("47 55 50 46", "refuse"), ("999999999", "refuse"), ("Awa", "refuse"), (7.5, "refuse"),
        (-771234501, "refuse"), ("-771234501", "refuse"), ("−77 123 45 01", "refuse"),
        ("77–123–45–01", ["+221771234501"]), ("77‑123‑45‑01", ["+221771234501"]), ("77—123−45‒01", ["+221771234501"]),
        ("77.123.45.01", ["+221771234501"]), ("77.1234501", ["+221771234501"]), ("221.771234501", ["+221771234501"]),
        ("00221.771234501", ["+221771234501"]), ("771.234.501", ["+221771234501"]),
        ("77 123 45 01 – 76 111 22 33", "ask"), ("77–123–45–01 — 76–111–22–33", "ask"),
        ("77123456.7", "refuse"), ("7712345.67", "refuse"), ("771234.567", "refuse"), ("+22177123456.7", "refuse"),
        ("77 123 456.7", "refuse"), ("77123456,7", "refuse"), ("77.123.45.6.7", "refuse"), ("77123456.7 (Wave)", "refuse"),
        ("–77 123 45 01", "refuse"), ("77123450¹", "refuse"), ("771234501²", "ask"), ("77 123 45 0①", "refuse"),
        ("771234501,761112233", "ask"), ("771234501.761112233", "ask"), ("771234501, 761112233", "ask"),
        ("pas de téléphone", "none"), ("non dit", "none"), ("000000000", "none"), (0.0, "none"),
    ],
)  # fmt: skip
def test_telephones_of_other_hands(cell, right):
    read = verdict(sheets.telephone(cell))
    assert ([read.number] if isinstance(right, list) else read) == right


def test_a_landline_is_told_from_a_mobile_and_several_numbers_are_proposed():
    assert sheets.telephone("339570000").value == sheets.Telephone("+221339570000", "landline")
    asked = sheets.telephone("70 765 43 21 ou 76 111 22 33")
    assert [one.number for one in asked.proposals] == ["+221707654321", "+221761112233"]


@pytest.mark.parametrize(("cell", "right"), vectors("c10_vecteurs_dates.csv"))
def test_days(cell, right):
    since_1904 = Book(since_1904=True) if cell == "44523" else Book()
    born = sheets.birth(TODAY) if cell in ("12/03/58", "16-07-68", "vers 1962") else sheets.day(TODAY, earliest=date(2019, 1, 1))
    read = verdict(born(float(cell) if cell == "44523" else cell, since_1904))
    assert read == {"year only": 1962}.get(right, date.fromisoformat(right) if right[:1] == "1" or right[:1] == "2" else right)


@pytest.mark.parametrize(
    ("cell", "born", "day"),
    [
        ("12 mars 1958", date(1958, 3, 12), date(1958, 3, 12)), ("1er août 1960", date(1960, 8, 1), date(1960, 8, 1)),
        ("mardi 24 novembre 2026", "ask", date(2026, 11, 24)), ("24-nov-26", "ask", date(2026, 11, 24)),
        ("1962", 1962, "ask"), (1962.0, 1962, "ask"), ("mars 1962", 1962, "ask"), ("00/00/1962", 1962, "ask"),
        ("2026-11-24T00:00:00", "ask", date(2026, 11, 24)),
        (datetime(2026, 11, 24, 8), "ask", date(2026, 11, 24)),  # noqa: DTZ001
        ("11/24/2026", "refuse", "refuse"), ("12/03/20", "ask", date(2020, 3, 12)), ("24/11", "refuse", "refuse"),
        ("44523", "ask", "ask"), (20000.0, date(1954, 10, 3), date(1954, 10, 3)), (time(0), "none", "none"),
        (True, "refuse", "refuse"),
        ("12/03/202", "refuse", "refuse"), (90000.0, "refuse", "refuse"), ("27/11/2026", "refuse", "refuse"),
        (0.0, "none", "none"), ("1²/11/2025", "refuse", "refuse"), ("196²", "refuse", "refuse"),
        ("12/03/1962¹", "refuse", "refuse"),
    ],
)  # fmt: skip
def test_days_of_other_hands(cell, born, day):
    assert verdict(sheets.birth(TODAY)(cell)) == born
    assert verdict(sheets.day(TODAY)(cell)) == day


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        ("12,5", Decimal("12.5")), ("12,5 kg", Decimal("12.5")), ("1 200,5", Decimal("1200.5")), ("0,250", Decimal("0.25")),
        (0.1 + 0.2, Decimal("0.3")), (12.0, Decimal(12)), ("1,2340", Decimal("1.234")), ("1.200", "ask"), ("1,200", "ask"),
        ("25 caisses", "ask"), ("100 g", "ask"), ("-5", "refuse"), ("0", "refuse"), ("1e9", "refuse"), (1 / 3, "refuse"),
        ("", "none"), ("12³", "refuse"), ("3½", "refuse"), ("½", "refuse"), ("3 caisses et demie", "refuse"),
        ("2 kg et quart", "refuse"),
    ],
)  # fmt: skip
def test_quantities(cell, right):
    assert verdict(sheets.quantity(cell)) == right


def test_a_weight_of_three_decimals_is_asked_about_in_both_ways():
    assert sheets.quantity("1.200").proposals == (Decimal("1.2"), Decimal(1200))
    assert sheets.quantity("1,200 T").question == "« 1,200 T »: est-ce 1,2 ou 1200, dans l'unité du produit ?"


@pytest.mark.parametrize(
    ("cell", "right"),
    [("5 %", Decimal(5)), (5.0, Decimal(5)), ("12,5%", Decimal("12.5")), (0.05, "ask"), ("120", "refuse"), ("5² %", "refuse")],
)
def test_percentages(cell, right):
    assert verdict(sheets.percentage(cell)) == right


@pytest.mark.parametrize("cell", ["12", "C0000012", "0000012", "c12", 12.0, "'0012"])
def test_a_card_is_the_same_card_without_its_zeros(cell):
    assert sheets.card(cell) == Value("C0000012")


@pytest.mark.parametrize("cell", ["24E0612", "2,4E+612", "L.116", 12.5, "0", "C", "-12", -12, "771234501", "2765195800"])
def test_what_is_no_card_is_refused(cell):
    assert isinstance(sheets.card(cell), Refuse)


@pytest.mark.parametrize(
    ("reader", "cell", "right"),
    [
        (sheets.code, "2 765 1958 00123", "2765195800123"), (sheets.code, 2765195800123.0, "2765195800123"),
        (sheets.code, 2765197100789100.0, "refuse"), (sheets.code, "'02765197100789", "02765197100789"),
        (sheets.code, "2,7E+12", "refuse"),
        (sheets.sex, "Mme", "F"), (sheets.sex, "h", "M"), (sheets.sex, "FÉMININ", "F"), (sheets.sex, 1.0, "ask"),
        (sheets.sex, "x", "refuse"), (sheets.yes_no, "1.0", True), (sheets.birth(TODAY), "1958.0", 1958),
        (sheets.unit, "kilos", "kg"), (sheets.unit, "Kilogramme", "kg"), (sheets.unit, "KG", "kg"),
        (sheets.unit, "caisse", "caisse"),
        (sheets.yes_no, "Oui", True), (sheets.yes_no, "x", True), (sheets.yes_no, 0.0, False),
        (sheets.yes_no, "peut-être", "refuse"),
        (sheets.name, "  Ndèye\u00a0 Coumba\u200b ", "Ndèye Coumba"), (sheets.name, "Ndèye", "Ndèye"),
        (sheets.name, "12", "refuse"), (sheets.name, "Nd?ye Fall", "refuse"), (sheets.name, "Awa Fall ?", "refuse"),
        (sheets.name, "Nd&egrave;ye", "refuse"), (sheets.name, "Nd=C3=A8ye", "refuse"), (sheets.name, "Nd%C3%A8ye", "refuse"),
        (sheets.name, "Nd\\u00e8ye", "refuse"), (sheets.name, "<b>Awa</b>", "refuse"), (sheets.name, "Nd+AOg-ye", "refuse"),
        (sheets.name, "GIE Awa & Sœurs", "GIE Awa & Sœurs"),
        (sheets.name, "Nd\ufffdye", "refuse"), (sheets.text, "pr\ufffds du puits", "refuse"),
        (sheets.name, "=cmd|' /C calc'!A0", "refuse"), (sheets.name, "'=cmd", "=cmd"),
        (sheets.name, "idem 8 (sa fille)", "ask"),
        (sheets.text, 12.0, "12"), (sheets.text, "Santhie 2\nMbour", "Santhie 2 Mbour"), (sheets.text, "a" * 501, "refuse"),
    ],
)  # fmt: skip
def test_texts_codes_and_choices(reader, cell, right):
    assert verdict(reader(cell)) == right


@pytest.mark.parametrize(
    ("cell", "right"),
    [("24/10/27", "ask"), ("24/11/27", "ask"), ("1/1/60", "ask"), ("24/10/26", date(2026, 10, 24)), ("1/1/75", date(1975, 1, 1))],
)
def test_a_year_of_two_figures_is_not_long_ago_unasked(cell, right):
    assert verdict(sheets.day(TODAY)(cell)) == right
    assert verdict(sheets.instant(TODAY)(cell)) == right


def test_a_day_to_come_is_proposed_for_nobodys_birth_nor_for_what_is_past():
    assert sheets.birth(TODAY)("24/12/26").proposals == (date(1926, 12, 24),)
    assert sheets.day(TODAY)("45933").proposals == (date(2025, 10, 3),)
    assert len(sheets.day(TODAY, future=True)("45933").proposals) == 2


@pytest.mark.parametrize("age", [18.0, 64, 110])
def test_an_age_is_no_day_of_1900(age):
    assert verdict(sheets.birth(TODAY)(age)) == verdict(sheets.birth(TODAY)(str(age))) == "refuse"


def test_not_said_is_told_from_blank():
    assert sheets.birth(TODAY)("non dit") == NoValue(said=True)
    assert sheets.sex("") == NoValue()


CELLS = st.one_of(
    st.none(), st.booleans(), st.text(), st.floats(), st.integers(), st.dates(), st.times(), st.datetimes(), st.timedeltas(),
    st.builds(Formula, st.none() | st.floats() | st.text(max_size=9)),
    st.from_regex(r"[-+(]?[0-9 .,/E]{1,14}[F)]?", fullmatch=True),
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@given(CELLS, st.sampled_from([None, True, False]))
def test_no_cell_makes_a_reader_stumble(reader, cell, since_1904):
    told = reader(cell, Book(since_1904=since_1904))
    assert isinstance(told, Value | NoValue | Ask | Refuse)


@given(st.text())
def test_what_was_cleaned_is_clean(text):
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2026-10-01T07:30:00Z", Value(datetime(2026, 10, 1, 7, 30, tzinfo=UTC))),
        ("2026-10-01T07:30:00+00:00", Value(datetime(2026, 10, 1, 7, 30, tzinfo=UTC))),
        ("01/10/2026", Value(date(2026, 10, 1))),
        ("", NoValue()),
    ],
)
def test_an_instant_is_read_as_it_was_written_and_a_day_as_a_day(cell, said):
    assert sheets.instant(TODAY)(cell) == said


@pytest.mark.parametrize("cell", ["2099-10-01T07:30:00Z", "2026-13-01T07:30:00Z", "demain"])
def test_an_instant_that_is_none_or_to_come_is_refused(cell):
    assert isinstance(sheets.instant(TODAY)(cell), Refuse)
