"""What the contest compares, by name; nothing here measures, so that a document can be made without Mesa."""

from __future__ import annotations

ENGINE, OWN_LUCK, FUSED, SIMPY, MESA = "engine", "engine-own-luck", "fused", "simpy", "mesa"
SAYS = {
    ENGINE: "this engine, recording included",
    OWN_LUCK: "this engine as it is run: it also draws its luck",
    FUSED: "one fused compiled loop over worlds side by side, nothing recorded",
    SIMPY: "uncompiled, a SimPy process per firm and world",
    MESA: "uncompiled, Mesa agents",
}
AT_LEAST, AT_MOST = "at least", "at most"
MOST_BUSY = 0.1  # share of its time for which the process that asked many workers should be busy
# what is compared: slower, faster, target of the ratio, and whether the target is the least or the most it may be
PAIRS = (
    (MESA, ENGINE, 50.0, AT_LEAST),
    (SIMPY, ENGINE, 50.0, AT_LEAST),
    (ENGINE, FUSED, 1.5, AT_MOST),
    (MESA, OWN_LUCK, None, ""),
    (SIMPY, OWN_LUCK, None, ""),
    (OWN_LUCK, FUSED, None, ""),
)
