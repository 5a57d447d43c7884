"""What an officer types is read with its mistakes; the text itself stays as it was typed."""

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands.drafts import BadTime, Incomplete, read_draft
from app.coop.broadcasts.estimates import Draft

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DAKAR = ZoneInfo("Africa/Dakar")

READINGS = [
    ("DIFF TOUS Réunion  demain à 9h!", "TOUS", "Réunion demain à 9h!", None),
    ("  diff   pêche + joal   Ça va?", "pêche + joal", "Ça va?", None),
    ("Diff: PECHE+JOAL: L'eau est là", "PECHE+JOAL", "L'eau est là", None),
    ("DIFF:TOUS,bonjour", "TOUS", "bonjour", None),
    ("DIFF CPS 12 bonjour", "CPS 12", "bonjour", None),
    ("DIFF à tous bonjour", "tous", "bonjour", None),
    ("diff Joal-Fadiouth Vent\nfort", "Joal-Fadiouth", "Vent\nfort", None),
    ("diff tous @18:30 Réunion", "tous", "Réunion", (24, 18, 30)),
    ("diff tous @ 18h30: réunion", "tous", "réunion", (24, 18, 30)),
    ("diff tous @18h 30 personnes", "tous", "30 personnes", (24, 18, 0)),
    ("diff tous @9h x", "tous", "x", (25, 9, 0)),
    ("diff tous @demain 7h x", "tous", "x", (25, 7, 0)),
    ("diff tous @Demain à 7h30 x", "tous", "x", (25, 7, 30)),
    ("diff tous @après-demain 8h x", "tous", "x", (26, 8, 0)),
    ("diff tous @ven 9h x", "tous", "x", (27, 9, 0)),
    ("diff tous @vendredi 9h00: x", "tous", "x", (27, 9, 0)),
    ("diff tous @mar. 11h x", "tous", "x", (24, 11, 0)),
    ("diff tous @27/11 8h x", "tous", "x", (27, 8, 0)),
    ("diff tous @ 18 h 30 Réunion", "tous", "Réunion", (24, 18, 30)),
    ("diff tous @18 h30, Réunion", "tous", "Réunion", (24, 18, 30)),
    ("diff tous @18 heures 30 Réunion", "tous", "Réunion", (24, 18, 30)),
    ("diff tous @18: 30 Réunion", "tous", "Réunion", (24, 18, 30)),
    ("diff tous @27/11/2026 8h x", "tous", "x", (27, 8, 0)),
    ("DIFF\u00a0tous\u00a0@18:30\u202fx", "tous", "x", (24, 18, 30)),
    ("\ufeffD\u200bIFF PECHE\u200b+JOAL \u2060@\u200b18:30 x", "PECHE+JOAL", "x", (24, 18, 30)),
    ("DIFF «TOUS» «Bonjour»", "TOUS", "«Bonjour»", None),
    ("DIFF (JOAL) – (urgent) x", "JOAL", "(urgent) x", None),
    ('DIFF "TOUS": "Venez" tous', "TOUS", '"Venez" tous', None),
    ("DIFF TOUS -20 % sur la glace", "TOUS", "-20 % sur la glace", None),
    ("Bonjour, diff tous Ça va?\n\nEnvoyé depuis mon Samsung", "tous", "Ça va?", None),
    ("Re: DIFF TOUS Merci à tous. Merci", "TOUS", "Merci à tous. Merci", None),
    ("DIFF TOUS L'argent sera envoyé par Orange Money demain", "TOUS", "L'argent sera envoyé par Orange Money demain", None),
    ("DIFF TOUS Réunion - venez nombreux", "TOUS", "Réunion - venez nombreux", None),
    ("DIFF TOUS Ordre du jour\n- pesée\n- prix", "TOUS", "Ordre du jour\n- pesée\n- prix", None),
    ("DIFF TOUS Ça va?\n-- \nAwa Diop", "TOUS", "Ça va?", None),
    ("diff tous @à 18h30 x", "tous", "x", (24, 18, 30)),
    ("diff tous @8h Ce soir on part", "tous", "Ce soir on part", (25, 8, 0)),
    ("diff tous @mer 9:15 à @ 10h on part", "tous", "à @ 10h on part", (25, 9, 15)),
]


@pytest.mark.parametrize(("typed", "audience", "text", "at"), READINGS)
def test_a_draft_is_read(typed, audience, text, at):
    wanted = datetime(2026, 11, *at, tzinfo=DAKAR).astimezone(UTC) if at else None
    assert read_draft(typed, TUESDAY, DAKAR) == Draft(audience, text, False, wanted)


def test_a_weekday_whose_hour_is_past_is_the_next_ones():
    assert read_draft("DIFF TOUS @mar 9h x", TUESDAY, DAKAR).wanted_at == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_an_alert_is_read_alike():
    for typed in ("urgent! joal Tempête", "U\u200bRGENT joal Tempête", "🚨 URGENT: joal: Tempête"):
        assert read_draft(typed, TUESDAY, DAKAR) == Draft("joal", "Tempête", True)


@pytest.mark.parametrize("typed", ["DIFF", "DIFF TOUS", "diff tous @18:30", "DIFF @18:30 x", "DIFF +", "DIFF TOUS  \n "])
def test_what_lacks_an_audience_or_a_text_is_incomplete(typed):
    with pytest.raises((Incomplete, BadTime)):
        read_draft(typed, TUESDAY, DAKAR)


@pytest.mark.parametrize(
    "at",
    [
        *("@réunion", "@25:00", "@24h", "@18:3", "@18:75", "@foo 9h", "@31/02 9h", "@", "@vendra 9h"),
        *(
            "@7 décembre 9h",
            "@ven 4 déc 9h",
            "@18,30",
            "@18-30",
            "@18h30mn",
            "@6h du soir",
            "@7h du matin",
            "@8h30 DU SOIR",
            "@27/11/2026/1 9h",
            "@2026-11-27 9h",
        ),
        *("@3h30 de l'après-midi", "@27/11/1926 9h", "@27/11/2126 9h", "@27/11/026 9h"),
    ],
)
def test_a_time_that_isnt_one_is_said(at):
    with pytest.raises(BadTime):
        read_draft(f"DIFF TOUS {at} bonjour", TUESDAY, DAKAR)


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_any_text_is_read_without_another_fault(text):
    with contextlib.suppress(Incomplete, BadTime):
        assert read_draft(f"DIFF {text}", TUESDAY, DAKAR).text
