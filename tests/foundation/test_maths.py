"""exp, log and power: within 1 ulp of mpmath over the whole range, the edges of IEEE 754, compiled as plain."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.foundation import maths

INF, NAN = math.inf, math.nan
LEAST, LARGEST, NORMAL = 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308
MOST_ULPS = 1.0
EVERY = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)
POSITIVE = st.floats(0.0, allow_infinity=True, allow_subnormal=True)


def plain(function):
    return getattr(function, "py_func", function)


def ulps(found: float, exact: mpmath.mpf) -> float:
    """How far ``found`` is from ``exact``, in units of the last place of the nearest number."""
    return abs(float((mpmath.mpf(found) - exact) / math.ulp(float(exact))))


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workprec(200):
        yield


@pytest.fixture(scope="module")
def random():
    return np.random.default_rng(2024)


def test_exp_over_its_range(random):
    around_zero = random.uniform(-1, 1, 2000) * 10.0 ** random.uniform(-20, 0, 2000)
    between = (np.arange(-1000, 1000) + 0.5) * math.log(2)  # where the whole part changes
    for x in (
        *random.uniform(-708, 709, 8000),
        *random.normal(size=4000),
        *around_zero,
        *between[(abs(between) < 700)],
    ):
        assert ulps(maths.exp(float(x)), mpmath.exp(float(x))) <= MOST_ULPS, x


def test_log_over_its_range(random):
    around_one = 1 + random.uniform(-1, 1, 4000) * 10.0 ** random.uniform(-16, 0, 4000)
    turns = np.sqrt(0.5) * (1 + random.uniform(-1e-12, 1e-12, 500))  # where the whole part changes
    every = (*np.exp(random.uniform(-708, 709, 8000)), *around_one[around_one > 0], *turns, LEAST, 1e-310, LARGEST)
    for x in every:
        if x != 1.0:
            assert ulps(maths.log(float(x)), mpmath.log(float(x))) <= MOST_ULPS, x


def test_power_over_its_range(random):
    around_one = 1 + random.uniform(-1, 1, 3000) * 10.0 ** random.uniform(-12, 0, 3000)
    bases = (*np.exp(random.uniform(-740, 709, 6000)), *random.uniform(0, 5, 4000), *around_one)
    tried = 0
    for x in map(float, bases):
        if x <= 0.0 or x == 1.0:
            continue
        for size in (random.uniform(-708, 709), random.normal()):  # log of the result
            y = size / math.log(x)
            if abs(y) < LARGEST:
                exact = mpmath.power(x, y)
                if NORMAL < exact < LARGEST:
                    assert ulps(maths.power(x, y), exact) <= MOST_ULPS, (x, y)
                    tried += 1
    assert tried > 20_000


def test_results_too_small_for_all_digits_are_off_by_one_step_at_most(random):
    for x in random.uniform(-745, -708.5, 500):
        assert abs(mpmath.mpf(maths.exp(float(x))) - mpmath.exp(float(x))) <= LEAST
    for y in random.uniform(1022.5, 1074, 500):
        assert abs(mpmath.mpf(maths.power(0.5, float(y))) - mpmath.power(0.5, float(y))) <= LEAST


@pytest.mark.parametrize(
    ("x", "found"),
    [
        *((INF, INF), (-INF, 0.0), (709.782712893384, 1.7976931348622732e308), (709.79, INF), (-745.1, LEAST)),
        *((-746.0, 0.0), (LEAST, 1.0), (-LEAST, 1.0), (LARGEST, INF), (-LARGEST, 0.0), (NAN, NAN), (1.0, math.e)),
    ],
)
def test_edges_of_exp(x, found):
    assert maths.exp(x) == pytest.approx(found, rel=1e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize(
    ("x", "found"),
    [
        *((0.0, -INF), (-0.0, -INF), (INF, INF), (-LEAST, NAN), (-1.0, NAN), (-INF, NAN), (NAN, NAN), (1.0, 0.0)),
        *((LEAST, -744.4400719213812), (NORMAL, -708.3964185322641), (LARGEST, 709.782712893384)),
    ],
)
def test_edges_of_log(x, found):
    assert maths.log(x) == pytest.approx(found, rel=1e-15, abs=0, nan_ok=True)


def expected_power(x: float, y: float) -> float:
    """IEEE 754's pow of these, but for a base below 0, which gives NaN unless the exponent is 0."""
    if y != 0.0 and x < 0.0:
        return NAN
    with np.errstate(all="ignore"):
        return float(np.power(np.float64(abs(x)), np.float64(y)))


SPECIAL = (0.0, -0.0, LEAST, -LEAST, NORMAL, 0.5, 1.0, 1.5, 2.0, 1e300, LARGEST, INF, -1.0, -2.5, -LARGEST, -INF, NAN)


@pytest.mark.parametrize("x", SPECIAL)
@pytest.mark.parametrize("y", SPECIAL)
def test_edges_of_power(x, y):
    assert maths.power(x, y) == pytest.approx(expected_power(x, y), rel=1e-15, abs=LEAST, nan_ok=True)


def test_whole_powers_are_exact():
    for base in range(2, 12):
        for exponent in range(1, 15):
            assert maths.power(float(base), float(exponent)) == base**exponent
            assert maths.power(2.0, float(-exponent)) == 2.0**-exponent


def same(one: float, other: float) -> bool:
    return one == other or (one != one and other != other)


@pytest.mark.filterwarnings("error")
@given(EVERY, EVERY)
def test_compiled_as_plain(x, y):
    assert same(maths.exp(x), plain(maths.exp)(x))
    assert same(maths.log(x), plain(maths.log)(x))
    assert same(maths.power(x, y), plain(maths.power)(x, y))


@given(st.floats(-700, 700), st.floats(0, 1))
def test_exp_rises_and_log_undoes_it(x, more):
    assert maths.exp(x) <= maths.exp(x + more)
    assert maths.log(maths.exp(x)) == pytest.approx(x, rel=1e-15, abs=2e-16)


@given(POSITIVE)
def test_root_and_square(x):
    if 1e-150 < x < 1e150:
        assert maths.power(x, 0.5) == pytest.approx(math.sqrt(x), rel=3e-16)
        assert maths.power(x, 2.0) == pytest.approx(x * x, rel=3e-16)
