"""One finished run for all tests of the report, a page of every kind of study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A small answer of every kind, by name."""
    return small_studies.answers(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="session")
def studies(answers: dict[str, Any]) -> dict[str, Path]:
    """The page of each."""
    return {kind: small_studies.page_of(done) for kind, done in answers.items()}
