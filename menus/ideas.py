"""The boutique source, as members see it."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts
from app.clock import DAKAR
from app.coop.ideas import queries, services, voices
from app.coop.members import notices
from app.db.rows import require
from app.public_words import BadWords, read_public
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, PrivateWords, Words, member_of, own_act, who_of

menu = Bindings("ideas")
Said = Annotated[str, kinds.Kind("words", "Votre voix est à l'idée 999999. ")]

NO_IDEA = {
    services.TooManyIdeas: "Trois de vos idées attendent: d'abord leur réponse.",
    services.NoMembersIdea: "Seul un membre actif propose et soutient.",
    services.IdeaNotOpen: "Cette idée ne prend plus de voix.",
    voices.IdeaScored: "Vous l'avez notée: votre voix va à une autre.",
}
STANDS = {
    "waiting": "à lire",
    "open": "publiée",
    "merged": "réunie",
    "kept_out": "pas publiée",
    "shortlisted": "retenue",
    "not_kept": "pas retenue",
    "accepted": "devient filière",
    "declined": "pas réalisée",
}
OFFICES = {"administrator": "CARE", "auditor": "Contrôle", "president": "Présidence"}


class IdeaRefused(msgspec.Struct, frozen=True):
    why: kinds.Phrase


class IdeaRow(msgspec.Struct, frozen=True):
    """An idea, by its own number on the screen too: `SOUTENIR n`."""

    id: kinds.Count
    slot: int
    words: kinds.Phrase
    voices: kinds.Count
    until: kinds.Day


class CountedVoices(msgspec.Struct, frozen=True):
    by_pin: kinds.Count
    by_sms: kinds.Count


class VoiceIs(msgspec.Struct, frozen=True):
    voice_is: Said


class NewIdea(msgspec.Struct, frozen=True):
    idea_words: str


class SupportedIdea(msgspec.Struct, frozen=True):
    idea: IdeaRow


class ProposedIdea(msgspec.Struct, frozen=True):
    idea_number: kinds.Reference


class GivenVoice(msgspec.Struct, frozen=True):
    supported: kinds.Reference
    voices_pin: kinds.Count


class TakenVoice(msgspec.Struct, frozen=True):
    withdrawn: kinds.Reference


@menu.answer(refuses={"bad": IdeaRefused})
def idea_words(typed: str) -> kinds.Phrase:
    """Read an idea's words."""
    try:
        return read_public(typed)
    except BadWords as bad:
        raise Refused("bad", IdeaRefused(str(bad))) from None


@menu.effect(denies=NO_IDEA)
def propose_idea(hop: Hop, session: Session, kept: NewIdea) -> ProposedIdea:
    """Write a member's idea, for an officer to read."""
    act = own_act(hop)
    row, _ = services.propose(session, act, kept.idea_words)
    words = texts.say("idea_noted", number=str(row.id), day=row.proposed_at)
    notices.answer(session, act, "receipt", f"idea:{row.id}", words, who_of(hop).cooperative_id)
    return ProposedIdea(str(row.id))


@menu.rows()
def ideas(hop: Hop, reader: Connection) -> Sequence[IdeaRow]:
    """Give what can be supported now."""
    found = queries.open_ideas(reader, hop.now)
    return [row_of(one) for one in found]


@menu.source()
def idea(reader: Connection, kept: SupportedIdea) -> CountedVoices:
    """Count an idea's voices as they are now."""
    found = voices.counted(reader, kept.idea.id)
    return CountedVoices(found.by_pin, found.by_sms)


@menu.source()
def idea_scores(reader: Connection, kept: SupportedIdea) -> Words:
    """Say who gave an idea how many points, by criterion."""
    found = queries.scores_of(reader, kept.idea.id)
    lines = [
        f"{OFFICES.get(one.role, one.role)} {one.cooperative or ''}: {sum(one.points)}/25 ({'-'.join(map(str, one.points))})"
        for one in found
    ]
    return Words("\n".join(lines) or "Pas encore notée.")


@menu.source()
def own_voice(hop: Hop, reader: Connection) -> VoiceIs:
    """Say where the member's voice is now, since it moves."""
    found = voices.voice_of(reader, member_of(hop), hop.now)
    return VoiceIs(f"Votre voix est à l'idée {found[0]}. " if found else "")


@menu.effect(denies=NO_IDEA)
def support_idea(hop: Hop, session: Session, kept: SupportedIdea) -> GivenVoice:
    """Give the member's voice to an idea."""
    return _support(hop, session, kept.idea.id)


@menu.effect(denies={**NO_IDEA, LookupError: "Pas de voix à confirmer."})
def confirm_voice(hop: Hop, session: Session) -> GivenVoice:
    """Have the PIN see the voice that was sent by SMS."""
    found = require(voices.voice_of(session, member_of(hop), hop.now), LookupError())
    return _support(hop, session, found[0])


@menu.effect(denies={services.IdeaNotOpen: "Vous n'avez pas de voix à retirer."})
def withdraw_voice(hop: Hop, session: Session) -> TakenVoice:
    """Take the member's voice back."""
    return TakenVoice(str(voices.withdraw(session, own_act(hop))))


@menu.source()
def own_ideas(hop: Hop, reader: Connection) -> PrivateWords:
    """Say where the member's voice is, and how their ideas stand."""
    voice, found = voices.voice_of(reader, member_of(hop), hop.now), queries.own_ideas(reader, member_of(hop))
    said = "Pas encore de voix donnée."
    if voice:
        said = f"Votre voix: idée {voice[0]}{'' if voice[2] else ', par SMS, à confirmer'}."
    return PrivateWords("\n".join([said, *(f"{one.id} {one.words}: {STANDS[one.state]}" for one in found)]))


@menu.source()
def kept_ideas(reader: Connection) -> Words:
    """Say what the rounds have kept."""
    found = queries.kept_ideas(reader)
    lines = [f"{one.id} {one.words}: {STANDS[one.state]}, {one.points:.0f}/25, {one.by_pin} voix" for one in found]
    return Words("\n".join(lines) or "Pas encore d'idée retenue.")


def row_of(one: queries.ShownIdea) -> IdeaRow:
    """Return an idea as a list's row."""
    until = (one.support_until or one.proposed_at).astimezone(DAKAR).date()
    return IdeaRow(one.id, one.id, one.words, one.by_pin, until)


def _support(hop: Hop, session: Session, idea_id: int) -> GivenVoice:
    counted = voices.support(session, own_act(hop), idea_id, by_pin=True)
    return GivenVoice(str(idea_id), counted.by_pin)
