"""How a question is answered: in how many worlds, by how many workers, how surely, where it is kept, who watches.

All questions share these. They are said once, here: the Python functions take their parameters and the commands their
options from ``How``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sim.foundation.errors import InputError
from sim.foundation.whole_numbers import whole

TRAINING_ENDS = "2024-12"  # the last month of facts that sizes may rest on (docs/calibration.md)
COMPILING, SIMULATING, SUMMARISING, WRITING, DRAWING = "compiling", "simulating", "summarising", "writing", "drawing"


class Progress(NamedTuple):
    """How far an answer is: ``stage``, and how many of ``total`` worlds are there (``kept``: from earlier ones).

    Of a question in parts the worlds are those of a ``part``.
    """

    stage: str
    done: int
    total: int
    kept: int = 0
    part: str = ""


Tell = Callable[[Progress], None]
Result = TypeVar("Result")
SAYS = {  # parameter or option -> what it does, for docstrings and for the help of the commands
    "worlds": "Number of worlds.",
    "seed": "Seed of all luck.",
    "jobs": "Local workers; one a processor if not given.",
    "out": "The results folder.",
    "precision": "Simulate until every firm's fates are known this well, for instance 0.01.",
    "firms": "A firm, class or group that headline, tables and figures speak of first; repeatable.",
    "given": "Only worlds with these facts or claims: zhipu-lists,minimax-lists, facts@2026-04, listing@2026-04.",
    "png": "Also write each figure as PNG and SVG (needs kaleido and a Chromium).",
    "progress": "Called with how far it is (stage, done, total, kept).",
    "command": "What the manifest says made it.",
}


@dataclass(frozen=True)
class How:
    """How a question is answered; ``SAYS`` has a sentence about each part.

    ``worlds`` and ``seed`` stand in for the scenario's. Without ``out`` nothing is written; with it the folder of the
    answer is written there, or opened if the same question was answered before. ``pages`` gives what draws the answer
    (sim/report/html/write.py); without it there are tables only. InputError for a number that makes no sense.
    """

    worlds: int | None = None
    seed: int | None = None
    jobs: int | None = None
    out: Path | str | None = None
    precision: float | None = None
    firms: Iterable[str] = ()
    given: str | Iterable[str] = ()
    png: bool = False
    progress: Tell | None = None
    command: str = ""
    pages: Callable[[], Any] | None = None

    def __post_init__(self) -> None:
        if self.jobs is not None:
            whole("--jobs", self.jobs, 1)
        if self.precision is not None and not 0 < self.precision < 0.5:
            allowed = "a share between 0 and 0.5"
            raise InputError("no such half-width", key="--precision", found=self.precision, allowed=allowed)
        if not isinstance(self.given, str):
            if not isinstance(self.given, Iterable):
                raise InputError("no list", key="given", found=self.given, allowed="ids or propositions, as texts")
            object.__setattr__(self, "given", tuple(self.given))  # it is read more than once
        if self.given and self.precision is not None:
            allowed = "one of them; --worlds says in how many worlds to look"
            raise InputError("--given and --precision exclude each other", allowed=allowed)

    def tell(self, stage: str, done: int, total: int, kept: int = 0, part: str = "") -> None:
        """Tell who watches how far it is."""
        if self.progress is not None:
            self.progress(Progress(stage, done, total, kept, part))


def with_options(own: inspect.Signature, options: Mapping[str, tuple[Any, Any]]) -> inspect.Signature:
    """``own`` with ``options`` (name -> annotation and default) as keywords at its end."""
    further = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in options.items()
    ]
    return own.replace(parameters=[*own.parameters.values(), *further])


def takes_how(
    pages: Callable[[], Any] | None = None, without: Sequence[str] = (), conditioned: bool = False
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Make a function that takes ``how: How`` take the parts of it as keywords, all but those ``without``; its
    signature and its docstring say so. ``given`` is for those that are ``conditioned`` alone. ``pages`` draws what it
    answers. The command that the manifest names is the function's, if none is given.
    """
    left_out = (*without, *(() if conditioned else ("given",)))
    shared = [field for field in fields(How) if field.name in SAYS and field.name not in left_out]

    def made(function: Callable[..., Result]) -> Callable[..., Result]:
        own = inspect.signature(function)

        @wraps(function)
        def asked(*args: Any, **given: Any) -> Result:
            parts = {field.name: given.pop(field.name) for field in shared if field.name in given}
            return function(*args, **given, how=How(**{"command": f"sim.{function.__name__}", "pages": pages, **parts}))

        before = own.replace(parameters=[one for one in own.parameters.values() if one.name != "how"])
        options = {one.name: (one.type, one.default) for one in shared}
        asked.__signature__ = with_options(before, options)  # type: ignore[attr-defined]
        lines = [f"    ``{field.name}``: {SAYS[field.name]}" for field in shared]
        asked.__doc__ = "\n".join([(function.__doc__ or "").rstrip(), "", *lines, "    "])
        return asked

    return made
