"""Starts the page's server and ends it: from the command line until it is interrupted, from a notebook in a thread."""

from __future__ import annotations

import importlib.util
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from sim.foundation.errors import InputError, first_line
from sim.foundation.whole_numbers import whole
from sim.live.guard import HOST, new_token
from sim.scenario.load import load, with_sets
from sim.scenario.model import Scenario
from sim.study.how import How
from sim.study.in_stages import Explorer

if TYPE_CHECKING:
    from sim.live.server import Desk

NEEDED = ("starlette", "uvicorn", "xlsxwriter")  # of the extra
MOST_PORT = 65_535
CLOSING_SECONDS = 1  # that open answers have to end


def desk_of(
    scenario: Scenario | Path | str, sets: Sequence[str], worlds: int | None, seed: int | None, out: Path, how: How
) -> Desk:
    """What the server has at hand for a scenario, its file or its name; ``how`` says who watches the compiling.

    InputError if it is wrong, or if the extra is not installed.
    """
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise InputError(
            f"the live page needs {' and '.join(missing)}",
            key="shakeout explore",
            allowed="after: pip install 'shakeout[explore]'",
        )
    from sim.live.server import Desk

    named, stated = ("", scenario) if isinstance(scenario, Scenario) else (str(scenario), load(scenario, seed=seed))
    base = with_sets(stated, sets) if sets else stated
    explorer = Explorer(base, worlds)
    explorer.compile(how)
    return Desk(explorer, named, stated, tuple(sets), out)


class Served:
    """The page at ``address``; ``run`` serves it until it is ended, ``close`` ends it.

    InputError if the port is taken or no port at all.
    """

    def __init__(self, desk: Desk, port: int = 0, framed: bool = False) -> None:
        import uvicorn

        from sim.live.server import app_of

        self.socket = _listening(whole("--port", port, 0, MOST_PORT))
        self.port, token = self.socket.getsockname()[1], new_token()
        self.address = f"http://{HOST}:{self.port}/{token}/"
        self.desk = desk
        app: Any = app_of(desk, self.port, token, framed)

        class Server(uvicorn.Server):
            """Ends the answers first: what still streams would hold it up."""

            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                desk.stop()
                super().handle_exit(sig, frame)

        self._server = Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                loop="asyncio",
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=CLOSING_SECONDS,
            )
        )
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Serve until an interrupt; then every answer and the report have ended, too."""
        try:
            self._server.run(sockets=[self.socket])
        finally:
            self.desk.close()

    def begin(self) -> None:
        """Serve in a thread of its own, until ``close`` or the end of this process."""
        self._thread = threading.Thread(target=self.run, daemon=True, name="live page")
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self.desk.stop()
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
        self.socket.close()
        self.desk.close()

    def _repr_html_(self) -> str:
        """The page in a cell of a notebook."""
        link = f'<p><a href="{self.address}" target="_blank" rel="noopener">{self.address}</a></p>'
        return f'{link}<iframe src="{self.address}" width="100%" height="900" title="Explore: what if"></iframe>'

    def __repr__(self) -> str:
        return f"Explore: {self.address}"


def _listening(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen()
    except OSError as error:
        made.close()
        raise InputError(
            f"the port cannot be used: {first_line(error).lower()}",
            key="--port",
            found=port,
            allowed="another port, or none: then one that is free is taken",
        ) from error
    return made


def browser() -> Callable[[str], bool]:
    """What opens an address in the person's browser. InputError if there is none."""
    with suppress(webbrowser.Error):
        return webbrowser.get().open
    raise _no_browser()


def show(address: str, opened: Callable[[str], bool]) -> None:
    """Open the page in the browser. InputError if that fails."""
    if not opened(address):
        raise _no_browser()


def _no_browser() -> InputError:
    return InputError(
        "no browser can be opened", key="shakeout explore", allowed="--no-open: then open the printed address yourself"
    )


def explored(scenario: Scenario | Path | str, worlds: int | None, out: Path) -> Served:
    """The page of a scenario, served in the background, as ``sim.explore`` gives it."""
    served = Served(desk_of(scenario, (), worlds, None, out, How()), framed=True)
    served.begin()
    return served
