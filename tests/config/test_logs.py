"""Logs: one JSON object a line, without numbers, secrets or what members type."""

import errno
import io
import json
import logging as standard
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from config import logs
from tests.log_stream import FullStream, log_on


@pytest.fixture
def lines() -> Iterator[io.BytesIO]:
    with log_on(io.BytesIO(), secrets=("atsk_very_secret",)) as stream:
        yield stream


def _only(lines: io.BytesIO) -> dict[str, object]:
    (line,) = lines.getvalue().decode().splitlines()
    event: dict[str, object] = json.loads(line)
    return event


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        ("+221771234567", "+22177*****67"),
        ("221771234567", "22177*****67"),
        ("00221771234567", "0022177*****67"),
        ("771234567", "77*****67"),
        ("77 123 45 67", "77*****67"),
        ("+221 77 123 45 67,", "+221 77*****67,"),
        ("to=%2B221771234567&", "to=%2B22177*****67&"),
        ("+33612345678", "+3361*****78"),
        ("12 500 F, 1 250 000 F", "12 500 F, 1 250 000 F"),
        ("482137", "482137"),
        ("1764000000123", "1764000000123"),
    ],
)
def test_numbers_are_masked_however_written(words: str, masked: str) -> None:
    assert logs.mask_numbers(words) == masked


def test_event_is_one_line_of_json_with_its_trace(lines: io.BytesIO) -> None:
    structlog.get_logger().warning(
        "a hop\nfailed", trace="a771234567b", phone="+221771234567", parts=["771234567"], deep={"to": "771234567"}
    )
    event = _only(lines)
    assert (event["event"], event["level"], event["trace"]) == ("a hop\nfailed", "warning", "a771234567b")
    assert (event["phone"], event["parts"], event["deep"]) == ("+22177*****67", ["77*****67"], {"to": "77*****67"})


@pytest.mark.parametrize("field", ["pin", "new_pin", "text", "input", "body", "token", "PASSWORD", "at_api_key", "pin_pepper"])
def test_what_is_typed_or_secret_is_left_out(lines: io.BytesIO, field: str) -> None:
    structlog.get_logger().info("hop", **{field: "2468", "deep": {field: "2468"}})
    assert "2468" not in lines.getvalue().decode()


def test_secrets_and_tokens_in_paths_never_show(lines: io.BytesIO) -> None:
    structlog.get_logger().info("refused atsk_very_secret", path="/at/s3cret-token/ussd?x=1", other="/hubtel/s3cret-token/ussd")
    event = _only(lines)
    assert (event["event"], event["path"], event["other"]) == ("refused ***", "/at/***/ussd?x=1", "/hubtel/***/ussd")


def test_a_line_said_straight_is_what_structlog_would_write(lines: io.BytesIO) -> None:
    fields = {"trace": "a771234567b", "network": "+221771234567", "screen": "/at/s3cret-token/ussd", "ms": 1.5, "pin": "2468"}
    structlog.get_logger().info("hop", **fields)
    logs.say("hop", **fields)
    one, other = (json.loads(line) for line in lines.getvalue().splitlines())
    assert one.pop("timestamp") <= other.pop("timestamp")
    assert one == other
    assert (one["network"], one["screen"], "pin" in one) == ("+22177*****67", "/at/***/ussd", False)


def test_other_libraries_speak_the_same(lines: io.BytesIO) -> None:
    standard.getLogger("sqlalchemy.pool").error("lost %s", "+221771234567")
    event = _only(lines)
    assert (event["event"], event["level"], event["logger"]) == ("lost +22177*****67", "error", "sqlalchemy.pool")


def test_exception_is_logged_without_numbers_and_without_what_was_bound(lines: io.BytesIO) -> None:
    try:
        raise ValueError("no +221771234567\n[parameters: ('2468', 'Awa')]")
    except ValueError:
        structlog.get_logger().exception("failed")
    shown = str(_only(lines)["exception"])
    assert "no +22177*****67" in shown
    assert "Awa" not in shown


ROW = """new row for relation "people" violates check constraint "some"
DETAIL:  Failing row contains (1, Awa
Diop, fr, $argon2id$v=19$x).
CONTEXT:  COPY people, line 1: "Awa"
[SQL: INSERT INTO people VALUES (%s)]"""


def test_a_violated_constraint_shows_no_row(lines: io.BytesIO) -> None:
    try:
        raise ValueError(ROW)
    except ValueError:
        structlog.get_logger().exception("failed", why=ROW)
        standard.getLogger("x").exception(ROW)
    for shown in ("Awa", "Diop", "argon2id", "DETAIL", "CONTEXT"):
        assert shown not in lines.getvalue().decode()
    assert lines.getvalue().decode().count("INSERT INTO people") >= 3


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize(
    "fault",
    [OSError(errno.ENOSPC, "full"), BrokenPipeError(), ValueError("I/O operation on closed file")],
    ids=lambda f: type(f).__name__,
)
def test_a_stream_that_takes_no_lines_fails_nobody_and_they_are_counted(
    fault: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    stream, before = FullStream(fault), logs.dropped()
    logs.configure(stream=stream)
    structlog.get_logger().info("one")
    standard.getLogger("x").error("two")
    assert logs.dropped() - before == 2
    stream.fault = None
    structlog.get_logger().info("three")
    told, three = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (told["lines"], three["event"]) == (2, "three")
    structlog.get_logger().info("four")
    assert len(stream.getvalue().splitlines()) == 3
    assert capsys.readouterr() == ("", "")


def test_a_line_that_cant_be_made_fails_nobody(
    lines: io.BytesIO, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = logs._encode

    def fails_on_odd(event: Any) -> bytes:
        """Fail as a lone surrogate does, which the test's own report couldn't carry."""
        if event["event"] == "odd":
            raise UnicodeEncodeError("utf-8", "?", 0, 1, "surrogates not allowed")
        return encode(event)

    monkeypatch.setattr(logs, "_encode", fails_on_odd)
    structlog.get_logger().info("odd")
    before = logs.dropped()
    standard.getLogger("x").error("odd")
    assert logs.dropped() == before + 1
    assert "a line can't be written" in _only(lines).values()
    assert capsys.readouterr() == ("", "")


def test_unknown_kinds_are_written_as_words(lines: io.BytesIO) -> None:
    structlog.get_logger().info("kinds", error=ValueError("771234567"), some={"771234567"})
    event = _only(lines)
    assert (event["error"], event["some"]) == ("77*****67", ["77*****67"])
