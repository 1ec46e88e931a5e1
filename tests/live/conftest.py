"""A served page of the flagship to the end of 2025, in 300 worlds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from running import serving

from sim.live.serve import Served


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page, for all tests that change nothing but what they ask."""
    yield from serving(tmp_path_factory.mktemp("results"))
