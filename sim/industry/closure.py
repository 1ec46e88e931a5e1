"""Closure (being written)."""

from sim.foundation.assumption import Assumption, Mechanism

MECHANISM = Mechanism(
    "closure",
    "A firm closes when its cash is at or below zero, or by chance.",
    "A firm closes only when its cash is at or below zero.",
    (Assumption("hazard_month", 0, "probability a month", 0, 1, "closing by chance alone, for limiting cases"),),
)
