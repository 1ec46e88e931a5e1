"""The words a reader needs, once, for every page."""

from __future__ import annotations

from sim.foundation.columns import LONGEST_RUNWAY
from sim.scenario.basis import MEANINGS

GLOSSARY = (
    (
        "World",
        "One possible history from the first month to the last. Luck and uncertain assumptions differ between "
        "worlds, the rules do not.",
    ),
    (
        "Share of worlds",
        "In how many of the simulated worlds something happens; of a class of firms or a group, to what share of its "
        "firms, over all worlds. It is a probability inside the model, under its assumptions; it is not a forecast of "
        "the real firms.",
    ),
    (
        "95% interval, ±",
        "How far the share could move if other worlds had been drawn. ± is half of it; where it is lopsided, as near 0 "
        "and 100%, both its ends are given. It says nothing about whether the "
        "assumptions are right: for that, change them (shakeout whatif).",
    ),
    (
        "Pointwise band",
        "The interval at each month by itself; a whole curve leaves its band more often than one time in twenty.",
    ),
    (
        "Independent",
        "Neither acquired nor closed. A firm that listed, pivoted or was abandoned by the market still counts.",
    ),
    (
        "General race",
        "The contest for general-purpose models. A pivot to verticals leaves it for good.",
    ),
    (
        "Fan",
        "The line is the median world of each month; the dark band holds half of the worlds, the pale one "
        "nine in ten. A fan is not the path of one world.",
    ),
    (
        "Runway",
        f"Months until the cash is gone at the present net burn; {LONGEST_RUNWAY:.0f} months or more where a firm "
        "earns what it spends.",
    ),
    (
        "Valuation",
        "What the firm is worth on the exchange if listed, otherwise what a round would be priced at.",
    ),
    (
        "Abandoned",
        "Listed, still loss-making at the profitability test 24 to 36 months later, and dropped by the market.",
    ),
    (
        "HHI",
        "Herfindahl-Hirschman index: the sum of squared revenue shares, 1 for a monopoly.",
    ),
    (
        "Endgame",
        "Roadmap set, a year in which each of the leading three pays for itself, and the same three as a year ago.",
    ),
    (
        "Source ids",
        "S… are passages of the documents behind the scenario, P-… public pages; their rows stand under Evidence used, "
        "and in evidence.csv. assumption means that no source gives the number.",
    ),
    (
        "Rests on",
        "Of the size, whatever the mechanism rests on. "
        + "; ".join(f"{mark}: {meaning}" for mark, meaning in MEANINGS.items())
        + ".",
    ),
)
