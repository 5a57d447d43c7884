"""Menus are tried on the whole web application."""

import pytest

from tests import quay
from tests.conversations.test_talks import Line
from tests.web.conftest import app, client, environment

__all__ = ["app", "client", "environment"]


@pytest.fixture
def line(client, database):
    quay.appoint(database)
    return lambda phone=quay.SECRETARY: Line(client, "africastalking", phone)
