"""The calendar: institutions wake at their rhythm, and a month's order is the one written in engine/month.py."""

from __future__ import annotations

import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import calendar, month
from sim.engine.month import DATED, EVERY_MONTH, HALF_YEAR_ENDS, ORDER, PARTS, QUARTER_ENDS, RECORD, steps

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
    assert (
        rhythm["trade"]
        == rhythm["operations"]
        == rhythm["capital"]
        == rhythm["exits"]
        == rhythm["technology"]
        == EVERY_MONTH
    )
    assert rhythm["poaching"] == QUARTER_ENDS == (3, 6, 9, 12)
    assert rhythm["reports"] == HALF_YEAR_ENDS == (6, 12)


@given(st.integers(0, 11), st.integers(0, 60), st.sets(st.integers(1, 12)))
def test_wake_ups(offset, ticks, months):
    start = JANUARY_2024 + offset
    woken = calendar.wake_ups(start, ticks, tuple(months))
    assert woken == [t for t in range(1, ticks + 1) if (offset + t - 1) % 12 + 1 in months]


def test_every_step_acts_once_and_every_mechanism_acts():
    """A step that no phase runs would be a law that never acts."""
    run = [step.name for phase in ORDER for step in steps(phase)]
    whole = [name for name in run if name.endswith(".step")]
    assert len(whole) == len(set(whole))
    modules = {
        name
        for name, value in vars(month).items()
        if inspect.ismodule(value) and value.__name__.startswith(("sim.industry", "sim.laws"))
    }
    assert {name.split(".")[0] for name in run} == modules


def _run_in_source(of_many):
    """The steps of a phase by its text: lines "each_...(tile, rule, at)"."""
    source = inspect.getsource(getattr(of_many, "py_func", of_many))
    for of, rule, at in re.findall(r"\beach_(world|firm)\w*\(tile, ([\w.]+)(?:, (\w+))?\)", source):
        yield rule, of == "firm", getattr(month, at) if at else None


def test_steps_are_in_the_order_of_the_source():
    for phase in ORDER:
        assert steps(phase) == list(_run_in_source(phase.run)) != [], phase.name


def test_a_rule_is_handed_what_it_asks_for():
    """A firm's own rule asks for the world and the firm ``f``; one of a line or a place for that as well."""
    for phase in ORDER:
        for name, of_firm, at in steps(phase):
            module, rule = name.split(".")
            law = getattr(getattr(month, module), rule)
            asked = list(inspect.signature(getattr(law, "py_func", law)).parameters)
            assert asked[: 1 + of_firm] == ["world", "f"][: 1 + of_firm], name
            assert len(asked) == 1 + of_firm + (at is not None), name
