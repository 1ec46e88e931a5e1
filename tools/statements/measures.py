"""Measures that several statements share: states of firms and sums of their columns, forced over unforced."""

from __future__ import annotations

import numpy as np

from tools.severities.estimating import Estimate, mean, of_worlds
from tools.severities.rows import NOTHING, Sets
from tools.severities.seen import SEVEN, tick
from tools.statements.panel import Measure, Worlds, known, ratio

TWO, FOUR = ("baichuan", "zero-one"), ("zhipu", "minimax", "moonshot", "stepfun")
LISTED_TWO, CONSUMER = ("zhipu", "minimax"), ("minimax", "moonshot")
KIMI, ONE, DEEPSEEK = ("moonshot",), ("zero-one",), ("deepseek",)
FALLS = ("firms.zero-one.pivots=2025-01", "firms.zero-one.keeps_core=0")
NEVER_LIST = tuple(f"firms.{firm}.lists=never" for firm in LISTED_TWO)
YEAR_2026, AFTER_PIVOT = ("2026-01", "2026-12"), ("2025-02", "2027-01")
RACES = ("firms.zero-one.pivots=never",)


def of_firms(state: str, firms: Sets, date: str) -> Measure:
    """Of some firms, who is in a state at the end of a month."""
    return lambda worlds: mean(100.0 * worlds.ended().state(state, date, firms).mean(axis=1))


def more(state: str, firms: Sets, date: str, sets: Sets, base: Sets = NOTHING) -> Measure:
    """Points more of some firms that are in a state at the end of a month, with ``sets`` than with ``base``."""

    def measure(worlds: Worlds) -> Estimate:
        one, other = (100.0 * worlds.ended(s).state(state, date, firms).mean(axis=1) for s in (sets, base))
        return mean(one - other)

    return measure


def total(column: str, span: tuple[str, str], sets: Sets, base: Sets, firms: Sets = SEVEN) -> Measure:
    """A column of firms, while they are there, summed over a span: with ``sets`` over with ``base``.

    "money" is what all investors give, "rounds" what unlisted ones do.
    """

    def measure(worlds: Worlds) -> Estimate:
        found = []
        for one in (sets, base):
            panel = worlds.panel(one)
            flows = {"money": panel.money, "rounds": panel.rounds}
            values = flows[column](firms) if column in flows else panel.flow(column, firms)
            found.append(values[:, panel.span(*span)].sum(axis=(1, 2), dtype=float))
        return ratio(*found)

    return measure


def endgame_by(date: str) -> Measure:
    """Worlds that have reached the endgame by a month."""
    return lambda worlds: of_worlds(worlds.ended().endgame <= tick(worlds.scenario(), date))


def both_there(worlds: Worlds, column: str, span: tuple[str, str], sets: Sets, base: Sets, firm: Sets) -> np.ndarray:
    """(2, some worlds) a firm's column summed over a span, with ``sets`` and ``base``, where it is there in both."""
    pair = np.stack([worlds.panel(s).over(column, *span, firm)[:, 0] for s in (sets, base)])
    return np.asarray(pair[:, np.isfinite(pair).all(axis=0)])


def less(column: str, span: tuple[str, str], sets: Sets, base: Sets, firm: Sets) -> Measure:
    """How much less a firm's column adds up to over a span with ``sets`` than with ``base``; there in both."""

    def measure(worlds: Worlds) -> Estimate:
        one, other = both_there(worlds, column, span, sets, base, firm)
        return known(other - one)

    return measure


def if_there(column: str, span: tuple[str, str], sets: Sets, base: Sets, firm: Sets) -> Measure:
    """How many times a firm's column adds up to over a span with ``sets`` what it does with ``base``; there in both."""
    return lambda worlds: ratio(*both_there(worlds, column, span, sets, base, firm))
