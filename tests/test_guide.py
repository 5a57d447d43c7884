"""The guide says what the service does."""

import re
from pathlib import Path

GUIDE = Path(__file__).parent.parent / "docs" / "guide"


def test_every_page_is_named_on_the_first_and_every_link_leads_somewhere():
    pages = {page.name for page in GUIDE.glob("*.md")}
    named = set(re.findall(r"\]\(([\w-]+\.md)\)", (GUIDE / "README.md").read_text("utf-8")))
    assert pages - {"README.md"} == named
    for page in GUIDE.glob("*.md"):
        assert set(re.findall(r"\]\(([\w-]+\.md)\)", page.read_text("utf-8"))) <= pages
