"""Uncertain values by inverse CDF, checked against scipy.stats and against what is worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.foundation.assumption import Assumption
from sim.scenario.model import Value
from sim.scenario.value import Range, quantile, range_of

U = np.linspace(0, 1, 2001)[1:-1]
INF = math.inf


def test_by_hand():
    u = np.array([0.0, 0.25, 0.5, 1.0])
    assert quantile(Value("number", (3.0,)), u, -INF, INF).tolist() == [3, 3, 3, 3]
    assert quantile(Value("uniform", (2.0, 4.0)), u, 0, 9).tolist() == [2, 2.5, 3, 4]
    assert quantile(Value("choice", (7.0, 8.0, 9.0, 5.0)), u, 0, 9).tolist() == [7, 8, 9, 5]
    assert quantile(Value("triangular", (0.0, 1.0, 2.0)), u, 0, 9)[[0, 2, 3]].tolist() == [0, 1, 2]
    assert quantile(Value("triangular", (0.0, 1.0, 2.0)), u, 0, 9)[1] == pytest.approx(math.sqrt(0.5))
    assert quantile(Value("normal", (5.0, 1.0)), u, 4, 6).tolist() == [4, pytest.approx(4.5582, abs=1e-4), 5, 6]
    assert quantile(Value("lognormal", (4.0, 1.0)), np.array([0.5]), 0, INF)[0] == pytest.approx(4)


NORMALS = [(0, 1, -2, 0.5), (3, 5, 3, 4), (10, 0.1, 0, 1e7), (1, 2, -INF, INF)]


@pytest.mark.parametrize(("mean", "sd", "low", "high"), NORMALS)
def test_a_truncated_normal(mean, sd, low, high):
    reference = stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)
    found = quantile(Value("normal", (mean, sd)), U, low, high)
    np.testing.assert_allclose(found, reference.ppf(U), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("median", "log_sd", "low", "high"), [(50, 0.3, 0, 60), (50, 0.3, 40, 1e6), (2, 3, 0, INF)])
def test_a_truncated_lognormal(median, log_sd, low, high):
    whole = stats.lognorm(log_sd, scale=median)
    below, above = whole.cdf(low), whole.cdf(high)
    found = quantile(Value("lognormal", (median, log_sd)), U, low, high)
    np.testing.assert_allclose(found, whole.ppf(below + U * (above - below)), rtol=1e-9)
    assert found.min() >= low and found.max() <= high


@pytest.mark.parametrize("numbers", [(1.0, 2.0, 4.0), (1.0, 1.0, 4.0), (1.0, 4.0, 4.0), (-3.0, 0.0, 0.1)])
def test_a_triangular(numbers):
    low, mode, high = numbers
    reference = stats.triang((mode - low) / (high - low), low, high - low)
    found = quantile(Value("triangular", numbers), U, -INF, INF)
    np.testing.assert_allclose(found, reference.ppf(U), rtol=1e-9, atol=1e-12)


def test_a_choice_is_equally_likely():
    drawn = quantile(Value("choice", (1.0, 2.0, 3.0)), (np.arange(3000) + 0.5) / 3000, 0, 9)
    assert np.bincount(drawn.astype(int)).tolist() == [0, 1000, 1000, 1000]


finite = st.floats(-1e6, 1e6)


@st.composite
def bounded(draw):
    """A value that the checks accept, and its bounds."""
    low, high = sorted((draw(finite), draw(finite)))
    kind = draw(st.sampled_from(("uniform", "triangular", "normal", "lognormal", "choice")))
    inside = st.floats(low, high)
    if kind == "normal":
        return Value(kind, (draw(inside), draw(st.floats(1e-9, 1e7)))), low, high
    if kind == "lognormal":
        low, high = sorted((abs(low), abs(high)))
        median = min(max(draw(st.floats(low, high)), low, 1e-300), max(high, 1e-300))
        return Value(kind, (median, draw(st.floats(1e-9, 10)))), low, max(high, 1e-300)
    numbers = [draw(inside) for _ in range(3 if kind != "uniform" else 2)]
    return Value(kind, tuple(sorted(numbers))), low, high


@settings(max_examples=300, deadline=None)
@given(bounded(), st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_every_draw_is_finite_inside_the_bounds_and_rises_with_u(case, u):
    value, low, high = case
    drawn = quantile(value, np.array([0.0, *sorted(u), 1.0]), low, high)
    assert np.isfinite(drawn).all()
    assert (drawn >= low).all() and (drawn <= high).all()
    if value.kind != "choice":
        assert (np.diff(drawn) >= -1e-9 * max(abs(low), abs(high))).all()


def test_shapes_are_kept():
    for kind, numbers in (("number", (1.0,)), ("uniform", (0.0, 1.0)), ("normal", (0.5, 1.0)), ("choice", (1.0, 2.0))):
        assert quantile(Value(kind, numbers), np.full((3, 4), 0.3), 0, 1).shape == (3, 4)


def test_the_range_of_a_change():
    share = Assumption("x", 0.5, "share", 0, 1, "a share")
    code = Assumption("x", 1, "code", -1, 2, "a code", whole=True)
    assert range_of("set", share) == Range(0, 1, False) and range_of("set", code) == Range(-1, 2, True)
    assert range_of("plus", share) == Range(-1, 1, False) and range_of("plus", code) == Range(-3, 3, True)
    assert range_of("times", share).low == 0
