"""A firm's means: what it raises, earns and is given in a month. Scale and the frontier read them.

What it raises comes in lumps; it is smoothed over RAISED_MONTHS: an instalment of what is raised, less what has faded.
"""

from sim.foundation.jit import law

RAISED_MONTHS = 18.0  # months over which what a firm raises counts as its means


@law
def means_of(firm):  # type: ignore[no-untyped-def]
    """What a firm raises, earns and is given in a month, smoothed."""
    return firm.raised_smooth + firm.smooth_revenue + firm.grant_month
