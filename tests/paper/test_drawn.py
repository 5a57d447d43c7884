"""What is drawn is there when the document is read back: every letter, every row, every card."""

from datetime import UTC, date, datetime

import pytest

from app.gsm7.alphabet import ALL
from app.paper import cards, labels, leaflet, registers, weighings
from app.paper.page import PdfPages, dial, latin
from tests.pdf import pages, words

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
HOW = cards.Reach("*384*44135#", "21512", ["1 Mes soldes", "2 Déclarer une production"])


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("Aïssatou Ndiaye, née à Mbour", "Aïssatou Ndiaye, née à Mbour"),
        ("Ñëw ci sàmm bi", "Ñëw ci sàmm bi"),
        ("Ŋaari wasin", "NGaari wasin"),
        ("l’œuvre – 5 €", "l'oeuvre - 5 EUR"),
        ("Ɓii 🐟", "Bii ?"),
    ],
)
def test_letters_outside_latin_1_are_folded(written, drawn):
    assert latin(written) == drawn


def test_every_letter_of_an_sms_is_drawn_or_a_question_mark():
    lost = {letter for letter in ALL if letter != "?" and latin(letter) == "?"}
    assert lost == set("ΔΦΓΛΩΠΨΣΘΞ")
    page = PdfPages("x", NOW)
    page.heading("".join(sorted(ALL)))
    assert page.pdf().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", [""]), ("a\nb", ["a", "b"]), ("deux mots", ["deux mots"]), ("m" * 60, 3), ("mot " * 30, 3)],
)
def test_a_text_is_cut_into_lines_that_fit(text, lines):
    page = PdfPages("x", NOW)
    cut = page.wrapped(text, 50)
    assert cut == lines or (isinstance(lines, int) and len(cut) >= lines)
    assert all(page.get_string_width(line) <= 50 for line in cut)
    assert "".join(cut).replace(" ", "") == text.replace(" ", "").replace("\n", "")


@pytest.mark.parametrize(("count", "sheets"), [(0, 1), (1, 1), (8, 1), (9, 2), (17, 3)])
def test_eight_cards_stand_on_a_page(count, sheets):
    made = [cards.Card("CPS Mbour 1", f"Awa {at}", f"C{at:07d}") for at in range(count)]
    drawn = pages(cards.draw(made, HOW, "Vos données", NOW))
    assert len(drawn) == sheets
    found = [line for page in drawn for line in page if line.startswith("Carte C")]
    assert found == [f"Carte C{at:07d}" for at in range(count)]


def test_a_card_has_what_its_holder_needs_and_an_activation_number_only_when_there_is_one():
    new = cards.Card("CPS Mbour 1", "Awa Diop", "C0000012", 2, "482190", date(2027, 2, 24))
    said = words(cards.draw([new], HOW, "Vos données,\ngardées par votre CPS", NOW))
    for wanted in (
        "Awa Diop",
        "Carte C0000012   Place 2",
        "Composez *384*44135#",
        "1 Mes soldes",
        "SMS au 21512",
        "Vos données, gardées",
    ):
        assert wanted in said
    assert "numéro d'activation 482190" in said
    assert "jusqu'au 24/02/2027" in said
    old = words(cards.draw([cards.Card("CPS Mbour 1", "Awa Diop", "C0000012")], HOW, "Vos données", NOW))
    assert "activation" not in old
    assert "Place" not in old


def test_without_a_code_no_string_and_no_picture_is_drawn():
    body = cards.draw([cards.Card("CPS", "Awa", "C1")], cards.Reach("", "", []), "Vos données", NOW)
    assert "Composez" not in words(body)
    assert b"/Subtype /Image" not in body


def test_a_register_repeats_its_heads_and_loses_no_row():
    rows = [(str(at), f"Awa {at}", "Quartier Escale, près de la grande mosquée, Mbour") for at in range(1, 201)]
    made = registers.RegisterTable("Registre", "CPS", (("N°", 10), ("Nom", 40), ("Adresse", 40)), iter(rows))
    drawn = pages(registers.draw(made, NOW))
    assert len(drawn) > 3
    assert all(page.count("Adresse") == 1 for page in drawn)
    assert [line for page in drawn for line in page if line.startswith("Awa ")] == [row[1] for row in rows]
    assert any(line.startswith("Certifié conforme.") for line in drawn[-1])


def test_an_empty_register_says_whose_it_is():
    made = registers.RegisterTable("Registre", "CPS Joal", (("N°", 10), ("Nom", 40)), ())
    assert "CPS Joal" in words(registers.draw(made, NOW))


def test_each_line_of_a_weighing_list_has_its_receipt():
    numbers = [f"{at:06d}" for at in range(35)]
    here = weighings.Scales("CPS", "*384*44135*8*1#", [weighings.WeighedProduct(1, "Thiof", "kg")], "ABC", ("avarié", "trop petit"))
    said = words(weighings.draw(here, numbers, NOW))
    lines = said.split("\n")
    assert [line for line in lines if line in numbers] == numbers
    assert [line for line in lines if line.startswith("Reçu de pesée")] == [f"Reçu de pesée n° {number}" for number in numbers]
    assert "1 Thiof (kg)" in said
    assert "1 avarié, 2 trop petit" in said


def test_a_leaflet_fits_a_page_with_all_its_choices():
    inner = [leaflet.Entry(at, f"Choix {at}", f"*384*1*{at}#") for at in range(1, 9)]
    entries = [leaflet.Entry(at, f"Page {at}", f"*384*{at}#", inner) for at in range(1, 9)]
    drawn = pages(leaflet.draw(leaflet.Leaflet("Le menu", "*384#", entries, [("PRIX", "le prix")], "21512"), NOW))
    assert len(drawn) == 1
    assert [line for line in drawn[0] if line.startswith("*384*1*")] == [one.code for _ in entries for one in inner]
    assert "Par SMS, au 21512" in drawn[0]


@pytest.mark.parametrize(("count", "sheets"), [(1, 1), (10, 1), (11, 2)])
def test_ten_labels_stand_on_a_page(count, sheets):
    label = labels.Label("Keccax", "L123456782", "CPS1", date(2027, 1, 1), "https://jappoo.example/t/L123456782")
    drawn = pages(labels.draw_sheet(label, count, NOW))
    assert (len(drawn), sum(page.count("L123456782") for page in drawn)) == (sheets, count)
    assert "jappoo.example/t/L123456782" in labels.draw_svg(label)


def test_the_string_to_dial_is_whole_in_its_qr_code():
    assert dial("*384*44135*1#") == "tel:*384*44135*1%23"
