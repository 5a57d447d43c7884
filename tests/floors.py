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
from slipcover import FileMatcher, ImportManager, Slipcover, branch, merge_coverage, probe, slipcover
from slipcover.importer import SlipcoverLoader
from slipcover.version import __version__ as VERSION  # noqa: N812 - it is one

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

_LEFT_OUT = [r"^\s*\.\.\.$"]
_NEVER = -1
"""Marks of what has run stay where they are: to take one out, slipcover looks through every function of every module."""
_measured = Slipcover(branch=True, source=[*FLOORS], d_miss_threshold=_NEVER, exclude_also=_LEFT_OUT)
_LEADS = "PYTEST_XDIST_WORKER" not in os.environ and "--numprocesses" in sys.argv
"""Who leads runs no test."""


class _Marks:
    """What stands in a kept module where a probe is to be: a probe itself can't be kept."""

    signal = "a probe of slipcover's"

    @staticmethod
    def new(slipcover: object, file: str, place: object, threshold: int) -> tuple[str, object]:
        """Return a mark of a line, or of a branch."""
        del slipcover, file, threshold
        return _Marks.signal, place


setattr(slipcover, "probe", _Marks)  # noqa: B010 - mypy refuses the plain assignment


def _marked(source: Path) -> tuple[list[int], list[tuple[int, int]], CodeType]:
    """Return a module's lines, its branches, and its code with a mark at each; made anew only when it has changed."""
    kept = Path(cache_from_source(source, optimization="branches"))
    there = source.stat()
    stamp = f"{source} {there.st_mtime_ns} {there.st_size} {VERSION}\n".encode()
    if kept.exists() and (found := kept.read_bytes()).startswith(stamp):
        module: tuple[list[int], list[tuple[int, int]], CodeType] = marshal.loads(found[len(stamp) :])  # noqa: S302 - our own
        return module
    marks = Slipcover(branch=True)
    code = marks.instrument(compile(branch.preinstrument(ast.parse(source.read_bytes())), source, "exec"))
    module = [*marks.code_lines[code.co_filename]], [*marks.code_branches[code.co_filename]], code
    kept.parent.mkdir(exist_ok=True)
    beside = kept.with_suffix(f".{os.getpid()}")
    beside.write_bytes(stamp + marshal.dumps(module))
    beside.replace(kept)
    return module


def _probed(code: CodeType) -> CodeType:
    """Put probes where the marks are."""

    def put(one: Any) -> Any:
        if isinstance(one, CodeType):
            return _probed(one)
        if isinstance(one, tuple) and len(one) == 2 and one[0] == _Marks.signal:
            return probe.new(_measured, code.co_filename, one[1], _NEVER)
        return probe.signal if one == _Marks.signal else one

    return code.replace(co_consts=tuple(map(put, code.co_consts)))


def _load(loader: SlipcoverLoader, module: ModuleType) -> None:
    lines, branches, code = _marked(loader.origin)
    _measured.code_lines[code.co_filename].update(lines)
    _measured.code_branches[code.co_filename].update(branches)
    exec(_probed(code), vars(module))  # noqa: S102 - the module itself


setattr(SlipcoverLoader, "exec_module", _load)  # noqa: B010 - mypy refuses the plain assignment
if not _LEADS:
    ImportManager(_measured, FileMatcher(sources=[*FLOORS])).__enter__()
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
    if not hasattr(session.config, "workerinput") and not session.config.option.collectonly:
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
