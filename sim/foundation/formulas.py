"""Small formulas and numbers that several laws share."""

from sim.foundation.jit import law
from sim.foundation.maths import exp, log
from sim.foundation.months import HALF_YEAR, MONTHS_A_YEAR

TINY = 1e-12  # what divides is at least this: a share of nothing is nothing


@law
def growth_log(first, floor, half_life, tick):  # type: ignore[no-untyped-def]
    """Log growth from the opening to ``tick`` months later, rates a year; the excess rate halves in ``half_life``."""
    decay = log(2.0) / half_life
    return (floor * tick + (first - floor) * (1.0 - exp(-decay * tick)) / decay) / MONTHS_A_YEAR


@law
def season(month, second_half_share):  # type: ignore[no-untyped-def]
    """Factor of a calendar month, 1 on average, of what falls to this share into the second half of a year."""
    half = second_half_share if month % MONTHS_A_YEAR >= HALF_YEAR else 1.0 - second_half_share
    return 2.0 * half
