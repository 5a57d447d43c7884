"""Menus are tried on the whole web application."""

import pytest

from tests import sample_declarations
from tests.conversations.talk import Line
from tests.web.conftest import app, client, database, environment

__all__ = ["app", "client", "database", "environment"]


@pytest.fixture
def line(client, database):
    sample_declarations.appoint(database)
    return lambda phone=sample_declarations.SECRETARY: Line(client, "africastalking", phone)
