"""What screens have in common is said once: words of refusals, ways of leads, what errors lead to, what a way kept."""

from typing import Annotated

import msgspec
import pytest

from app.ussd import kinds
from app.ussd.bindings import Bindings, Denied, Hop, Lead, Refused
from app.ussd.compiler import Unreadable, compile_menu
from app.ussd.proof import Proof
from app.ussd.served import Served
from app.ussd.vocabulary import Vocabulary

HEAD = """
start: home
trouble: trouble
words: {back: 0 Retour, more: 9 Suite, "yes": Confirmer, unknown: Inconnu., empty: Tapez., several: Une., bye: Adieu., done: Fait.,
  nothing: Panne., unsure: Attente., diverged: Fini., moved: Parti.}
ways: {denied: denied, gone: gone, closed: closed}
refusals: {form: "4 chiffres.", other: "Rien."}
screens:
  home: {text: "Jappoo", choices: {1: {label: "Retirer", to: amount, keep: {box: cash}}, 2: {label: "Autrement", to: other}}}
  trouble: {text: "Erreur."}
  amount: {text: "Combien ?", ask: amount, keep: amount, to: sure}
  sure: {text: "Retirer {amount} ?", confirm: code, effect: withdraw, done: done}
  done: {end: "Fait."}
  denied: {end: "{denied.why} Rien n'est changé."}
  gone: {end: "Parti."}
  closed: {end: "Fermé."}
"""
OTHER = '  other: {text: "Rien"}\n'
OLD = ({"form": {"fr": "Quatre."}}, {"bad": {"fr": "Quatre."}})


class NotEnough(Exception):
    """An error with a figure."""


class Spent(NotEnough):
    """A kind of it."""


class Gone(Exception):
    """An error without words."""


class Withdrawal(msgspec.Struct, frozen=True):
    amount: int
    box: str
    note: str = ""


@pytest.fixture
def menu():
    menu = Bindings("toy")
    menu.raises = None

    @menu.answer(refuses={"form": None}, proves=True)
    def code(typed: str) -> bool:
        return bool(typed)

    @menu.answer()
    def amount(typed: str) -> Annotated[int, kinds.Kind("count", "999")]:
        return int(typed)

    @menu.effect(denies={NotEnough: lambda no: f"Reste {no}.", Spent: "Dépensé."}, ways={Gone: "gone"}, leads={"closed": None})
    def withdraw(kept: Withdrawal) -> None:
        if menu.raises:
            raise menu.raises
        return kept

    return menu


def hop(**kept):
    return Hop(None, "+221", None, "op", "t", "fr", None, True, kept)


def proved(menu, screens):
    try:
        return "\n".join(map(str, Proof(compile_menu({"toy": HEAD + screens}, None, menu), menu, {}).findings()))
    except Unreadable as fault:
        return str(fault)


def test_refusals_have_their_words_and_leads_go_where_they_always_do(menu):
    assert proved(menu, OTHER) == ""
    sure = compile_menu({"toy": HEAD + OTHER}, None, menu).screens["sure"]
    assert (sure.form, sure.ask, sure.refusals) == ("question", "code", {"form": {"fr": "4 chiffres."}})
    assert sure.leads == {"denied": "denied", "gone": "gone", "closed": "closed"}


def test_a_screen_may_say_its_own_way_and_its_own_words(menu):
    own = HEAD.replace("done: done}", 'done: done, leads: {gone: closed}, refusals: {form: "Non."}}')
    sure = compile_menu({"toy": own + OTHER}, None, menu).screens["sure"]
    assert (sure.leads["gone"], sure.refusals["form"]) == ("closed", {"fr": "Non."})


def test_a_menu_published_before_a_reason_was_known_refuses_in_general_words(menu):
    compiled = compile_menu({"toy": HEAD + OTHER}, None, menu)
    served = Served(compiled, menu, Vocabulary(compiled, menu, {}), {})
    said = [
        served.refusal(msgspec.structs.replace(compiled.screens["sure"], refusals=known), Refused("form"), "fr") for known in OLD
    ]
    assert said == ["Quatre.", "Inconnu."]


def test_an_unknown_confirmation_is_refused(menu):
    assert "no answer is called pin" in proved(menu, '  other: {text: "?", confirm: pin, effect: withdraw, done: done}\n')


@pytest.mark.parametrize(("default", "findings"), [({}, 1), ({"default": 0}, 0)])
def test_what_any_act_may_have_given_has_no_must(menu, default, findings):
    gave = msgspec.defstruct("Gave", [("taken", int, msgspec.field(**default))])
    shape = msgspec.defstruct("Way", [("done", gave | None, None)])

    @menu.source()
    def last(kept: shape) -> Withdrawal:
        return Withdrawal(kept.done.taken, "")

    found = proved(menu, '  other: {source: last, text: "Rien"}\n')
    assert found.count("may find as done what another act gave") == len(found.splitlines()) == findings


def test_what_a_way_kept_comes_typed_and_nothing_else(menu):
    call = menu.effects["withdraw"].call
    assert call(hop(amount="12", box="cash", other="x"), None) == Withdrawal(12, "cash")


@pytest.mark.parametrize(
    ("error", "name", "values"),
    [
        (NotEnough(7), "denied", Denied("Reste 7.")),
        (Spent(7), "denied", Denied("Dépensé.")),
        (Gone(), "gone", None),
    ],
)
def test_an_error_of_the_domain_leads_where_its_class_says(menu, error, name, values):
    menu.raises = error
    with pytest.raises(Lead) as led:
        menu.effects["withdraw"].call(hop(amount=1, box="cash"), None)
    assert (led.value.name, led.value.values) == (name, values)


def test_a_fault_stays_a_fault(menu):
    menu.raises = RuntimeError("ours")
    with pytest.raises(RuntimeError):
        menu.effects["withdraw"].call(hop(amount=1, box="cash"), None)


def test_what_a_function_reads_must_be_kept_on_every_way(menu):
    found = proved(menu, '  other: {text: "Et ?", choices: {1: {label: "Retirer", to: amount}}}\n')
    assert "sure: withdraw reads box, which not every way here has kept" in found
    assert "reads note" not in found
