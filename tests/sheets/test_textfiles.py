"""Text is read in the encoding that it was written in, or refused: never with other letters, never with rows swallowed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.sheets import SheetRefused
from tests.sheets.kinds import FIXTURES, MEMBERS, read, text


@pytest.mark.parametrize(
    ("names", "coding"),
    [
        ("GUÈYE COUMBA|TÉFESS|AÏDA", "cp1252"), ("GUÈYE COUMBA|ABBÉ|AÏDA", "mac_roman"), ("Sœur Marie|Cœur", "iso8859_15"),
        ("JOÃO|Ã 𡌅|Ã√", "utf-8"),
        ("Émile Badiane|Éva|ÉLISE", "cp1252"), ("NOËL Éva", "cp1252"), ("TRAORÉ|KEÏTA", "cp1252"), ("PÊCHE", "cp1252"),
        ("GUÈYE", "cp850"), ("Noël", "cp850"), ("FRANÇOIS", "cp850"), ("Émile", "mac_roman"), ("Bâ|BÂ", "cp1252"),
        ("CÔTE", "cp1252"),
        ("NDÈYE", "cp1252"), ("Guèye|Ndèye Coumba", "iso8859_15"), ("« Awa » Guèye…", "cp1252"), ("Guèye Sœur", "cp1252"),
    ],
)  # fmt: skip
def test_letters_are_those_of_the_encoding_capitals_too(tmp_path, names, coding):
    _, rows = read(text(tmp_path, "\n".join(["NOM;PARTS", *(f"{name};5" for name in names.split("|"))]), coding))
    assert "|".join(row.cells["name"].text for row in rows) == names


NAMES = (FIXTURES / "noms_accentues.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6), st.sampled_from(["cp1252", "mac_roman", "cp850", "iso8859_15"]))
def test_names_are_read_as_they_were_written_or_asked_about(tmp_path, names, coding):
    for head, sure in (("Nom;Parts", False), ("Prénom et nom;Né(e) le;Téléphone;Prénom du père", True)):
        try:
            path = text(tmp_path, "\n".join([head, *(f"x {name};5" for name in names)]).encode(coding))
        except UnicodeEncodeError:
            continue
        try:
            _, rows = read(path, MEMBERS[:1])
        except SheetRefused:
            assert not sure
        else:
            assert [row.raw[0] for row in rows] == [f"x {name}" for name in names]


def test_letters_that_may_be_two_things_are_asked_about_by_their_line(tmp_path):
    with pytest.raises(SheetRefused, match=r"^Ligne 3: est-ce « Bâ » ou « Bë » \?"):
        read(text(tmp_path, "Nom;Parts\r\nAwa;5\r\nMor Bâ;6\r\n", "mac_roman"))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("Prénom et nom;Parts\nAwa Guèye;5\n".encode() + "Ndèye;6\n".encode("cp1252"), 3),
        ("Prénom et nom;Parts\r\nAwa Guèye;5\r\nNdè".encode()[:-1], 3),
        (b"\xef\xbb\xbf" + "Nom;Parts\nAwa Guèye;5\nNdèye;6".encode("cp1252"), 2),
        ("Nom;Parts\nAwa;5\nGuèye;6\n".encode().decode("cp1252").encode(), 3),
        ("Nom;Parts\nAwa;5\nGuèye;6\n".encode().decode("mac_roman").encode(), 3),
        ("Nom;Parts\nl’Aînée;6\n".encode().decode("cp1252").encode("utf-16"), 2),
    ],
)  # fmt: skip
def test_letters_of_two_encodings_are_refused_by_their_line(tmp_path, data, line):
    with pytest.raises(SheetRefused, match=f"Ligne {line}: "):
        read(text(tmp_path, data))


@pytest.mark.parametrize(
    "lines",
    [
        'Nom;Adresse\n"Awa Un; Joal\nAwa Deux; Joal\nAwa Trois"; Joal\n',
        'Nom;Adresse\n"Awa Un; Joal\nAwa Deux"; Joal\n',
        'Nom, Parts, Lieu\n"Awa Un, 5, Joal\nAwa Deux, 6, Joal\nAwa Trois", 6, Joal\n',
    ],
)
def test_a_quote_that_swallows_rows_is_refused_where_blanks_follow_separators(tmp_path, lines):
    with pytest.raises(SheetRefused, match="Ligne 2: un guillemet n'est pas fermé"):
        read(text(tmp_path, lines))


def test_a_cell_of_two_lines_may_hold_a_separator(tmp_path):
    _, rows = read(text(tmp_path, 'Nom;Adresse;Parts\n"Awa Un";"Santhie; près du puits\nJoal";5\nAwa Deux;Joal;6\n'))
    assert [row.kind for row in rows] == ["data", "data"]


def test_the_sign_with_which_dos_ends_a_text_is_no_row(tmp_path):
    _, rows = read(text(tmp_path, b"Nom;Parts\r\nAwa Un;5\r\n\x1a"))
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ('nom\n"Awa Diop\nFatou Fall\nMor Seck"\nAida Ba\n', 2),
        ('Nom\r\nAwa Diop\r\n"Fatou Fall\r\nMor Seck"\r\n', 3),
        ('nom\n"Awa Diop\nFatou Fall\nMor Seck"\nBa, Aida\n', 2),
    ],
)
def test_a_quote_that_swallows_the_rows_of_one_column_is_refused(tmp_path, lines, line):
    with pytest.raises(SheetRefused, match=f"^Ligne {line}: un guillemet n'est pas fermé"):
        read(text(tmp_path, lines))


def test_a_cell_that_is_too_long_is_not_said_to_be_a_quote(tmp_path):
    with pytest.raises(SheetRefused, match=r"^Ligne 3: une cellule est trop longue\."):
        read(text(tmp_path, f"Nom;Parts\nAwa;5\n{'a' * 140_000};5\n"))
    with pytest.raises(SheetRefused, match=r"^Ligne 3: un guillemet n'est pas fermé"):
        read(text(tmp_path, 'Nom;Parts\nAwa;5\n"Mor;5\n' + "Awa;5\n" * 30_000))
