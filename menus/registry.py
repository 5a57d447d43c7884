"""The one published menu: every YAML file of this folder but that of the SMS, with the functions of the module of the same name."""

from importlib import import_module
from importlib.resources import files

import app.coop.subjects  # noqa: F401 - screens lead to what any subject has declared
from app.texts.declaration import FILE
from app.ussd.bindings import Bindings

_files = sorted(entry.name for entry in files("menus").iterdir() if entry.name.endswith(".yaml"))
NAMES = tuple(name.removesuffix(".yaml") for name in _files if name != FILE)
bindings = Bindings.join("menu", (import_module(f"menus.{name}").menu for name in NAMES))


def sources() -> dict[str, str]:
    """Return the YAML of each file, by its name."""
    return {name: (files("menus") / f"{name}.yaml").read_text("utf-8") for name in NAMES}
