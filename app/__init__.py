"""Jappoo: USSD and SMS for rural co-operatives."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Flask

    from config.settings import Settings


def create_app(settings: "Settings | None" = None, now: "Callable[[], datetime] | None" = None) -> "Flask":
    """Return the web application (see `factory.py`); imported only now, so that the leaves stay light."""
    from app.factory import build, utc_now

    return build(settings, now or utc_now)
