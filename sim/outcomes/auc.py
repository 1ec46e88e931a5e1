"""How well a score tells two kinds of worlds apart: the area under the ROC curve, with its interval.

It is the chance that a world in which something comes true has the higher score of two, the other being one in which it
does not; equal scores count one half. 0.5 is what no knowledge gives. The variance is that of DeLong, DeLong and
Clarke-Pearson (1988), the interval is taken on the scale of the logit, on which it stays within 0 and 1 (Qin and
Hotilovac 2008). Where all pairs are told apart the variance is 0 and says nothing: then the bound is Wilson's, with as
many trials as there are worlds of the rarer kind.
"""

from __future__ import annotations

import math

import numpy as np

from sim.outcomes.drivers import Estimate
from sim.outcomes.intervals import Z, wilson

A_COIN = 0.5  # the area that no knowledge gives


def auc(score: np.ndarray, true: np.ndarray) -> Estimate:
    """The area under the curve of ``score`` (n,) for ``true`` (n,) flags, with its 95% interval.

    NaN where there is no world of one kind; NaN bounds where there is one.
    """
    from scipy.stats import rankdata

    yes, no = score[true], score[~true]
    n, m = yes.size, no.size
    if not n or not m:
        return Estimate(math.nan, math.nan, math.nan)
    ranks = rankdata(score)  # equal scores share the mean of their ranks
    above = (ranks[true] - rankdata(yes)) / m  # of every world that is true: share of the others below it
    below = 1 - (ranks[~true] - rankdata(no)) / n
    area = float(above.mean())
    if n < 2 or m < 2:
        return Estimate(area, math.nan, math.nan)
    if area in (0.0, 1.0):
        low, high = wilson(area, min(n, m))
        return Estimate(area, float(low), float(high))
    error = math.sqrt(float(above.var(ddof=1)) / n + float(below.var(ddof=1)) / m)
    centre, half = math.log(area / (1 - area)), Z * error / (area * (1 - area))
    return Estimate(area, *(1 / (1 + math.exp(-end)) for end in (centre - half, centre + half)))
