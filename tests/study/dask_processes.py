"""A real Dask scheduler and real workers, each a process of its own on loopback; and a task that leaves traces."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
START_SECONDS = 60
TICK_SECONDS = 0.05
ENDS_WITH_ITS_PARENT = """
import os, runpy, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(1)), daemon=True).start()
module = sys.argv.pop(1)
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


class Processes:
    """A scheduler and the workers that were started for it; ``folder`` holds what they write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: list[subprocess.Popen[bytes]] = []
        self.path = os.pathsep.join([str(ROOT), str(HERE)])
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = self._said("Scheduler at:").split()[-1]

    def worker(self, threads: int = 1, path: str | None = None) -> subprocess.Popen[bytes]:
        """One more worker, once it is there; ``path`` is where it looks for packages first."""
        before = self._log().count("Register worker")
        child = self._start("dask_worker", self.address, "--nthreads", str(threads), "--no-nanny", path=path)
        until = time.monotonic() + START_SECONDS
        while self._log().count("Register worker") == before:
            assert time.monotonic() < until, self._log()
            time.sleep(TICK_SECONDS)
        return child

    def close(self) -> None:
        """End all of them."""
        for child in self.children:
            child.kill()
            child.wait()

    def _start(self, program: str, *arguments: str, path: str | None = None) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": path or self.path, "DASK_TEMPORARY_DIRECTORY": str(self.folder)}
        code = ("-c", ENDS_WITH_ITS_PARENT, f"distributed.cli.{program}")
        command = [sys.executable, *code, *arguments, "--no-dashboard"]
        with self._log_path.open("ab") as log:
            child = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=self.folder
            )
        self.children.append(child)
        return child

    @property
    def _log_path(self) -> Path:
        return self.folder / "log"

    def _log(self) -> str:
        return self._log_path.read_text(errors="replace")

    def _said(self, words: str) -> str:
        until = time.monotonic() + START_SECONDS
        while True:
            for line in self._log().splitlines():
                if words in line:
                    return line
            assert time.monotonic() < until, self._log()
            time.sleep(TICK_SECONDS)


@contextlib.contextmanager
def processes(folder: Path) -> Iterator[Processes]:
    """A scheduler without workers."""
    started = Processes(folder)
    try:
        yield started
    finally:
        started.close()


class Trace(NamedTuple):
    """What one process did with one item."""

    what: str
    item: int
    process: int


class Traced(NamedTuple):
    """A task that takes a while and writes down who began and who ended it."""

    file: str
    seconds: float

    def __call__(self, item: int) -> int:
        self._note("began", item)
        time.sleep(self.seconds)
        self._note("ended", item)
        return item

    def _note(self, what: str, item: int) -> None:
        with Path(self.file).open("a") as file:
            file.write(f"{what} {item} {os.getpid()}\n")

    def traces(self) -> list[Trace]:
        """Everything noted so far."""
        if not Path(self.file).exists():
            return []
        parts = [line.split() for line in Path(self.file).read_text().splitlines()]
        return [Trace(what, int(item), int(process)) for what, item, process in parts]


def kill(child: subprocess.Popen[bytes]) -> None:
    """SIGKILL: no farewell."""
    child.send_signal(signal.SIGKILL)
    child.wait()
