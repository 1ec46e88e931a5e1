"""A served page of the flagship to the end of 2025, in 300 worlds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from running import FEW

from sim.live.serve import Served, desk_of
from sim.study.how import How

WORLDS = 300


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page, for all tests that change nothing but what they ask."""
    yield from serving(tmp_path_factory.mktemp("results"))


def serving(out: Path) -> Iterator[Served]:
    """A page that is ended in the end."""
    pytest.importorskip("starlette", reason="the live page needs the extra: pip install 'shakeout[test]'")
    one = Served(desk_of("six-dragons", FEW, WORLDS, None, out, How()))
    one.begin()
    yield one
    one.close()
