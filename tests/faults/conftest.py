"""When something dies is random: pytest shows the seed with a failure."""

import random

import pytest


@pytest.fixture
def seed() -> int:
    given = random.randrange(1 << 32)  # noqa: S311 - no secret
    print(f"--seed {given}")
    return given
