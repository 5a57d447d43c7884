"""A menu that would fail a member is refused, with its line and the reason."""

import pytest

from app.ussd.compiler import Unreadable, compile_menu, words_of
from app.ussd.menu import menu_as_json, menu_from_json
from app.ussd.render import lay_out
from menus.publication import compiled, prove

HEAD = """
start: home
trouble: trouble
words: {back: 0 Retour, more: 9 Suite, "yes": Confirmer, unknown: Inconnu., empty: Tapez., several: Une., bye: Adieu., done: Fait.,
  nothing: Panne., unsure: Attente., diverged: Fini., moved: Parti.}
guards: {pin: {stranger: away, place: away, activation: away, pin: pin, blocked: away, departed: away, officer: away, told: away,
  enrol: away, unproved: away, reset: away, notice: away}}
screens:
  away: {end: "Non."}
  trouble: {text: "Erreur."}
  pin: {text: "Code ?", ask: pin, free: true, to: "@wanted", leads: {locked: away}, refusals: {form: "Non.", wrong: "Non {left}."}}
"""
HOME = '  home: {text: "Jappoo", choices: {1: {label: "Soldes", to: balances}}}\n'
BALANCES = '  balances: {guard: pin, source: balances, text: "{shares}"}\n'
BOTH = HOME.replace("balances}}", 'balances}, 2: {label: "Parts", to: safe}}')
LIST = '  balances: {guard: pin, list: products, row: "{name}", text: "Quoi ?", empty: "Rien.", keep: product, to: away}\n'
ACT = '  act: {guard: pin, text: "Agir ?", effect: call_me, done: away, "yes": "Oui {code}"}\n'
SAFE = '  safe: {guard: pin, text: "Rien"}\n'


def findings(screens: str) -> str:
    try:
        return "\n".join(map(str, prove(compile_menu({"member": HEAD + screens}))))
    except Unreadable as fault:
        return str(fault)


def test_the_published_menu_is_proved_and_survives_json():
    menu = compiled()
    assert prove(menu) == []
    assert menu_from_json(menu_as_json(menu)) == menu
    assert "Mes soldes" in set(words_of(menu))


def test_a_published_menu_keeps_its_choices_in_the_order_of_their_numbers():
    published = menu_from_json(menu_as_json(compiled()))
    for screen in published.screens.values():
        assert [*screen.choices] == sorted(screen.choices), screen.name


def test_an_empty_lists_words_and_a_confirmations_are_filled_in():
    menu = compile_menu({"member": HEAD + HOME + LIST.replace("Rien.", "Rien. {code}") + ACT})
    for name, said in (("balances", "Rien. *384#\n0 Retour"), ("act", "Agir ?\n1 Oui *384#\n0 Retour")):
        [page] = lay_out(menu, menu.screens[name], "fr", {"code": "*384#"}, [], root=False, notice="")
        assert page.text == said


def test_a_small_menu_is_proved():
    assert findings(HOME + BALANCES) == ""


EIGHT = ", ".join(f'{at}: {{label: "Choix {at}", to: safe}}' for at in range(2, 8))
HELP = f'{EIGHT}, 8: {{label: "Aide", to: safe, first: true}}}}}}'


def test_a_choice_that_is_first_stands_on_the_first_page_behind_five_others():
    home = compile_menu({"member": HEAD + HOME.replace("}}}\n", "}, ") + HELP + "\n" + BALANCES + SAFE})
    assert prove(home) == []
    laid = lay_out(home, home.screens["home"], "fr", {}, [], root=True, notice="")
    assert [page.text.split("\n") for page in laid] == [
        ["Jappoo", "1 Soldes", *(f"{at} Choix {at}" for at in range(2, 6)), "8 Aide", "9 Suite"],
        ["6 Choix 6", "7 Choix 7", "0 Retour"],
    ]


def test_a_first_page_without_room_for_its_first_choice_is_refused():
    long = HOME.replace("Soldes", "S" * 115).replace("}}}\n", "}, ")
    assert "the first page (fr, member) has no room for" in findings(long + HELP + "\n" + BALANCES + SAFE)


@pytest.mark.parametrize(
    ("screens", "reason"),
    [
        (HOME, "1 leads to no screen: balances"),
        (HOME + BALANCES + '  lost: {end: "Perdu."}\n', "lost: nothing leads here"),
        (HOME + BALANCES.replace("source: balances", "source: balance"), "no source is called balance"),
        (HOME + BALANCES.replace("guard: pin", "guard: door"), "no guard is called door"),
        (HOME + BALANCES.replace("{shares}", "{share}"), "nothing gives {share}"),
        (BOTH + BALANCES.replace("guard: pin, ", "") + SAFE, "{shares} is private"),
        (HOME + BALANCES.replace("{shares}", "x" * 190), "septets, not 160"),
        (HOME.replace("Soldes", "Prêts ŋ") + BALANCES, ""),
        (HOME.replace("1:", "9:") + BALANCES, "numbered 1 to 8"),
        (HOME + BALANCES + '  home: {end: "Encore."}\n', "home is given twice"),
        (HOME + BALANCES.replace("text:", "texte:"), "unknown field"),
        (HOME + BALANCES.replace("guard: pin", "guard: pin, end: fin, ask: pin"), "one form"),
        (HOME + "  balances: {guard: pin, to: home}\n", "none of choices"),
        (HOME + '  balances: {guard: pin, text: "Oui ?", effect: call_me}\n', "give `done`"),
        (HOME + '  balances: {guard: pin, text: "Oui ?", effect: call_me, done: nowhere}\n', "done leads to no screen: nowhere"),
        (HOME + '  balances: {guard: pin, text: "?", ask: quantity, refusals: {bad: "N"}, to: home}\n', "may refuse whole"),
        (HOME + '  balances: {guard: pin, text: "?", ask: quantity, refusals: {bad: x, whole: x, unclear: x}}\n', "leads nowhere"),
        (
            HOME + '  balances: {guard: pin, text: "?", ask: same_pin, effect: call_me, done: away, refusals: {differs: "N"}}\n',
            "without a confirmation",
        ),
        (HOME + '  balances: {guard: pin, list: products, text: "Quoi ?", to: home}\n', "needs `keep`"),
        (HOME + BALANCES.replace("guard: pin,", "guard: pin, goal: {name: solde, within: 0},"), "takes 1 entries, not 0"),
        (HOME + BALANCES.replace("source: balances", "source: declaration"), "may lead to again"),
        (HOME + LIST.replace("Rien.", "Rien. {nowhere}"), "empty: nothing gives {nowhere}"),
        (HOME + LIST.replace("Rien.", "x" * 150 + "{code}"), "septets, not 160"),
        (HOME.replace("balances", "act") + ACT.replace("{code}", "{nowhere}"), "yes: nothing gives {nowhere}"),
        ("  home: [", "member.yaml:"),
    ],
)  # fmt: skip
def test_a_fault_is_named(screens, reason):
    found = findings(screens)
    assert reason in found
    assert not reason or "member.yaml:" in found


def test_a_missing_word_and_start_are_named():
    bad = (HEAD + HOME + BALANCES).replace("moved: Parti.", "move: Parti.").replace("trouble: trouble\n", "trouble: nowhere\n", 1)
    found = "\n".join(map(str, prove(compile_menu({"member": bad}))))
    assert "there is no screen nowhere" in found
    bad = bad.replace("nowhere", "trouble")
    assert "words.moved is missing" in "\n".join(map(str, prove(compile_menu({"member": bad}))))


@pytest.mark.parametrize(("word", "reason"), [("000 Encore", ""), ("0" * 161, "septets, not 160")])
def test_the_word_that_goes_on_with_a_cut_call_may_be_missing_and_is_measured(word, reason):
    source = HEAD.replace("more: 9 Suite", f"more: 9 Suite, resume: {word!r}") + HOME + BALANCES
    found = "\n".join(map(str, prove(compile_menu({"member": source}))))
    assert ("words.resume" in found) == bool(reason)
    assert reason in found


def test_a_language_is_served_when_every_text_is_translated():
    source = HEAD + HOME + BALANCES
    whole = {words: words.upper() for words in words_of(compile_menu({"member": source}))}
    assert compile_menu({"member": source}, {"wo": whole}).languages == ("fr", "wo")
    whole.popitem()
    assert compile_menu({"member": source}, {"wo": whole}).languages == ("fr",)


def test_a_language_that_lacks_a_text_is_not_served_in_part():
    part = compile_menu({"member": HEAD + HOME + BALANCES}, {"wo": {"Soldes": "Xaalis"}})
    assert part.said(part.screens["home"].choices[1].label, "wo") == "Soldes"
