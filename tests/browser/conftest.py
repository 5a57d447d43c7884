"""The console as people sit before it: the system's Chromium on a served application, with their telephones beside it.

Whatever a test does, its pages may say nothing in the browser's console, fetch nothing from elsewhere, and never be wider than
the window; `look` holds a page to what a screen reader and a keyboard need. Flows go at the telephone's width.
"""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from app.db.database import Database
from app.sms.models import Message
from tests import sample_declarations
from tests.conversations.talk import Line
from tests.web.conftest import database
from tests.web.console.conftest import _quick_doors, app

__all__ = ["_quick_doors", "app", "database"]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
IMAGES = Path(__file__).parents[2] / "docs/images"
WIDTHS = {"telephone": (360, 740), "desk": (1280, 900)}

TOO_WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] : [...document.querySelectorAll("main *")]
    .filter((one) => one.getBoundingClientRect().right > window.innerWidth).map((one) => one.outerHTML.slice(0, 90))"""
"""What of a page stands out of the window."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give the browser for a file's tests: while it is driven, an event loop runs in this thread, which others' tests want free."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("the browser tests want Chromium: install it (Debian, Ubuntu: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


class Seat:
    """An officer before a window, with their telephone."""

    pictures: Path | None = None

    def __init__(
        self, page: Page, address: str = "", app: Flask | None = None, database: Database | None = None, phone: str = ""
    ) -> None:
        self.page, self.address, self.app, self.database, self.phone = page, address, app, database, phone

    def go(self, path: str = "/") -> None:
        self.page.goto(self.address + path)

    def code(self) -> str:
        """Return the newest code that came by SMS."""
        with self.database.read() as reader:
            wanted = (
                select(Message.text).where(Message.to_number == self.phone, Message.purpose == "code").order_by(Message.id.desc())
            )
            return re.findall(r"\d{6}", reader.scalars(wanted).first() or "")[0]

    def dial(self, *entries: str) -> str:
        """Dial on the telephone, and type one entry after the other; return the last screen."""
        line = Line(self.app.test_client(), "africastalking", self.phone)
        said = line.dial([])
        for entry in entries:
            said = line.type(entry)
        return said

    def come_in(self) -> None:
        """Sign in: number, code by SMS, and the number on the page confirmed on the telephone."""
        page = self.page
        self.go("/sign-in")
        page.get_by_label("Numéro de téléphone").fill(self.phone)
        page.get_by_role("button", name="Recevoir le code").click()
        page.get_by_label("Code reçu par SMS").fill(self.code())
        page.get_by_role("button", name="Continuer").click()
        shown = page.locator(".number strong").inner_text()
        assert "C'est confirmé" in self.dial("8", "14", "2468", "1", shown, "2468")
        page.get_by_role("button", name="C'est confirmé, entrer").click()
        page.get_by_role("heading", level=1, name="Ma journée").wait_for()

    def look(self, *pictures: str) -> None:
        """Hold the page that is shown to what it owes everybody, as wide as a desk's window and then as a telephone's, which stays.

        `make guide` keeps pictures of it under names that end with the width.
        """
        page = self.page
        page.wait_for_load_state()
        for width, (across, down) in reversed(WIDTHS.items()):
            page.set_viewport_size({"width": across, "height": down})
            assert page.evaluate(TOO_WIDE) == []
            # Colours are the same at both widths, and take half the time.
            asked = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": width == "desk"}}}
            serious = [
                f"{one['id']}: {one['help']} ({one['nodes'][0]['html'][:120]})"
                for one in Axe().run(page, options=asked).response["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            assert serious == []
            for picture in pictures if self.pictures else ():
                if picture.endswith(width):
                    page.screenshot(path=self.pictures / f"{picture}.png", full_page=False)


Seats = Callable[..., Seat]


@pytest.fixture(autouse=True)
def _pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.config.getoption("--write-guide"):
        monkeypatch.setattr(Seat, "pictures", IMAGES)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the application, and give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def seat(chromium: Browser, address: str, app: Flask, database: Database) -> Iterator[Seats]:
    """Give a seat before a window of its own."""
    said: list[str] = []
    contexts = []

    def sit(phone: str = sample_declarations.SECRETARY, **options: Any) -> Seat:
        across, down = WIDTHS["telephone"]
        context = chromium.new_context(viewport={"width": across, "height": down}, locale="fr-FR", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda fault: said.append(str(fault)))
        page.on("request", lambda request: None if request.url.startswith((address, "data:")) else said.append(request.url))
        return Seat(page, address, app, database, phone)

    yield sit
    for context in contexts:
        context.close()
    assert said == []
