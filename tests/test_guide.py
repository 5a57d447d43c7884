"""The guide says what the service does."""

import re
from pathlib import Path

from app.coop.rights import MAY, Right

GUIDE = Path(__file__).parent.parent / "docs" / "guide"
OFFICES = ("secretary", "treasurer", "president", "delegate", "auditor", "administrator")
ROWS: dict[str, Right] = {
    "Peser": "weigh",
    "Approuver": "approve",
    "Payer": "pay",
    "Prix": "price",
    "Membres": "people",
    "Rappels": "call_backs",
    "Pour un membre": "assist",
    "Boutiques": "boutiques",
    "Vendre": "sell",
    "Noter une idée": "score",
    "Formations": "training",
    "Inscrits": "courses",
    "Console": "console",
    "Nommer": "offices",
    "Entraide": "approve",
    "`DIFF`": "broadcast",
    "Arrêter": "stop",
    "Registres": "registers",
    "`ETAT`": "read",
}


def test_who_may_what_is_what_the_offices_have():
    lines = [line for line in (GUIDE / "qui-peut-quoi.md").read_text("utf-8").splitlines() if line.startswith("|")][2:]
    told = {}
    for line in lines:
        task, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        right = next(right for words, right in ROWS.items() if task.startswith(words))
        told[right] = {office for office, cell in zip(OFFICES, cells, strict=True) if cell}
    assert told == {right: set(offices) & set(OFFICES) for right, offices in MAY.items()}


def test_every_page_is_named_on_the_first_and_every_link_leads_somewhere():
    pages = {page.name for page in GUIDE.glob("*.md")}
    named = set(re.findall(r"\]\(([\w-]+\.md)\)", (GUIDE / "README.md").read_text("utf-8")))
    assert pages - {"README.md"} == named
    for page in GUIDE.glob("*.md"):
        assert set(re.findall(r"\]\(([\w-]+\.md)\)", page.read_text("utf-8"))) <= pages
