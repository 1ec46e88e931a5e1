"""What workers are forked with: to import this is to load the engine, and the laws if all were compiled before.

For the server of ``sim/study/forked.py``, which imports it by its name.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.model import Scenario


def industry() -> Scenario:
    """A year of one firm with everything by default, but for a value that is drawn, as luck has a law for that."""
    from sim.foundation.months import MONTHS_A_YEAR
    from sim.foundation.states import A_STARTUP
    from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
    from sim.scenario.model import Firm, Scenario, Value

    start = 2023 * MONTHS_A_YEAR  # any January: every rhythm wakes within a year from it
    drawn = next(iter(ASSUMPTIONS))
    values = {path: Value("number", (declared.default,)) for path, declared in ASSUMPTIONS.items()}
    values[drawn] = Value("uniform", (ASSUMPTIONS[drawn].default,) * 2)
    own = {name: Value("number", (declared.default,)) for name, declared in FIRM_ASSUMPTIONS.items()}
    return Scenario(
        name="warm",
        title="",
        description="",
        currency="",
        start=start,
        end=start + MONTHS_A_YEAR - 1,
        worlds=1,
        seed=0,
        firms=(Firm("one", "One", A_STARTUP, start, None, None, 0, own),),
        groups={},
        assumptions=values,
        changes=(),
        claims=(),
        facts=(),
        probes=(),
        given=frozenset(),
        resolved={},
    )


def load() -> None:
    """Import what computes blocks, and run every law once; what is not compiled yet stays for who shares it out."""
    from sim.foundation import jit

    jit.without_blas()
    from sim.engine.simulate import warm_up
    from sim.study import many_worlds  # noqa: F401

    if jit.is_compiled_before():
        warm_up(industry())


gc.disable()  # nearly all that is made here stays
with suppress(Exception):  # whatever is wrong is wrong in a worker, too, and said there
    load()
gc.freeze()  # and is not looked at in all that are forked
gc.enable()
