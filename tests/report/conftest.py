"""One finished run for all tests of the report, a page of every kind of study, and the browser if there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import made_up
import pytest
import small_studies
from browser import Chromium

from sim.report.html import stills
from sim.report.html.write import write


@pytest.fixture(scope="session")
def run() -> Any:
    """The flagship's cast with made-up histories."""
    return made_up.run()


@pytest.fixture(scope="session")
def written(run: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with that run's page and plots."""
    folder = tmp_path_factory.mktemp("page")
    write(run, folder)
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A browser; tests that need one are skipped without."""
    pytest.importorskip("playwright", reason="Playwright drives the browser: pip install 'shakeout[test]'")
    found = stills.browser()
    if found is None:
        pytest.skip("no Chromium on this machine")
    opened = Chromium(found)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of every kind."""
    return small_studies.written(tmp_path_factory.mktemp("studies"))
