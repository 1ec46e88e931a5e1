"""Workers that are forked from a server: it has imported NumPy, Numba and the engine and loaded the compiled laws, and
so have they, at once and for nothing.

The server is multiprocessing's own, one that nobody else uses. It has one thread, as OpenBLAS and Numba are told to
have no others, so a fork of it is whole. Workers are loky's, as elsewhere, but for the way in which they start; where
the server does not answer they start loky's way.
"""

from __future__ import annotations

import atexit
import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, popen_forkserver, process, spawn, util
from multiprocessing.context import set_spawning_popen
from typing import Any, cast

from loky.backend import reduction
from loky.backend.context import LokyContext
from loky.backend.process import LokyProcess

LOADS = "sim.study.warm"  # what the server imports
OF_MAIN = "init_main_from_"  # parts of what a worker is told that would have it run the script of its parent

_util, _process = cast(Any, util), cast(Any, process)  # not all of them is typed


class _Server(forkserver.ForkServer):
    """The server, started with ``env`` in its environment."""

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__()
        self.env = env
        self.set_forkserver_preload([LOADS])

    def ensure_running(self) -> None:
        """Start it if it does not run. It finds its modules where this process does, whatever the current folder is."""
        path = os.pathsep.join(folder or _process.ORIGINAL_DIR for folder in sys.path)
        with _environment({**self.env, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}):
            super().ensure_running()


_servers: dict[int, _Server] = {}  # of the process that started it: what is forked from that one has its own


def ensure_running(env: Mapping[str, str]) -> None:
    """Start the server of this process, with ``env`` added to its environment, if it does not run. OSError if it cannot
    be started.
    """
    if os.getpid() not in _servers:
        _servers[os.getpid()] = _Server(env)
        atexit.register(_stop)
    _servers[os.getpid()].ensure_running()


def _stop() -> None:
    """End the server of this process, also while it still loads, and see it end. Its workers have ended before."""
    server: Any = _servers.pop(os.getpid(), None)
    if server is not None and server._forkserver_pid is not None:
        with suppress(OSError):
            os.kill(server._forkserver_pid, signal.SIGKILL)
            server._stop()


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class _Popen(popen_forkserver.Popen):
    """A process that the server forks; as in multiprocessing, but for whose server it is and for ``OF_MAIN``."""

    _fds: list[int]

    def _launch(self, process_obj: Any) -> None:
        about = spawn.get_preparation_data(process_obj.name)
        content = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump({key: value for key, value in about.items() if not key.startswith(OF_MAIN)}, content)
            reduction.dump(process_obj, content)
        finally:
            set_spawning_popen(None)
        self.sentinel, write = _servers[os.getpid()].connect_to_new_process(self._fds)
        both = os.dup(write), self.sentinel  # open for as long as this process lives
        self.finalizer = _util.Finalize(self, _util.close_fds, both)
        with os.fdopen(write, "wb") as file:
            file.write(content.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)


class _Forked(LokyProcess):  # type: ignore[misc]
    """A worker of loky that is forked by the server, or started loky's way where the server does not answer."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        try:
            return _Popen(process_obj)
        except (OSError, EOFError):
            return LokyProcess._Popen(process_obj)


class Context(LokyContext):  # type: ignore[misc]
    """loky's context, whose processes are forked by the server."""

    Process = _Forked
