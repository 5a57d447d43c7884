"""The Wolof catalogue: drafts for two native speakers to read, none of them served before."""

from datetime import UTC, datetime
from importlib.resources import files

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from app.gsm7 import fold
from app.texts.declaration import compile_texts, declared
from app.texts.proof import prove as prove_texts
from app.ussd.compiler import compile_menu, words_of
from app.ussd.menu import Menu
from app.ussd.render import PLACEHOLDER, lay_out
from menus.publication import catalogues, compiled, prove
from menus.registry import bindings, sources
from menus.translation import read_by_members, template

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def wolof() -> Catalog:
    with (files("menus") / "locales/wo/LC_MESSAGES/menus.po").open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def drafts(wolof) -> dict[str, str]:
    return {entry.id: entry.string for entry in wolof if entry.id and entry.string}


@pytest.fixture(scope="module")
def reviewed(drafts) -> Menu:
    """The menu as if all drafts were reviewed; what has none yet, on officers' screens, stays French."""
    return compile_menu(sources(), {"wo": {french: drafts.get(french, french) for french in words_of(compiled())}}, bindings)


def test_the_catalogue_has_the_menus_texts_in_the_menus_order(wolof):
    wanted = [entry.id for entry in template(compiled(), declared(), now=NOW) if entry.id]
    present = [entry.id for entry in wolof if entry.id]
    assert present == wanted, "a text has changed: docs/architecture.md says how the catalogue follows"
    assert not wolof.obsolete


def test_drafts_keep_every_placeholder(drafts):
    for french, said in drafts.items():
        assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(french)), french


def test_no_letter_of_a_draft_is_lost_in_gsm7(drafts):
    assert [said for said in drafts.values() if fold(said).count("?") != said.count("?")] == []


def test_drafts_fit_the_screens_as_if_all_were_reviewed(reviewed):
    assert reviewed.languages == ("fr", "wo")
    assert prove(reviewed) == []


def test_drafts_fit_the_sms_as_if_all_were_reviewed(drafts):
    french = {words for words, _, _ in declared()}
    reviewed = compile_texts(
        (files("menus") / "sms.yaml").read_text("utf-8"), {"wo": {one: drafts.get(one, one) for one in french}}
    )
    assert reviewed.languages == ("fr", "wo")
    assert prove_texts(reviewed) == []


def test_keys_are_in_the_language_on_every_page(reviewed):
    home = lay_out(reviewed, reviewed.screens["home"], "wo", {"cost": "Gratuit"}, [], root=True, notice="")
    assert [page.text.rpartition("\n")[2] for page in home] == ["9 Topp", "0 Dellu"]


def test_nothing_fuzzy_is_served(wolof):
    assert catalogues()["wo"].keys() == {entry.id for entry in wolof if entry.id and entry.string and not entry.fuzzy}


def test_the_template_says_who_reads_a_text_and_where():
    menu = compiled()
    given = template(menu, declared(), now=NOW)
    ids = [entry.id for entry in given if entry.id]
    screens, sms = list(words_of(menu)), list(dict.fromkeys(words for words, _, _ in declared()))
    assert ids == screens + [words for words in sms if words not in set(screens)]
    assert given[declared().texts["letter_waits"].said["fr"]].auto_comments == ["officers: SMS letter_waits"]
    assert given["annulée"].auto_comments == ["members: words became", "members: words now_is"]
    assert given["Mes soldes"].auto_comments == ["members: home"]
    assert given["Peser"].auto_comments == ["officers: bureau"]
    assert given["0 Retour"].auto_comments == ["members: everywhere"]
    assert given["Le code a 4 chiffres."].auto_comments[0].endswith(" ...")
    assert {"Votre code secret ?", "Peser"} - read_by_members(menu) == {"Peser"}
