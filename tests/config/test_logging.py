"""Logs: one JSON object a line, without numbers, secrets or what members type."""

import io
import json
import logging as standard
from collections.abc import Iterator

import pytest
import structlog

from config import logging


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = standard.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logging.configure(stream=stream, secrets=("atsk_very_secret",))
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def _only(lines: io.StringIO) -> dict[str, object]:
    (line,) = lines.getvalue().splitlines()
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
    assert logging.mask_numbers(words) == masked


def test_event_is_one_line_of_json_with_its_trace(lines: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(trace="a771234567b")
    structlog.get_logger().warning("a hop\nfailed", phone="+221771234567", parts=["771234567"], deep={"to": "771234567"})
    event = _only(lines)
    assert (event["event"], event["level"], event["trace"]) == ("a hop\nfailed", "warning", "a771234567b")
    assert (event["phone"], event["parts"], event["deep"]) == ("+22177*****67", ["77*****67"], {"to": "77*****67"})


@pytest.mark.parametrize("field", ["pin", "new_pin", "text", "input", "body", "token", "PASSWORD", "at_api_key", "pin_pepper"])
def test_what_is_typed_or_secret_is_left_out(lines: io.StringIO, field: str) -> None:
    structlog.get_logger().info("hop", **{field: "2468", "deep": {field: "2468"}})
    assert "2468" not in lines.getvalue()


def test_secrets_and_tokens_in_paths_never_show(lines: io.StringIO) -> None:
    structlog.get_logger().info("refused atsk_very_secret", path="/at/s3cret-token/ussd?x=1", other="/hubtel/s3cret-token/ussd")
    event = _only(lines)
    assert (event["event"], event["path"], event["other"]) == ("refused ***", "/at/***/ussd?x=1", "/hubtel/***/ussd")


def test_other_libraries_speak_the_same(lines: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(trace="t1")
    standard.getLogger("sqlalchemy.pool").error("lost %s", "+221771234567")
    event = _only(lines)
    assert (event["event"], event["logger"], event["trace"]) == ("lost +22177*****67", "sqlalchemy.pool", "t1")


def test_exception_is_logged_without_numbers_and_without_what_was_bound(lines: io.StringIO) -> None:
    try:
        raise ValueError("no +221771234567\n[parameters: ('2468', 'Awa')]")
    except ValueError:
        structlog.get_logger().exception("failed")
    shown = str(_only(lines)["exception"])
    assert "no +22177*****67" in shown
    assert "Awa" not in shown


def test_unknown_kinds_are_written_as_words(lines: io.StringIO) -> None:
    structlog.get_logger().info("kinds", error=ValueError("771234567"), some={"771234567"})
    event = _only(lines)
    assert (event["error"], event["some"]) == ("77*****67", ["77*****67"])
