"""The normal distribution and its quantile, against mpmath and SciPy, in every interval and at the edges."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import truncnorm

from sim.foundation import normal

INF = math.inf


def test_the_distribution_in_every_interval():
    points = (*np.linspace(-38, 8, 2000), 0.0, 0.66291, -0.66291, 5.65, 5.66, -5.65, -5.66, 1e-10)
    with mpmath.workprec(120):
        for x in map(float, points):
            assert normal.normal_cdf(x) == pytest.approx(float(mpmath.ncdf(x)), rel=2e-14, abs=1e-320), x


@given(st.floats(2.0**-33, 1 - 2.0**-33))
def test_the_quantile_against_scipy(u):
    assert normal.normal_quantile(u) == pytest.approx(float(ndtri(u)), rel=1e-13, abs=1e-15)


def test_the_quantile_in_every_branch():
    u = np.array([2.0**-33, 1e-9, 1e-6, 0.01, 0.075, 0.0751, 0.3, 0.5, 0.9249, 0.925, 0.99, 1 - 1e-9, 1 - 2.0**-33])
    assert [normal.normal_quantile(x) for x in u] == pytest.approx(ndtri(u).tolist(), rel=1e-13, abs=1e-15)


def test_the_edges_of_the_distribution_and_of_the_quantile():
    assert [normal.normal_cdf(x) for x in (-INF, -39.0, 0.0, 39.0, INF)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert [normal.normal_quantile(u) for u in (0.0, 0.5, 1.0)] == [-INF, 0.0, INF]


@pytest.mark.parametrize("function", [normal.normal_cdf, normal.normal_quantile])
def test_compiled_as_plain(function):
    plain = getattr(function, "py_func", function)
    points = np.linspace(0.0, 1.0, 501) if function is normal.normal_quantile else np.linspace(-40, 40, 501)
    assert [function(float(x)) for x in points] == [plain(float(x)) for x in points]


def test_a_cut_normal_against_scipy():
    u = np.linspace(0.001, 0.999, 500).reshape(5, 100)
    for low, high in ((-1.0, 2.0), (-INF, 0.5), (0.3, INF), (-INF, INF), (-0.01, 0.01)):
        found = normal.truncated_normal(u, low, high)
        assert found == pytest.approx(truncnorm.ppf(u, low, high), rel=1e-9, abs=1e-12)
        assert found == pytest.approx(ndtri(ndtr(low) + u * (ndtr(high) - ndtr(low))), rel=1e-12, abs=1e-14)


def test_exp_of_rows_is_exp_of_each():
    x = np.linspace(-3, 3, 12).reshape(3, 4)
    assert normal.exp_of_each(x) == pytest.approx(np.exp(x), rel=1e-15)
    assert normal.exp_of_each(x).shape == (3, 4)
