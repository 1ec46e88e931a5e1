"""The calendar: institutions wake at their rhythm, and a month's order is the one written in engine/month.py."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import calendar, month
from sim.engine.month import DATED, EVERY_MONTH, HALF_YEAR_ENDS, ORDER, PARTS, QUARTER_ENDS, RECORD

JANUARY_2024 = 2024 * 12


def _diary(start, ticks, moments=()):
    """What was called, in the order it was called: (tick, name)."""
    diary = []
    calendar.run(
        start,
        ticks,
        moments,
        lambda tick: diary.append((tick, "change")),
        lambda tick: diary.append((tick, "luck")),
        lambda phase, tick: diary.append((tick, phase.name)),
        lambda tick: diary.append((tick, "record")),
    )
    return diary


def _expected(start, ticks, moments=()):
    """The same, written down from month.ORDER."""
    diary = []
    for tick in range(1, ticks + 1):
        number = (start + tick - 1) % 12 + 1
        names = (["change"] if tick in moments else []) + ["luck"]
        names += [phase.name for phase in ORDER if number in phase.months]
        diary += [(tick, name) for name in (*names, "record")]
    return diary


@pytest.mark.parametrize("number", [6, 12])
def test_months_in_which_all_rhythms_meet_follow_the_order_in_the_file(number):
    diary = [name for tick, name in _diary(JANUARY_2024, 24) if (tick - 1) % 12 + 1 == number]
    order = ["luck", *(phase.name for phase in ORDER), "record"]
    assert diary == order * 2


@given(st.integers(0, 11), st.integers(1, 40), st.sets(st.integers(-5, 60), max_size=6))
def test_every_month_follows_the_order_in_the_file_whatever_the_start(offset, ticks, moments):
    start = JANUARY_2024 + offset
    assert _diary(start, ticks, sorted(moments)) == _expected(start, ticks, moments)


def test_phases_are_numbered_in_order_and_exact_in_binary():
    numbers = [DATED, *(phase.k for phase in ORDER), RECORD]
    assert numbers == sorted(set(numbers)) and numbers[-1] < PARTS
    for k in numbers:
        for tick in (1, 89, 600):
            assert (tick + k / PARTS) - tick == k / PARTS


def test_rhythms():
    """Operations monthly, poaching quarterly, reports half-yearly."""
    rhythm = {phase.name: phase.months for phase in ORDER}
    assert rhythm["operations"] == rhythm["capital"] == rhythm["exits"] == rhythm["technology"] == EVERY_MONTH
    assert rhythm["poaching"] == QUARTER_ENDS == (3, 6, 9, 12)
    assert rhythm["reports"] == HALF_YEAR_ENDS == (6, 12)


@given(st.integers(0, 11), st.integers(0, 60), st.sets(st.integers(1, 12)))
def test_wake_ups(offset, ticks, months):
    start = JANUARY_2024 + offset
    woken = calendar.wake_ups(start, ticks, tuple(months))
    assert woken == [t for t in range(1, ticks + 1) if (offset + t - 1) % 12 + 1 in months]


def test_a_phase_calls_its_steps_in_the_order_of_its_source():
    """Every mechanism is woken once, reports aside: a step that no phase calls would be a law that never acts."""
    called = [
        line.strip().removesuffix("(world)")
        for phase in ORDER
        for line in inspect.getsource(getattr(phase.run, "py_func", phase.run)).splitlines()
        if line.strip().endswith("(world)")
    ]
    steps = [name for name in called if name.endswith(".step")]
    assert len(steps) == len(set(steps))
    modules = {
        name
        for name, value in vars(month).items()
        if inspect.ismodule(value) and value.__name__.startswith(("sim.industry", "sim.laws"))
    }
    assert {name.split(".")[0] for name in called} | {"talent"} == modules
