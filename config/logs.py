"""Structured logs: one JSON object a line, numbers masked, nothing typed, one trace from the hop to the SMS.

A line that can't be written is counted and fails nobody: whoever logs may have a member who waits for an answer.
"""

import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO

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


def configure(level: str = "INFO", stream: TextIO | None = None, secrets: Iterable[str] = ()) -> None:
    """Send our logs and everybody else's to one stream (standard error), as JSON.

    `secrets` are values that are replaced wherever they turn up. Call it again after a fork with another stream.
    """
    global _secrets
    # A short one, as the demo's token, would be starred wherever its letters stand.
    _secrets = tuple(secret for secret in secrets if len(secret) >= _SHORT)
    # What was cleaned before may hold a secret that is known only now.
    _word.cache_clear()
    out = _Lines(stream or sys.stderr)
    handler = _Handler(out)
    handler.setFormatter(_Json())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("rq.worker", "alembic", "werkzeug", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.processors.format_exc_info, _render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(out),  # type: ignore[arg-type] # it only writes and flushes
        cache_logger_on_first_use=False,
    )


def dropped() -> int:
    """Return how many lines this process couldn't write since it began."""
    return _Lines.dropped


def mask(logger: Any, method: str, event: Any) -> Any:
    """Mask telephone numbers in every string, and leave out what must never be logged."""
    del logger, method
    return {name: value if name in _OURS else _masked(value) for name, value in event.items() if not _never(str(name))}


def mask_numbers(words: str) -> str:
    """Write `+221771234567` as `+22177*****67`, however it is spaced, and a foreign `+33612345678` as `+3361*****78`."""
    return _NUMBER.sub(_stars, words)


@lru_cache(512)
def _never(name: str) -> bool:
    return _NEVER.search(name) is not None


class _Lines:
    """A stream that never raises. What it couldn't take is counted, and said before the next line that it takes."""

    dropped = 0

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._unsaid = stream, 0

    def write(self, words: str) -> None:
        """Write a whole line."""
        try:
            if self._unsaid:
                self._stream.write(_encode({"event": "log lines were dropped", "level": "warning", "lines": self._unsaid}) + "\n")
            self._stream.write(words)
            self._stream.flush()
            self._unsaid = 0
        except (OSError, ValueError):  # a full disk, a closed pipe, a closed stream, a letter that it can't write
            self.drop()

    def flush(self) -> None:
        """Do nothing: each line was flushed, or dropped."""

    def drop(self) -> None:
        """Count a line that can't be written."""
        self._unsaid += 1
        _Lines.dropped += 1


class _Handler(logging.StreamHandler[_Lines]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Drop a line that can't be made; logging would print it to standard error, with what was to be masked."""
        del record
        self.stream.drop()


def _render(logger: Any, method: str, event: Any) -> str:
    """Return the line; one that can't be made is replaced by one that says so. Level and time are put here: a hop has one line."""
    event["level"], event["timestamp"] = method, datetime.now(UTC).isoformat()
    try:
        return _encode(mask(logger, method, event))
    except Exception as fault:
        return _encode({"event": "a line can't be written", "level": method, "fault": type(fault).__name__})


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
        event["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return _encode(mask(None, "", event))


def _encode(event: Any) -> str:
    return _encoder.encode(event).decode()


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


def _stars(found: re.Match[str]) -> str:
    if found["foreign"]:
        return f"+{found['foreign']}*****{found['end']}"
    return f"{found['country'] or ''}{found['head']}*****{found['tail']}"
