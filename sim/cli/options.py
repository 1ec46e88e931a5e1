"""What all commands share: their options, what becomes of errors, the one JSON object."""

from __future__ import annotations

import functools
import inspect
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli import interrupt, terminal
from sim.foundation.errors import InputError, ShakeoutError, nearest_of
from sim.study.how import SAYS, with_options

EXIT_FAILED = 3
TAKEN_UP = "finished blocks are kept, the same command takes the run up again"
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
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only where the result is.")]


def _option(name: str, kind: Any, metavar: str | None = None, flag: str = "", default: Any = None) -> tuple[Any, Any]:
    """The option of a part of ``How``, in its words, and its default."""
    about = typer.Option(flag or f"--{name}", metavar=metavar, help=SAYS[name], show_default=default is not None)
    return Annotated[kind, about], default


OF_HOW: dict[str, tuple[Any, Any]] = {  # part of How -> its option and its default
    "worlds": _option("worlds", int | None, "N"),
    "seed": _option("seed", int | None, "S"),
    "jobs": _option("jobs", int | None, "N"),
    "out": _option("out", Path, "DIR", default=RESULTS),
    "png": _option("png", bool, default=False),
    "precision": _option("precision", float | None, "HALFWIDTH"),
    "firms": _option("firms", list[str] | None, "ID", "--firm"),
    "given": _option("given", list[str] | None, "CLAIM,...", "--given"),
}
Worlds, Seed, Jobs, Out, Png, Precision, Firms, Given = (kind for kind, _ in OF_HOW.values())
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


def command(function: Callable[..., None], says: str | None = None) -> Callable[..., None]:
    """Register ``function`` as a command: what goes wrong becomes one message on stderr and an exit code.

    A command that simulates, as its ``jobs`` tell, also has the options --backend and --scheduler. ``says`` is its
    help, by default its docstring.
    """
    stated = inspect.signature(function, eval_str=True)

    @functools.wraps(function)
    def guarded(*args: Any, backend: str = LOCAL, scheduler: str | None = None, **kwargs: Any) -> None:
        interrupt.tell()
        try:
            with _interruptible(), _placed(backend, scheduler):
                function(*args, **kwargs)
        except ShakeoutError as error:
            terminal.say(f"shakeout: {error}")
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt as interrupted:
            terminal.say(f"shakeout: interrupted; {str(interrupted) or TAKEN_UP}")
            raise typer.Exit(interrupt.INTERRUPTED) from None
        except MemoryError:
            terminal.say("shakeout: out of memory; finished blocks are kept, try fewer --jobs")
            raise typer.Exit(EXIT_FAILED) from None
        except Exception as error:
            if os.environ.get("SHAKEOUT_DEBUG"):
                raise
            where = f"{type(error).__name__}: {error}".strip().splitlines()[0]
            terminal.say(f"shakeout: a defect in shakeout, please report it: {where}\n  (SHAKEOUT_DEBUG=1 shows where)")
            raise typer.Exit(EXIT_FAILED) from None

    further = OF_EVERY_SIMULATION if "jobs" in stated.parameters else {}
    guarded.__signature__ = with_options(stated, further)  # type: ignore[attr-defined]
    return app.command(function.__name__.rstrip("_"), help=says)(guarded)


Ask = Callable[..., Any]  # a function of sim with its own arguments, that waits for those that all questions share


def question(
    asks: Callable[..., Any], show: Callable[[Any], None]
) -> Callable[[Callable[..., Ask]], Callable[..., None]]:
    """Make a command of a function that turns options into a call of ``asks``, one of the functions of ``sim``: the
    options that all questions share are added, its help is the first sentence of ``asks``, ``show`` prints the answer.
    """
    taken = inspect.signature(asks).parameters
    shared = {name: option for name, option in OF_HOW.items() if name in taken}
    shared |= {"json_": (Json, False), "quiet": (Quiet, False)}

    def made(function: Callable[..., Ask]) -> Callable[..., None]:
        own = inspect.signature(function, eval_str=True)

        @functools.wraps(function)
        def answer(*, json_: bool, quiet: bool, **given: Any) -> None:
            from sim.study import executor

            if given["worlds"] is not None and given["precision"] is not None:
                raise InputError("--worlds and --precision exclude each other", allowed="one of them")
            executor.begin_ahead(given["worlds"], given["jobs"])
            from sim.study.focus import named

            ask = function(**{name: given.pop(name) for name in own.parameters})
            silent, said = quiet or json_, _said_before(ask, given)
            notices(said, silent)
            how = {name: value for name, value in given.items() if value is not None}
            typed = shlex.join(["shakeout", *sys.argv[1:]]).encode(errors="backslashreplace").decode()
            with terminal.progress(silent) as tell:
                done = ask(**how, progress=tell, command=typed)
            notices((notice for notice in done.notes if notice not in said), silent)
            if json_:
                print_json(done.folder, done.manifest, done.summary())
            elif quiet:
                print(done.folder)
            else:
                show(done)
                print(f"Report: {done.folder / named(done.KIND.page, done.manifest)}")

        own = own.replace(return_annotation=None)
        answer.__signature__ = with_options(own, shared)  # type: ignore[attr-defined]
        return command(answer, (asks.__doc__ or "").partition("\n\n")[0])

    return made


def _said_before(ask: Any, given: Mapping[str, Any]) -> list[str]:
    """What to tell before a long time passes: the notices of the scenario that is asked about, and whether a run comes
    near the memory there is. InputError if it needs more.
    """
    from sim.scenario.model import Scenario

    asked = ask.args[0] if isinstance(ask, functools.partial) else None
    return [*asked.notices, *memory_notices(asked, given["jobs"])] if isinstance(asked, Scenario) else []


def memory_notices(scenario: Any, jobs: int | None) -> list[str]:
    """A notice if a run here comes near the memory there is; InputError if it needs more."""
    from sim.study import executor, memory

    near = memory.notice(scenario, executor.workers(jobs)) if executor.is_local() else None
    return [] if near is None else [near]


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
