"""What all commands share: their options, what becomes of errors, the one JSON object."""

from __future__ import annotations

import functools
import inspect
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli import interrupt, terminal
from sim.foundation.errors import InputError, ShakeoutError, nearest_of

FAILED = 3
RESULTS = Path("results")
LOCAL, DASK = "local", "dask"

app = typer.Typer(
    name="shakeout",
    help="Simulates the shakeout among China's large-model start-ups: thousands of worlds, survival curves, a report.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SCENARIO_HELP = "A scenario file (YAML), or the name of one that comes with shakeout: six-dragons."
ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help=SCENARIO_HELP, show_default=False)]
ScenarioFiles = Annotated[
    list[Path], typer.Argument(metavar="SCENARIO...", help=f"One or more. {SCENARIO_HELP}", show_default=False)
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change an assumption; repeatable. PATH=VALUE@2025-07 changes it from that month on.",
    ),
]
Variants = Annotated[
    list[str] | None,
    typer.Option("--variant", metavar='"NAME: PATH=VALUE, ..."', help="A further variant with a name; repeatable."),
]
Worlds = Annotated[int | None, typer.Option("--worlds", metavar="N", help="Number of worlds.", show_default=False)]
Seed = Annotated[int | None, typer.Option("--seed", metavar="S", help="Seed of all luck.", show_default=False)]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", help="Local workers; one a processor if not given.", show_default=False),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The results folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only where the result is.")]
Png = Annotated[
    bool, typer.Option("--png", help="Also write each figure as PNG and SVG (needs kaleido and a Chromium).")
]
Firms = Annotated[
    list[str] | None,
    typer.Option(
        "--firm",
        metavar="ID",
        help="A firm, class or group that headline, tables and figures speak of first; repeatable.",
    ),
]
Precision = Annotated[
    float | None,
    typer.Option(
        "--precision",
        metavar="HALFWIDTH",
        help="Simulate until every firm's fates are known this well, for instance 0.01.",
        show_default=False,
    ),
]
Backend = Annotated[
    str, typer.Option("--backend", metavar="local|dask", help="Where to simulate: here, or on a Dask cluster.")
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="ADDRESS", help="The Dask scheduler, as in tcp://HOST:8786.", show_default=False
    ),
]
OF_EVERY_SIMULATION = {"backend": (Backend, LOCAL), "scheduler": (Scheduler, None)}  # beside --jobs


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Register ``function`` as a command: what goes wrong becomes one message on stderr and an exit code.

    A command that simulates, as its ``jobs`` tell, also has the options --backend and --scheduler.
    """
    stated = inspect.signature(function, eval_str=True)
    further = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in (OF_EVERY_SIMULATION if "jobs" in stated.parameters else {}).items()
    ]

    @functools.wraps(function)
    def guarded(*args: Any, backend: str = LOCAL, scheduler: str | None = None, **kwargs: Any) -> None:
        interrupt.tell()
        try:
            with _interruptible(), _placed(backend, scheduler):
                function(*args, **kwargs)
        except ShakeoutError as error:
            terminal.say(f"shakeout: {error}")
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            terminal.say("shakeout: interrupted; finished blocks are kept, the same command takes the run up again")
            raise typer.Exit(interrupt.INTERRUPTED) from None
        except MemoryError:
            terminal.say("shakeout: out of memory; finished blocks are kept, try fewer --jobs")
            raise typer.Exit(FAILED) from None
        except Exception as error:
            if os.environ.get("SHAKEOUT_DEBUG"):
                raise
            where = f"{type(error).__name__}: {error}".strip().splitlines()[0]
            terminal.say(f"shakeout: a defect in shakeout, please report it: {where}\n  (SHAKEOUT_DEBUG=1 shows where)")
            raise typer.Exit(FAILED) from None

    guarded.__signature__ = stated.replace(parameters=[*stated.parameters.values(), *further])  # type: ignore[attr-defined]
    return app.command(function.__name__.rstrip("_"))(guarded)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Whatever goes wrong after an interrupt is the interrupt: a half-imported library, a worker that was ended."""
    try:
        yield
    except Exception:
        if interrupt.came():
            raise KeyboardInterrupt from None
        raise


def _placed(backend: str, scheduler: str | None) -> AbstractContextManager[None]:
    """Inside, blocks are computed where ``--backend`` says. InputError if that is nowhere."""
    if backend == LOCAL and scheduler is None:
        return nullcontext()
    if backend not in (LOCAL, DASK):
        near = nearest_of(backend, (LOCAL, DASK))
        raise InputError("no such backend", key="--backend", found=backend, allowed=f"{LOCAL} or {DASK}", nearest=near)
    if backend == LOCAL:
        raise InputError("a scheduler is of use only with --backend dask", key="--scheduler", found=scheduler)
    if scheduler is None:
        allowed = "--scheduler ADDRESS, for instance tcp://HOST:8786, as `dask scheduler` prints it"
        raise InputError("no scheduler is given", key="--backend dask", allowed=allowed)
    import sim

    return sim.cluster(scheduler)


def one_of(**options: object) -> None:
    """InputError if more than one of these options is given."""
    given = [f"--{name}" for name, value in options.items() if value is not None]
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)} exclude each other", allowed="one of them")


def typed() -> str:
    """The command as it was typed."""
    return shlex.join(["shakeout", *sys.argv[1:]]).encode(errors="backslashreplace").decode()


def notices(said: Any, quiet: bool) -> None:
    """Print what the person who asked should know, on stderr."""
    for notice in () if quiet else said:
        terminal.say(f"note: {notice}")


def megabytes(size: int) -> str:
    """A number of bytes in millions, as text."""
    return f"{size / 1e6:,.1f}"


def print_json(folder: Path | None, manifest: Any, summary: Any) -> None:
    """The one object of ``--json``."""
    data = {"folder": None if folder is None else str(folder), "manifest": manifest, "summary": summary}
    from sim.archive.folder import to_json

    print(to_json(data, indent=None), end="")
