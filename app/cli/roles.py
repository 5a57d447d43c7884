"""Roles, acts and scopes as pages: for engineers with the places where a right is asked for, for officers in their words."""

from collections.abc import Iterable, Mapping

from app.commands.mistypes import RIGHTS
from app.coop.rights import FEDERATIONS, ROLES, TABLE, OfficeRole, Right, RightHolders
from app.web.console.filters import OFFICES
from app.web.console.route_rights import ROUTES
from menus.bureau import CHOICES

CO_OPERATIVES: tuple[OfficeRole, ...] = ("secretary", "treasurer", "president", "delegate", "auditor")
WHERE: Mapping[str, Mapping[str, tuple[Right, ...]]] = {
    "Bureau": {str(number): rights for number, rights in CHOICES.items()},
    "SMS": {word: (right,) for word, right in RIGHTS.items()},
    "console": {endpoint: (right,) for endpoint, right in ROUTES.items()},
}
"""Where a right is asked for: the Bureau's choices, commands by SMS, routes of the console."""
ROLES_PAGE = """# Roles, acts and scopes

Written by `jappoo admin roles` from the one table, [`app/coop/rights.py`](../app/coop/rights.py); a test holds this page to it.

- **cps**: in the one co-operative where the office is held.
- **fed**: for the federation, and in every co-operative; prices it sets for itself.
- The auditor reads all but members' messages and cases of aid, and does nothing. The ministry sees figures alone.
- `auditor` is the one office that both a co-operative and the federation have.

{table}
"""
GUIDE_PAGE = """# Qui peut quoi

Chaque tâche demande une charge. Une tâche qui n'est pas de la vôtre le dit et ne change rien.
Une femme ou un homme : « secrétariat », « trésorerie » disent la charge, « la secrétaire » ou « le trésorier » la personne.
Une charge d'une CPS vaut dans cette CPS ; une charge de la fédération dans toutes, sauf les prix : chacun les siens.

{table}

Le contrôle lit tout, sauf les messages des membres et les cas d'entraide, et ne fait rien. Le ministère ne voit que des chiffres.
Personne n'approuve sa propre demande, ne pèse sa propre production, ni ne sert son propre compte.
La fédération approuve là où il manque des responsables.
Un centre ou une entreprise sous convention ne voit que le choix 12 du Bureau, et là ses inscrits et ses offres.
"""


def roles_page() -> str:
    """Return `docs/roles.md`."""
    heads = ["right", *ROLES, *WHERE]
    rows = [
        [f"`{row.right}`", *(_scopes(row, role) for role in ROLES), *(_places(row.right, asked) for asked in WHERE.values())]
        for row in TABLE
    ]
    return ROLES_PAGE.format(table=_table(heads, rows))


def guide_page() -> str:
    """Return `docs/guide/qui-peut-quoi.md`."""
    heads = ["tâche", *OFFICES.values()]
    rows = [[f"{row.does}{_ways(row.right)}", *("oui" if _scopes(row, role) else "" for role in OFFICES)] for row in TABLE]
    return GUIDE_PAGE.format(table=_table(heads, rows))


def _scopes(row: RightHolders, role: OfficeRole) -> str:
    if role not in row.roles:
        return ""
    own = ["cps"] if role in CO_OPERATIVES else []
    federation = ["fed"] if row.federation and role in FEDERATIONS else []
    return ", ".join(own + federation)


def _places(right: Right, asked: Mapping[str, tuple[Right, ...]]) -> str:
    return ", ".join(f"`{place}`" for place, rights in asked.items() if right in rights)


def _ways(right: Right) -> str:
    """Say under which choice of the Bureau, and by which command, an officer comes to a task."""
    bureau = [f"Bureau {number}" for number, rights in CHOICES.items() if right in rights]
    words = [f"`{word}`" for word, needed in RIGHTS.items() if needed == right]
    found = ", ".join(bureau + words)
    return f" ({found})" if found else ""


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |").replace("|  |", "| |") for line in lines)
