"""What firms do every month compiles to vectors; what does not is known, and rare or better off with its branches."""

from __future__ import annotations

import platform
import re

import pytest

from sim.engine import finite
from sim.engine.month import ORDER, Step, steps
from sim.engine.state import new_tile
from sim.foundation import jit

SUMS = r"\bv?(?:add|sub|mul|div){}\b"  # of numbers one by one ("sd"), or of several at once ("pd")
ONE_BY_ONE = {
    "take_off.step",  # a product takes off in few months
    "demand.part",  # taken anew only where something changed
    "burn.shrink",  # of those that have pivoted, for some months
    "talent.tell_exodus",  # events go into the log one after the other
    "value.step",  # most firms need few of its exponentials
}
OF_FIRMS = {step.name: step for phase in ORDER for step in steps(phase) if step.of_firm}


def adds(step: Step) -> tuple[bool, bool]:
    """Whether a rule, compiled on its own, computes with numbers one by one, and with several at once."""
    run = finite.law_called(step)
    run(new_tile(2, 1, False))
    (assembly,) = run.inspect_asm().values()
    return tuple(re.search(SUMS.format(kind), assembly) is not None for kind in ("sd", "pd"))


@pytest.mark.skipif(jit.disabled, reason="nothing is compiled")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the names of vector instructions are those of x86-64")
def test_what_firms_do_compiles_to_vectors():
    found = {name: adds(step) for name, step in OF_FIRMS.items()}
    assert {name for name, (one, several) in found.items() if one and not several} == ONE_BY_ONE
    assert sum(several for _, several in found.values()) > len(ONE_BY_ONE)
