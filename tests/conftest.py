"""Settings shared by all tests: hypothesis repeats its examples exactly, and a compiling call is never late."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, settings

PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
settings.register_profile("repeatable", max_examples=40, deadline=None, derandomize=True, database=None, phases=PHASES)
settings.load_profile("repeatable")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a shell: commands would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)
NOTHING_COMPILED = pytest.mark.skip(reason="NUMBA_DISABLE_JIT is set: nothing is compiled, there is nothing to compare")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where compiling is switched off, comparing compiled with uncompiled would compare a function with itself."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        for item in items:
            if "compiled_as_plain" in item.name:
                item.add_marker(NOTHING_COMPILED)


class Answer(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Answer]:
    """Run one command in an empty folder of its own."""
    from sim.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.getsignal", lambda _name: None)  # pytest keeps its own handlers

    def call(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["shakeout", *arguments])
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capfd.readouterr()
        return Answer(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser (tests/report/browser.py); tests that need one are skipped without."""
    pytest.importorskip("playwright", reason="Playwright drives the browser: pip install 'shakeout[test]'")
    from browser import Chromium

    from sim.report.html import stills

    found = stills.browser()
    if found is None:
        pytest.skip("no Chromium on this machine")
    opened = Chromium(found)
    yield opened
    opened.close()
