"""Walks that several test files look at, made once."""

from __future__ import annotations

import pytest
from industries import SCENARIOS, Walk, named, walk

WORLDS = 48


@pytest.fixture(scope="session", params=SCENARIOS)
def history(request: pytest.FixtureRequest) -> Walk:
    """Every month of some worlds of each scenario in turn."""
    return walk(named(request.param), WORLDS)
