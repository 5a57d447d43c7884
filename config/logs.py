"""Structured logs: one JSON object a line, numbers masked, nothing typed, one trace from the hop to the SMS.

A line that can't be written is counted and fails nobody: whoever logs may have a member who waits for an answer.
"""

import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO

import msgspec
import structlog

_NUMBER = re.compile(
    r"(?<!\d)(?P<country>(?:\+|00)?221[ .-]?)?(?P<head>7\d)[ .-]?\d{3}[ .-]?\d{2}[ .-]?(?P<tail>\d\d)(?!\d)"
    r"|\+(?P<foreign>\d{4})\d{3,9}(?P<end>\d\d)(?!\d)"
)
_PATH = re.compile(r"(/(?:at|hubtel)/)[^/\s\"']+")
_ROW = re.compile(r"(?:^|\n)(?:DETAIL|CONTEXT):.*?(?=\n\[|\n\n|\Z)", re.DOTALL)
"""PostgreSQL's words about a violated constraint, which show the row."""
_PARAMETERS = re.compile(r"\[parameters: .*?\]$", re.MULTILINE | re.DOTALL)
_NEVER = re.compile(
    r"(^|_)(pin|text|input|body|form|token|secret|secret_key|api_key|pepper|password|authorization|cookie)s?$", re.IGNORECASE
)
_OURS = frozenset({"trace", "timestamp", "level", "logger"})
_SHORT = 8
"""Fewer characters can't hold a number, a secret or a path with its token."""
# Longer words are sentences and traces: they seldom come twice, and aren't kept.
_LONG = 32
_secrets: tuple[str, ...] = ()
_formatter = logging.Formatter()


def configure(stream: BinaryIO | None = None, secrets: Iterable[str] = ()) -> None:
    """Send our logs and everybody else's to one stream (standard error), as JSON.

    `secrets` are values that are replaced wherever they turn up. Call it again after a fork with another stream.
    """
    global _secrets, _lines
    # A short one, as the demo's token, would be starred wherever its letters stand.
    _secrets = tuple(secret for secret in secrets if len(secret) >= _SHORT)
    # What was cleaned before may hold a secret that is known only now.
    _word.cache_clear()
    _lines = _Lines(stream)
    logging.basicConfig(handlers=[_Handler(_lines)], level=logging.INFO, force=True)
    for name in ("rq.worker", "alembic", "werkzeug", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.processors.format_exc_info, _render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(_lines),  # type: ignore[arg-type] # it only writes and flushes
        cache_logger_on_first_use=False,
    )


def say(event: str, **fields: Any) -> None:
    """Write a line of level `info` as structlog's would be, at half its cost. It is for what is written at every hop.

    Without `configure` it is on standard error all the same.
    """
    _lines.write(_render(None, "info", {"event": event, **fields}) + b"\n")


def dropped() -> int:
    """Return how many lines this process couldn't write since it began."""
    return _Lines.dropped


def mask(logger: Any, method: str, event: Any) -> Any:
    """Mask telephone numbers in every string, and leave out what must never be logged."""
    del logger, method
    return {name: value if name in _OURS else _masked(value) for name, value in event.items() if not _never(name)}


def mask_numbers(words: str) -> str:
    """Write `+221771234567` as `+22177*****67`, however it is spaced, and a foreign `+33612345678` as `+3361*****78`."""
    return _NUMBER.sub(_stars, words)


@lru_cache(512)
def _never(name: Any) -> bool:
    return _NEVER.search(str(name)) is not None


class _Lines:
    """A stream that never raises. What it couldn't take is counted, and said before the next line that it takes."""

    dropped = 0

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self._stream, self._unsaid = stream, 0

    def write(self, line: bytes) -> None:
        """Write a whole line."""
        try:
            stream = self._stream or sys.stderr.buffer
            if self._unsaid:
                lost = {"event": "log lines were dropped", "level": "warning", "lines": self._unsaid}
                stream.write(_encode(lost) + b"\n")
            stream.write(line)
            stream.flush()
            self._unsaid = 0
        except (OSError, ValueError):  # a full disk, a closed pipe, a closed stream
            self.drop()

    def flush(self) -> None:
        """Do nothing: each line was flushed, or dropped."""

    def drop(self) -> None:
        """Count a line that can't be written."""
        self._unsaid += 1
        _Lines.dropped += 1


class _Handler(logging.Handler):
    def __init__(self, lines: _Lines) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line of another library's; one that can't be made is dropped."""
        try:
            event: dict[str, Any] = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
            event["timestamp"] = datetime.fromtimestamp(record.created, UTC)
            if record.exc_info:
                event["exception"] = _formatter.formatException(record.exc_info)
            self._lines.write(_encode(mask(None, "", event)) + b"\n")
        except Exception:  # logging would print it to standard error, with what was to be masked
            self._lines.drop()


def _render(logger: Any, method: str, event: Any) -> bytes:
    """Return the line; one that can't be made is replaced by one that says so. Level and time are put here: a hop has one line."""
    event["level"], event["timestamp"] = method, datetime.now(UTC)
    try:
        return _encode(mask(logger, method, event))
    except Exception as fault:
        return _encode({"event": "a line can't be written", "level": method, "fault": type(fault).__name__})


def _encode(event: Any) -> bytes:
    return _encoder.encode(event)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) < _SHORT else _word(value) if len(value) < _LONG else _clean(value)
    if isinstance(value, dict):
        return mask(None, "", value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    return value


def _clean(words: str) -> str:
    for secret in _secrets:
        words = words.replace(secret, "***")
    return mask_numbers(_PATH.sub(r"\1***", _PARAMETERS.sub("[parameters hidden]", _ROW.sub("", words))))


_encoder = msgspec.json.Encoder(enc_hook=lambda value: _masked(str(value)))
_word = lru_cache(512)(_clean)
"""Names of screens and gateways come again on every line."""
_lines = _Lines()


def _stars(found: re.Match[str]) -> str:
    if found["foreign"]:
        return f"+{found['foreign']}*****{found['end']}"
    return f"{found['country'] or ''}{found['head']}*****{found['tail']}"
