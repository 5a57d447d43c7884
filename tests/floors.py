"""Each package is tested on its own merit: a floor of lines and branches for each, not an average over all.

`PYTEST_PLUGINS=tests.floors pytest` measures, as `make test` does for a whole run. The environment carries it, since it must stand
in each of xdist's processes before anything of ours is imported. slipcover marks the lines themselves: tracing each call, as
coverage.py does on this Python, takes 40 % of the run's time on top.
"""

import ast
import json
import marshal
import os
import sys
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest
from slipcover import FileMatcher, ImportManager, Slipcover, branch, merge_coverage
from slipcover.importer import SlipcoverLoader

FLOORS = {
    "app/ussd": 90,
    "app/gsm7": 90,
    "app/sms": 90,
    "app/texts": 90,
    "app/coop": 90,
    "app/commands": 90,
    "app/web": 90,
    "menus": 90,
    "workers": 70,  # most of it runs in processes of its own
}
"""Per cent."""

_OURS = ["app", "menus", "workers"]
_LEFT_OUT = [r"^\s*\.\.\.$"]
_NEVER = -1
"""Marks of what has run stay where they are: to take one out, slipcover looks through every function of every module."""
_measured = Slipcover(branch=True, source=_OURS, d_miss_threshold=_NEVER, exclude_also=_LEFT_OUT)
_LEADS = "PYTEST_XDIST_WORKER" not in os.environ and "--numprocesses" in sys.argv
"""Who leads runs no test."""


def _with_branches(source: Path) -> CodeType:
    """Compile a module so that its branches can be marked; done anew only when it has changed, as of its plain code."""
    kept = Path(cache_from_source(source, optimization="branches"))
    there = source.stat()
    stamp = f"{there.st_mtime_ns} {there.st_size}\n".encode()
    if kept.exists() and (found := kept.read_bytes()).startswith(stamp):
        code: CodeType = marshal.loads(found[len(stamp) :])  # noqa: S302 - our own
        return code
    code = compile(branch.preinstrument(ast.parse(source.read_bytes())), source, "exec")
    kept.parent.mkdir(exist_ok=True)
    beside = kept.with_suffix(f".{os.getpid()}")
    beside.write_bytes(stamp + marshal.dumps(code))
    beside.replace(kept)
    return code


def _load(loader: SlipcoverLoader, module: ModuleType) -> None:
    _measured.register_module(module)
    exec(_measured.instrument(_with_branches(loader.origin)), vars(module))  # noqa: S102 - the module itself


setattr(SlipcoverLoader, "exec_module", _load)  # noqa: B010 - mypy refuses the plain assignment
if not _LEADS:
    ImportManager(_measured, FileMatcher(sources=_OURS)).__enter__()
_low: list[str] = []
_of_workers: list[dict[str, Any]] = []


def shares(coverage: dict[str, Any]) -> dict[str, float]:
    """Return how many per cent of each package's lines and branches ran, those of files that nothing imported among them."""
    counts = {package: [0, 0] for package in FLOORS}
    for name, file in coverage["files"].items():
        package = next((one for one in FLOORS if name.startswith(f"{one}/")), None)
        if package is not None:
            ran, missed = (len(file[f"{which}_lines"]) + len(file[f"{which}_branches"]) for which in ("executed", "missing"))
            counts[package][0] += ran
            counts[package][1] += ran + missed
    return {package: 100 * ran / (there or 1) for package, (ran, there) in counts.items()}


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker measured to the process that leads."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["coverage"] = json.dumps(_measured.get_coverage())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take it from there."""
    if "coverage" in getattr(node, "workeroutput", {}):
        _of_workers.append(json.loads(node.workeroutput["coverage"]))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    """Fail a run that covers a package less than its floor."""
    result = yield
    if not hasattr(session.config, "workerinput"):
        whole, *others = _of_workers or [_measured.get_coverage()]
        for of_worker in others:
            merge_coverage(whole, of_worker)
        low = {package: share for package, share in shares(whole).items() if share < FLOORS[package]}
        _low.extend(f"{package}: {share:.1f} % of {FLOORS[package]} %" for package, share in low.items())
        session.testsfailed += len(_low)
    return result


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the packages that are too low."""
    for line in _low:
        terminalreporter.write_line(f"covered too little: {line}", red=True)
