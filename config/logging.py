"""Structured logs: one JSON object a line, numbers masked, nothing typed, one trace from the hop to the SMS."""

import logging
import re
import sys
from typing import Any

import msgspec
import structlog

_NUMBER = re.compile(r"(\+?221)?(7[0-9])[0-9]{5}([0-9]{2})(?![0-9])|\+[0-9]{7,15}")
_NEVER = frozenset({"pin", "text", "input", "body", "token", "secret", "password"})


def configure(level: str = "INFO", stream: Any = None) -> None:
    """Send our logs and everybody else's to one stream, as JSON."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Json())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("rq.worker", "alembic", "werkzeug", "urllib3"):
        logging.getLogger(name).setLevel("WARNING")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask,
            structlog.processors.JSONRenderer(serializer=lambda event, **_: msgspec.json.encode(event, enc_hook=str).decode()),
        ],
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=True,
    )


def mask(logger: Any, method: str, event: Any) -> Any:
    """Mask telephone numbers in every string, and leave out what must never be logged."""
    del logger, method
    return {name: _masked(value) for name, value in event.items() if name not in _NEVER}


def mask_numbers(words: str) -> str:
    """Write `+221771234567` as `+22177*****67`."""
    return _NUMBER.sub(lambda found: f"{found[1] or ''}{found[2]}*****{found[3]}" if found[2] else f"{found[0][:5]}*****", words)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(mask(None, "", event)).decode()


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_numbers(value)
    if isinstance(value, dict):
        return mask(None, "", value)
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return value
