"""Three other implementations of the month write the engine's histories, bit for bit.

The calendar is thereby written four times: by SimPy over tiles, by hand in one fused loop, as SimPy processes of
single firms, and as Mesa agents. The laws are the same, compiled in two of them, plain Python in the other two.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from sim.engine import month
from sim.engine.month import ORDER, Phase, steps
from sim.industry import burn
from tools.benchmarks import measure
from tools.benchmarks.by_mesa import ByMesa
from tools.benchmarks.by_simpy import BySimPy
from tools.benchmarks.feed import by_engine, gather
from tools.benchmarks.fused import Fused, fused
from tools.benchmarks.measure import prefilled, same_histories
from tools.benchmarks.month_by_hand import MONTH, OPENING, Rule
from tools.benchmarks.plain import uncompiled

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from industries import DATED, LATER, LIVELY, flagship, shortened

MONTHS, WORLDS, FIRST = 16, 2, 5


def _called(function, names):
    """Which of ``names`` ("<name>" or "<module>.<function>") a compiled function calls, in order."""
    source = textwrap.dedent(inspect.getsource(getattr(function, "py_func", function)))
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return [name for name in map(ast.unparse, calls) if name in names]


def _month_of_the_engine():
    return [Rule(*step) for phase in ORDER for step in steps(phase)]


def test_every_law_of_the_month_is_covered_in_its_order():
    by_hand = [rule for part in MONTH for rule in part.rules]
    assert by_hand == _month_of_the_engine()
    assert len(by_hand) > 30 and len(set(by_hand)) > 60
    rhythms = [part.months for part in MONTH for _ in part.rules]
    assert [phase.months for phase in ORDER for _ in steps(phase)] == rhythms


def test_the_opening_is_covered_in_its_order():
    first = _called(month.opening, ("open_source.at_opening", "frontier.speed_month"))
    assert first == ["open_source.at_opening", "frontier.speed_month"]  # by hand in PlainWorld
    assert list(OPENING) == [Rule(*step) for step in steps(Phase(0, "opening", (), month.opening))]


def test_the_fused_loop_runs_every_phase_in_its_order():
    phases = [phase.name for phase in ORDER]
    assert all(phase.run is getattr(month, phase.name) for phase in ORDER)
    assert _called(fused, ("opening", *phases)) == ["opening", *phases]


@pytest.mark.parametrize("base", (LIVELY, LATER, DATED), ids=lambda base: base["name"])
def test_same_histories_where_everything_happens(base):
    assert same_histories(shortened(base, MONTHS), WORLDS, FIRST) is None


def test_same_histories_of_the_flagship():
    assert same_histories(flagship(), 1, FIRST) is None


@pytest.fixture(scope="module")
def fed():
    lively = shortened(LIVELY, MONTHS)
    return lively, gather(lively, FIRST, WORLDS, told=True)


@pytest.mark.parametrize("way", (lambda feed: Fused(feed, keep=True), BySimPy, ByMesa), ids=("fused", "simpy", "mesa"))
def test_other_draws_in_the_last_month_of_one_world_are_found(fed, way):
    lively, feed = fed
    reference = by_engine(lively, feed)
    spoiled = feed.luck.copy()
    spoiled["z_research"][1, -1] += 1e-9
    other = way(type(feed)(**{**vars(feed), "luck": spoiled}))
    other.run()
    assert str(reference.difference(other.ending())).startswith("firms.")


def test_an_event_that_is_missing_is_found(fed):
    lively, feed = fed
    reference, other = by_engine(lively, feed), by_engine(lively, feed)
    assert reference.difference(other) is None and len(other.events) > 50
    assert reference.difference(type(other)(**{**vars(other), "events": other.events[:-1]})) is not None
    changed = other.events.copy()
    changed["saw"][3] += 1.0
    assert reference.difference(type(other)(**{**vars(other), "events": changed})) == "events.saw"


def test_the_laws_are_plain_python_in_a_second_set_of_modules():
    plain = uncompiled()
    assert plain is uncompiled() and plain is not month
    assert inspect.isfunction(plain.burn.step) and plain.burn.step is not burn.step
    shared = [
        vars(module)[name] for module in vars(plain).values() if inspect.ismodule(module) for name in vars(module)
    ]
    compiled = [one for one in shared if hasattr(one, "py_func")]
    assert {one.__module__ for one in compiled} == {"sim.foundation.maths"}, "laws of the foundation are plain too"
    assert {one.__name__ for one in compiled} == {"exp", "log", "power"}, "which are to Python what its own in C are"
    assert sys.modules["sim.engine.month"] is month and sys.modules["sim.industry.burn"] is burn
    import sim.engine
    import sim.industry

    assert sim.engine.month is month and sim.industry.burn is burn and month.burn is burn


def test_the_engine_on_prefilled_draws_writes_its_own_block(fed):
    lively, feed = fed
    own = measure.simulate(lively, FIRST, WORLDS)
    with prefilled(feed):
        given = measure.simulate(lively, FIRST, WORLDS)
    for part in ("histories", "events", "paths", "landscape", "leaders"):
        assert getattr(own, part).tobytes() == getattr(given, part).tobytes(), part
    wrong = type(feed)(**{**vars(feed), "luck": np.zeros_like(feed.luck)})
    with prefilled(wrong):
        assert measure.simulate(lively, FIRST, WORLDS).paths.tobytes() != own.paths.tobytes()


def test_ratios_are_taken_turn_by_turn():
    turns = [{"engine": 1.0, "engine-own-luck": 2.0, "fused": 1.0, "simpy": 40.0, "mesa": 60.0}]
    turns += [{"engine": 2.0, "engine-own-luck": 2.5, "fused": 1.0, "simpy": 200.0, "mesa": 100.0}] * 2
    ratios = {(row["of"], row["to"]): row for row in measure.as_data(turns)["ratios"]}
    assert ratios["mesa", "engine"]["ratio"] == {"median": 50.0, "low": 50.0, "high": 60.0}
    assert ratios["mesa", "engine"]["reached"] and ratios["simpy", "engine"]["reached"]
    assert ratios["engine", "fused"]["ratio"]["median"] == 2.0 and not ratios["engine", "fused"]["reached"]
