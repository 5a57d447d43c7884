"""Talks run on the whole web application."""

from tests.web.conftest import app, client, environment

__all__ = ["app", "client", "environment"]
