"""What must hold of our SMS before they are served. One function a rule, as for screens; a finding names line, text and example."""

from collections.abc import Iterator

from app.gsm7 import fold, measure, outside, septets
from app.gsm7.count import UCS2_SINGLE
from app.texts.declaration import FILE, Declared, Text
from app.texts.values import KINDS
from app.ussd.compiler import SOURCE_LANGUAGE, Finding
from app.ussd.render import PLACEHOLDER, fill

Found = Iterator[tuple[Text, str]]


def prove(known: Declared) -> list[Finding]:
    """Return what speaks against the texts; none is a proof."""
    found = list(_placeholders(known))
    if not found:
        found = [*_private(known), *_sizes(known)]
    return sorted({Finding(FILE, text.line, text.name, words) for text, words in found})


def longest(known: Declared, text: Text, language: str) -> str:
    """Return a text with the longest values that it can have."""
    values = {name: kind.longest for name, kind in KINDS.items()}
    for name, keyed in known.words.items():
        values[name] = max((said[language] for said in keyed.values()), key=lambda words: septets(fold(words)))
    return fill(text.said[language], values)


def _placeholders(known: Declared) -> Found:
    """Every placeholder has a kind or words; a translation has those of the French, neither more nor less."""
    for text in known.texts.values():
        wanted = set(PLACEHOLDER.findall(text.said[SOURCE_LANGUAGE]))
        yield from ((text, f"nothing gives {{{name}}}") for name in sorted(wanted - set(KINDS) - set(known.words)))
        for language in known.languages:
            if set(PLACEHOLDER.findall(text.said[language])) != wanted:
                yield text, f"({language}) has other placeholders than the French"


def _private(known: Declared) -> Found:
    """No amount, name or code where the text doesn't say that it may show one: phones are shared."""
    for text in known.texts.values():
        for name in PLACEHOLDER.findall(text.said[SOURCE_LANGUAGE]):
            if name in KINDS and KINDS[name].private and not text.private:
                yield text, f"{{{name}}} is private: say `private: true` if it may leave by SMS"


def _sizes(known: Declared) -> Found:
    """With its longest values a text, folded as it leaves, takes no more parts than declared; no letter is lost or forces UCS-2."""
    for text in known.texts.values():
        for language in known.languages:
            said = longest(known, text, language)
            short = measure(said).units <= UCS2_SINGLE  # the outbox doesn't fold it
            strange = [letter for letter in outside(said) if short or fold(letter) == "?"]
            size = measure(fold(said))
            if strange:
                yield text, f"({language}): {' '.join(strange)} is outside GSM-7"
            if size.parts > text.parts:
                yield text, f"({language}): {size.units} septets in {size.parts} parts, not {text.parts}: {said!r}"
