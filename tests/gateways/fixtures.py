"""What gateways have sent and answered; each file says where it comes from."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

FOLDER = Path(__file__).parent.parent / "fixtures" / "gateway"


def named(prefix: str) -> list[str]:
    """Give the names of the fixtures that begin so; never none."""
    names = sorted(file.stem for file in FOLDER.glob(f"{prefix}*.json"))
    assert names, prefix
    return names


def load(name: str) -> Any:
    """Give a fixture."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def body_of(fixture: Any) -> bytes:
    """Give the body as it came on the wire, or made of its fields."""
    raw = fixture.get("raw_body") or fixture.get("request", {}).get("raw_body") or urlencode(fixture["form"])
    return str(raw).encode()
