"""Each core package is tested on its own merit: 90 % of lines and branches, not an average over all."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from coverage.exceptions import NoDataError

FLOOR = 90.0
PACKAGES = ("app/ussd", "app/gsm7", "app/sms", "app/coop")


class Floors:
    """Fails a whole run (`pytest --cov`) in which a package is covered less; says nothing about a part of the tests."""

    def __init__(self) -> None:
        self.low: list[str] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        """Measure when the tests and pytest-cov are through."""
        result = yield
        measured = session.config.pluginmanager.getplugin("_cov")
        controller = getattr(measured, "cov_controller", None)
        if controller is not None and not session.testsfailed:
            self.low = [f"{package}: {share:.1f} %" for package, share in _shares(controller.cov) if share < FLOOR]
            session.testsfailed += len(self.low)
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the packages that are too low."""
        for line in self.low:
            terminalreporter.write_line(f"covered less than {FLOOR:.0f} %: {line}", red=True)


def _shares(measured: Any) -> Iterator[tuple[str, float]]:
    for package in PACKAGES:
        try:
            yield package, measured.report(include=[f"{package}/*"], file=io.StringIO())
        except NoDataError:
            yield package, 0.0
