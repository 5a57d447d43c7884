"""A new co-operative, its products and what it sets: asked at the console by the federation's administrator, done by PIN."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, get_args

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import texts
from app.amounts import number
from app.coop import law
from app.coop.act import Act
from app.coop.console_requests.kinds import RequestDone, RequestKind, Why
from app.coop.cooperatives.models import Cooperative
from app.coop.foundation import products, queries, services
from app.coop.foundation.places import NotFounded
from app.coop.ideas.models import Idea
from app.coop.ideas.services import IdeaNotOpen
from app.coop.offices import audit
from app.coop.rights import NotYours, Right
from app.coop.scope import Scope
from app.db.rows import require

ROOM = 16
"""Letters of a name in a request's sentence."""
Setting = Literal[
    "name", "commune", "filiere", "legal_form", "solidarity_percent", "instalment_percent", "price_threshold_percent",
    "payment_threshold",
]  # fmt: skip
SAID = {"name": "nom", "commune": "commune", "filiere": "filière"}
DENIES: dict[type[Exception], Why] = {
    NotFounded: lambda why: str(why)[:80],
    IdeaNotOpen: "l'idée est décidée, ou pas retenue",
    NotYours: "c'est à la fédération",
}


class AskedCooperative(msgspec.Struct, frozen=True):
    """A co-operative that should begin: commune by its name, trade by its code."""

    code: str
    name: str
    commune: str
    filiere: str
    form: str


class AskedProduct(msgspec.Struct, frozen=True):
    """A product that a co-operative should take; what stands beside the name is of a new one, but `aliases`, other spellings."""

    code: str
    name: str
    unit: str = ""
    filiere: str = ""
    divisible: bool = True
    aliases: tuple[str, ...] = ()


class AskedProductEnd(msgspec.Struct, frozen=True):
    """A product that a co-operative should take no more."""

    code: str
    name: str


class AskedSetting(msgspec.Struct, frozen=True):
    """What a co-operative should be, or set for itself, from now on."""

    code: str
    setting: Setting
    value: str


class AskedFiliere(msgspec.Struct, frozen=True):
    """A kept idea that should become a product, of this name and unit."""

    idea_id: int
    name: str
    unit: str


def setting_words() -> dict[str, str]:
    """Return what a co-operative is and sets, by its French words."""
    known = SAID | dict(texts.words("setting"))
    return {name: known[name] for name in get_args(Setting)}


def _say_new(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedCooperative) -> str:
    del scope, now
    if reader.scalar(select(Cooperative.id).where(Cooperative.code == wanted.code)) is not None:
        raise NotFounded(f"{wanted.code} est déjà une CPS")
    return f"nouvelle CPS {wanted.code} {wanted.name[:ROOM]}, {wanted.commune}, {wanted.filiere}, {wanted.form}."


def _found(session: Session, act: Act, wanted: AskedCooperative) -> RequestDone:
    place = {"commune": wanted.commune, "filiere": wanted.filiere, "form": wanted.form}
    services.found(session, wanted.code, wanted.name, **place, now=act.now)
    audit.note(session, act, "cooperative begun", f"cooperative:{wanted.code}", _of(session, wanted.code))
    return RequestDone(f"{wanted.code} est là. Ensuite ses produits, et ses responsables.")


def _say_product(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedProduct) -> str:
    del scope, now
    slot = products.planned_slot(reader, _of(reader, wanted.code).cooperative_id or 0, wanted.name, wanted.unit)
    if slot.active:
        raise NotFounded(f"{wanted.code} prend déjà {slot.product}, numéro {slot.slot}")
    return f"{wanted.code}: {slot.product}, en {slot.unit}, sera le numéro {slot.slot}, pour toujours."


def _take(session: Session, act: Act, wanted: AskedProduct) -> RequestDone:
    whole = {"unit": wanted.unit or None, "divisible": wanted.divisible, "filiere": wanted.filiere or None}
    slot = products.take_product(session, wanted.code, wanted.name, **whole, aliases=wanted.aliases)  # type: ignore[arg-type]
    audit.note(session, act, "product taken", f"slot:{slot.slot}", _of(session, wanted.code))
    return RequestDone(f"{slot.product} est le numéro {slot.slot} de {wanted.code}.")


def _say_product_end(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedProductEnd) -> str:
    del scope, now
    slot = products.planned_slot(reader, _of(reader, wanted.code).cooperative_id or 0, wanted.name, "")
    if not slot.active:
        raise NotFounded(f"{wanted.code} ne prend pas {wanted.name[:20]}")
    return f"{wanted.code}: ne plus prendre {slot.product}. Le numéro {slot.slot} reste le sien."


def _drop(session: Session, act: Act, wanted: AskedProductEnd) -> RequestDone:
    products.drop_product(session, wanted.code, wanted.name)
    audit.note(session, act, "product dropped", "product", _of(session, wanted.code))
    return RequestDone(f"{wanted.code} ne prend plus {wanted.name[:20]}.")


def _say_setting(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedSetting) -> str:
    del scope, now
    told, _ = queries.shown(reader, wanted.code)
    before, after = figure(told[wanted.setting]), figure(wanted.value)
    return f"{wanted.code}: {setting_words()[wanted.setting]}, {before[:ROOM]} devient {after[:ROOM]}."


def _set(session: Session, act: Act, wanted: AskedSetting) -> RequestDone:
    said = "C'est changé."
    if wanted.setting == "legal_form":
        gone = services.reform(session, wanted.code, form_of(wanted.value), now=act.now)
        said += f" Prêts pas encore remis, qui tombent: {gone}." if gone else ""
    elif wanted.setting in services.SETTINGS:
        services.change(session, wanted.code, wanted.setting, _whole(wanted.value), now=act.now)
    else:
        services.describe(session, wanted.code, **{wanted.setting: wanted.value}, now=act.now)
    audit.note(session, act, "setting changed", f"{wanted.setting}:{wanted.value}"[:40], _of(session, wanted.code))
    return RequestDone(said)


def _say_filiere(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedFiliere) -> str:
    del now
    if not scope.is_federation:
        raise NotYours("boutiques")
    rows = select(Cooperative.id, Cooperative.code).join(Idea, Idea.cooperative_id == Cooperative.id)
    where = require(
        reader.execute(rows.where(Idea.id == wanted.idea_id, Idea.state == "shortlisted")).first(), IdeaNotOpen(wanted.idea_id)
    )
    slot = products.planned_slot(reader, where.id, wanted.name, wanted.unit)
    return f"idée {wanted.idea_id} devient {slot.product}, en {slot.unit}, numéro {slot.slot} de {where.code}."


def _realise(session: Session, act: Act, wanted: AskedFiliere) -> RequestDone:
    if not act.office.scope.is_federation:
        raise NotYours("boutiques")
    slot = products.realise_idea(session, act, wanted.idea_id, wanted.name, wanted.unit)
    return RequestDone(f"{slot.product} est le numéro {slot.slot}. Un SMS le dit au membre.")


def form_of(typed: str) -> law.Form:
    """Return a legal form by its name. Raises NotFounded."""
    for form in get_args(law.Form):
        if form == typed:
            return form  # type: ignore[no-any-return]
    raise NotFounded("forme inconnue")


def figure(value: object) -> str:
    """Write what is set: a number with its spaces, words as they are."""
    words = str(value)
    return number(int(words)) if words.isdecimal() else words


def _whole(typed: str) -> int:
    if not (typed.isdecimal() and len(typed) < 10):
        raise NotFounded("il faut un nombre entier")
    return int(typed)


def _of(reader: Connection | Session, code: str) -> audit.Of:
    found = require(
        reader.scalar(select(Cooperative.id).where(Cooperative.code == code)), NotFounded(f"aucune CPS n'a le code {code[:16]}")
    )
    return audit.Of(None, found)


def _kind(
    name: str,
    title: str,
    arguments: type[msgspec.Struct],
    say: Callable[..., str],
    do: Callable[..., RequestDone],
    right: Right = "offices",
) -> RequestKind:
    return RequestKind(name=name, title=title, right=right, arguments=arguments, say=say, do=do, denies=DENIES)


KINDS = (
    _kind("cooperative", "Nouvelle CPS", AskedCooperative, _say_new, _found),
    _kind("product", "Produit", AskedProduct, _say_product, _take),
    _kind("product end", "Produit", AskedProductEnd, _say_product_end, _drop),
    _kind("setting", "Réglage", AskedSetting, _say_setting, _set),
    _kind("idea product", "Idée", AskedFiliere, _say_filiere, _realise, "boutiques"),
)
