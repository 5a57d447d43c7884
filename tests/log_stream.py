"""Streams that the log is written to, also one that takes nothing."""

import io
import logging as standard
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog

from config import logs

Stream = TypeVar("Stream", bound=io.BytesIO)


class FullStream(io.BytesIO):
    """A stream whose disk is full, whose pipe is closed or which is closed itself, until it is `mended`."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault: Exception | None = fault

    def write(self, line: Any) -> int:
        if self.fault:
            raise self.fault
        return super().write(line)


@contextmanager
def log_on(stream: Stream, secrets: Iterable[str] = ()) -> Iterator[Stream]:
    """Have everybody log on a stream for a while, as the service does."""
    root = standard.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    logs.configure(stream=stream, secrets=secrets)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**before)
