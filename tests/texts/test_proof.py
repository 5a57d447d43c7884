"""What speaks against a text, told with its line, its name and an example."""

import pytest
from click.testing import CliRunner

from app.cli.menus import menus
from app.texts.declaration import compile_texts
from app.texts.proof import prove
from app.ussd.compiler import Unreadable

LONG = "Jappoo: " + "m" * 150
FRENCH = {"a": "Réf {reference}"}


def findings(source, catalogues=None):
    return [str(finding) for finding in prove(compile_texts(source, catalogues or {}))]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Réf {reference}", None),
        ("Réf {colour}", "nothing gives {colour}"),
        ("De {by}", None),
        ("Pour {amount}", "{amount} is private: say `private: true` if it may leave by SMS"),
        ("Code {secret}", "{secret} is private: say `private: true` if it may leave by SMS"),
        ("{text: 'Code {secret}', private: true}", None),
        (LONG + "{place}", None),
        (LONG + "{reference}", "(fr): 164 septets in 2 parts, not 1: '" + LONG + "999999'"),
        ("{text: '" + LONG + "{reference}', parts: 2}", None),
        (LONG + "{by}", "(fr): 170 septets in 2 parts, not 1: '" + LONG + "présid€€€'"),
        ("Un reçu", "(fr): ç is outside GSM-7"),
        ("Un reçu " + "m" * 70, None),
        ("Une pêche 🐟 " + "m" * 70, "(fr): 🐟 is outside GSM-7"),
    ],
)
def test_each_rule_finds_what_breaks_it(text, finding):
    plain = text if text.startswith("{text") else f'"{text}"'
    source = f"words:\n  by: {{president: présid€€€, delegate: présidentes}}\nmembers:\n  a: {plain}"
    assert findings(source) == ([f"sms.yaml:4: a: {finding}"] if finding else [])


@pytest.mark.parametrize(
    ("said", "finding"),
    [
        ("{reference} réf", None),
        ("Réf", "(wo) has other placeholders than the French"),
        ("Réf {reference} {day}", "(wo) has other placeholders than the French"),
        ("Réf {reference}" + "m" * 160, "(wo): 170 septets in 2 parts, not 1: 'Réf 999999" + "m" * 160 + "'"),
        ("Réf {reference} 🐟" + "m" * 70, "(wo): 🐟 is outside GSM-7"),
        ("Réf {reference} ŋ" + "m" * 70, None),
    ],
)
def test_a_translation_is_held_to_the_same(said, finding):
    given = findings('officers: {a: "Réf {reference}"}', {"wo": {"Réf {reference}": said}})
    assert given == ([f"sms.yaml:1: a: {finding}"] if finding else [])


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ("members:\n  a: Un\n  a: Deux", "sms.yaml:3: $.members: a is given twice"),
        ("members: {a: {text: Un, part: 2}}", "sms.yaml:1: -: Object contains unknown field `part`"),
        ("members: {a: [Un", "sms.yaml:2: -: did not find expected ',' or ']'"),
        ("members: {a: Un}\nofficers: {a: Deux}", "sms.yaml:2: a: another text is called a"),
        ("words: {reference: {a: Un}}", "sms.yaml:1: reference: values.py gives {reference} a kind too"),
    ],
)
def test_what_is_no_declaration_is_refused_with_its_line(source, finding):
    with pytest.raises(Unreadable) as refused:
        compile_texts(source, {})
    assert finding in str(refused.value)


def test_the_command_proves_a_file_of_texts_in_place_of_ours(tmp_path):
    file = tmp_path / "sms.yaml"
    file.write_text("members: {a: 'Réf {colour}'}", "utf-8")
    said = CliRunner().invoke(menus, ["check", str(file)])
    assert said.exit_code == 1
    assert "sms.yaml:1: a: nothing gives {colour}" in said.output
    file.write_text("members: {a: 'Réf {reference}'}", "utf-8")
    assert "proved: 1 SMS in fr" in CliRunner().invoke(menus, ["check", str(file)]).output
