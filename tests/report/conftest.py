"""One finished run for all tests of the report, and the browser if there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import made_up
import pytest

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
def chromium() -> str:
    """Path of a Chromium; tests that need one are skipped without."""
    pytest.importorskip("choreographer", reason="choreographer (it comes with Kaleido) drives the browser")
    found = stills.browser()
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found
