"""From `menus/sms.yaml` to declared texts: read once, with the translations of the languages that are served."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from app.texts.catalogues import catalogues
from app.texts.values import KINDS
from app.ussd.compiler import SOURCE_LANGUAGE, Catalogues, Finding, Unreadable, read_yaml
from app.ussd.menu import Texts

FILE = "sms.yaml"


class _Text(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    parts: int = 1
    private: bool = False


class _File(msgspec.Struct, forbid_unknown_fields=True):
    words: dict[str, dict[str, str]] = {}
    members: dict[str, str | _Text] = {}
    officers: dict[str, str | _Text] = {}


class Text(msgspec.Struct, frozen=True):
    """An SMS: its words by language, the SMS parts that it may take, whether it may show what is private, who reads it."""

    name: str
    said: Texts
    parts: int
    private: bool
    readers: str
    line: int


class Declared(msgspec.Struct, frozen=True):
    """All texts by name, the words of keys by the name of their placeholder, and the languages served."""

    texts: Mapping[str, Text]
    words: Mapping[str, Mapping[str, Texts]]
    languages: tuple[str, ...]

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Give every French text, who reads it and where it stands, in the file's order."""
        for name, keyed in self.words.items():
            yield from ((said[SOURCE_LANGUAGE], "members", f"words {name}") for said in keyed.values())
        for text in self.texts.values():
            yield text.said[SOURCE_LANGUAGE], text.readers, f"SMS {text.name}"


def compile_texts(source: str, translations: Catalogues) -> Declared:
    """Compile the texts of a YAML file; a language is served when its catalogue has every one of them.

    Raises Unreadable on YAML that isn't, keys and names given twice and unknown fields.
    """
    read, lines = read_yaml(FILE, source, _File)
    twice = [(f"$.officers.{name}", f"another text is called {name}") for name in read.members.keys() & read.officers.keys()]
    twice += [(f"$.words.{name}", f"values.py gives {{{name}}} a kind too") for name in read.words.keys() & KINDS.keys()]
    if twice:
        raise Unreadable([Finding(FILE, lines[path], path.rpartition(".")[2], words) for path, words in twice])

    def said(french: str) -> Texts:
        found = {language: known[french] for language, known in translations.items() if french in known}
        return {SOURCE_LANGUAGE: french, **found}

    words = {name: {key: said(french) for key, french in keyed.items()} for name, keyed in read.words.items()}
    texts: dict[str, Text] = {}
    for readers, group in (("members", read.members), ("officers", read.officers)):
        for name, given in group.items():
            one = given if isinstance(given, _Text) else _Text(given)
            texts[name] = Text(name, said(one.text), one.parts, one.private, readers, lines[f"$.{readers}.{name}"])
    every = [*(one for keyed in words.values() for one in keyed.values()), *(text.said for text in texts.values())]
    served = (language for language in translations if all(language in one for one in every))
    return Declared(texts, words, (SOURCE_LANGUAGE, *sorted(served)))


@cache
def declared() -> Declared:
    """Return the package's texts, read once a process. Raises Unreadable."""
    return compile_texts((files("menus") / FILE).read_text("utf-8"), catalogues())
