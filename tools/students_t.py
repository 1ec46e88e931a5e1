"""The mean of some worlds with Student's t interval, as tables that are made by hand tell it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from sim.outcomes.intervals import t_quantile


def t_interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Mean and Student's t interval of ``values`` (worlds,), sums exact (fsum); bounds are NaN below two values."""
    sample = np.asarray(values, float).ravel()
    n = sample.size
    if n == 0:
        return math.nan, math.nan, math.nan
    mean = math.fsum(sample) / n
    if n == 1:
        return mean, math.nan, math.nan
    deviation = math.sqrt(math.fsum((sample - mean) ** 2) / (n - 1))
    half = float(t_quantile(n - 1, level)) * deviation / math.sqrt(n)
    return mean, mean - half, mean + half
