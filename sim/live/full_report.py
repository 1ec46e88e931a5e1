"""The full report of what is on the page: a what-if in many more worlds, in the background, that can be called off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.foundation.errors import ShakeoutError
from sim.report.html import write
from sim.study.focus import named
from sim.study.how import How, Progress

REPORT_WORLDS = 10_000
NOT_BEGUN, AT_WORK, FINISHED, CALLED_OFF, WENT_WRONG = "idle", "at work", "done", "called off", "failed"


class CalledOff(Exception):
    """Nobody wants it any more."""


@dataclass(frozen=True)
class Standing:
    """How far a report is: ``stage`` in words, ``done`` of ``total`` worlds, then its ``page`` or what went wrong."""

    state: str = NOT_BEGUN
    stage: str = ""
    done: int = 0
    total: int = 0
    page: Path | None = None
    problem: str = ""


class FullReport:
    """At most one report at a time. ``ask(how)`` gives the answer with its folder."""

    def __init__(self) -> None:
        self.standing = Standing()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, ask: Callable[[How], Any], how: How) -> bool:
        """Begin a report of ``how.worlds`` worlds in the folder ``how.out``; False if one is at work already."""
        if self._thread is not None and self._thread.is_alive():
            return False
        self._stop = threading.Event()
        self.standing = Standing(AT_WORK, "beginning", 0, how.worlds or 0)
        self._thread = threading.Thread(target=self._work, args=(ask, how, self._stop), daemon=True)
        self._thread.start()
        return True

    def call_off(self) -> None:
        """End the report that is at work, after the block it is at; finished blocks are kept."""
        self._stop.set()

    def close(self) -> None:
        """Call it off and wait until it has ended."""
        self.call_off()
        if self._thread is not None:
            self._thread.join()

    def _work(self, ask: Callable[[How], Any], how: How, stop: threading.Event) -> None:
        def tell(progress: Progress) -> None:
            if stop.is_set():
                raise CalledOff
            self.standing = Standing(AT_WORK, progress.stage, progress.done, progress.total)

        how = replace(how, progress=tell, command="shakeout explore", pages=lambda: write)
        try:
            answer = ask(how)
            page = answer.folder / named(answer.KIND.page, answer.manifest)
            self.standing = Standing(FINISHED, "", how.worlds or 0, how.worlds or 0, page)
        except CalledOff:
            self.standing = Standing(CALLED_OFF)
        except ShakeoutError as error:
            self.standing = Standing(WENT_WRONG, problem=str(error))
        except Exception as error:  # said on the page: nobody looks at the terminal
            self.standing = Standing(WENT_WRONG, problem=f"{type(error).__name__}: {error}")
