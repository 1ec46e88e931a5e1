"""What a worker finds when it begins."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

from sim.study.processes import ONE_THREAD

HEAVY = ("pandas", "pyarrow", "plotly", "scipy.linalg", "ruamel.yaml", "typer", "jinja2")


class Found(NamedTuple):
    """Whether the engine is loaded, and its slowest law; whether libraries were told to have one thread, before that;
    how many threads the parent has; what is here for nothing.
    """

    engine: bool
    law: bool
    told: bool
    threads: int
    idle: list[str]


def found(_item: int) -> Found:
    """What there is, before anything is computed."""
    engine = sys.modules.get("sim.engine.month")
    law = engine is not None and bool(getattr(engine.operations, "signatures", True))
    threads = len(list(Path(f"/proc/{os.getppid()}/task").iterdir()))
    told = all(os.environ.get(name) == one for name, one in ONE_THREAD.items())
    return Found(engine is not None, law, told, threads, [name for name in HEAVY if name in sys.modules])
