"""One finished run for all tests of the report, a page of every kind of study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duels as made
import made_up
import pytest
import small_studies

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
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of every kind."""
    return small_studies.written(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="session")
def duels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A small answer of every kind by name; studies are written, runs and what compares them are not."""
    return made.studies(tmp_path_factory.mktemp("results")) | made.runs()
