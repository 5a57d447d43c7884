"""The translations of what stands in `menus`, screens and SMS: one gettext catalogue a language."""

from importlib.resources import files

from babel.messages.pofile import read_po


def catalogues() -> dict[str, dict[str, str]]:
    """Return the reviewed translations by language: a fuzzy one is not served."""
    found: dict[str, dict[str, str]] = {}
    folder = files("menus") / "locales"
    for language in sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []:
        with (folder / language / "LC_MESSAGES" / "menus.po").open("rb") as file:
            catalogue = read_po(file)
        found[language] = {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string and not entry.fuzzy}
    return found
