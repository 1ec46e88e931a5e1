"""Overseas: no domestic price war there, but barriers and compliance risk.

A market abroad is a market of its own, with rivals and self-builders of its own (``barrier`` scales their pull).
A compliance case costs ``compliance_loss`` of what the firm holds abroad.
Sources: S001-16, S002-18 (barriers abroad are far more brutal), P-MM-05, P-MM-51. Sizes: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.columns import ABROAD, LINE_COUNT
from sim.foundation.jit import law

MECHANISM = Mechanism(
    "overseas",
    "Markets abroad know no domestic price war, but compliance risk.",
    "Nobody sells abroad.",
    (
        Assumption(
            "barrier",
            8,
            "ratio",
            0.1,
            1000,
            "pull of foreign rivals over that of one firm at par",
            "S002-18; size: assumption",
        ),
        Assumption(
            "compliance_hazard_month",
            0.006,
            "probability a month",
            0,
            1,
            "chance of a compliance case",
            "P-MM-51; rate: assumption",
        ),
        Assumption("compliance_loss", 0.3, "share", 0, 1, "share of its foreign business a case costs"),
    ),
    (Assumption("overseas", 0.1, "share", 0, 1, "share of a firm's effort in markets that goes abroad"),),
)


@law
def step(world, f):
    """What is left of the firm's foreign business: nothing without a market, less after a compliance case."""
    assume, kept = world.assume, 1.0
    if assume.overseas_on == 0.0:
        kept = 0.0
    elif world.firms[f].overseas != 0.0 and world.luck[f].u_compliance < assume.overseas_compliance_hazard_month:
        kept = 1.0 - assume.overseas_compliance_loss
    for line in range(LINE_COUNT):
        world.shares[f, ABROAD + line] *= kept
