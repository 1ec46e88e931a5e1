"""The three iron laws: what the documents say of each, and the outcomes that it speaks of."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.foundation.columns import NEVER
from tools.severities.rows import DEEP, END, LIGHT, NOTHING, POINTS, SOON, Sets, independent
from tools.severities.seen import SEVEN, Ended, tick

NUMBER = "start-ups"
FEW = (2, 3)  # S001-19: "two or three top independents"


def off(mechanism: str) -> Sets:
    """What switches a mechanism off."""
    return (f"assumptions.{mechanism}.on=0",)


class Outcome(NamedTuple):
    """One thing a law speaks of: the mean over worlds of ``of``, with ``variant`` less that with ``base``.

    ``sign`` is +1 or -1, the way in which it moves if the law is right.
    """

    text: str
    unit: str
    sign: int
    of: Callable[[Ended], np.ndarray]
    variant: Sets
    base: Sets = NOTHING


class Law(NamedTuple):
    """A law by the mechanism that carries it, with the rows of the evidence that state it."""

    number: int
    mechanism: str
    rows: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


def racing(ended: Ended) -> np.ndarray:
    """(worlds,) start-ups in the general race at the end of SOON."""
    return np.asarray(ended.state("general", SOON, SEVEN).sum(axis=1))


def few_race(ended: Ended) -> np.ndarray:
    """(worlds,) 100 where FEW of them are, else 0."""
    number = racing(ended)
    return 100.0 * ((number >= FEW[0]) & (number <= FEW[1]))


def came(column: str) -> Callable[[Ended], np.ndarray]:
    """(worlds,) per cent of the six to whom something has happened by the horizon."""
    return lambda ended: 100.0 * (ended.column(column) <= tick(ended.scenario, END)).mean(axis=1)


def gone_unlisted(ended: Ended) -> np.ndarray:
    """(worlds,) per cent of the six that are bought or closed by the horizon and were never listed."""
    gone = ended.column("exit_month") <= tick(ended.scenario, END)
    return np.asarray(100.0 * (gone & (ended.column("listing_month") == NEVER)).mean(axis=1))


INDEPENDENT = "of the six, independent in December 2030"
LAWS: tuple[Law, ...] = (
    Law(
        1,
        "scale",
        ("S001-19",),
        (
            Outcome(INDEPENDENT, POINTS, 1, independent, off("scale")),
            Outcome("start-ups in the general race in April 2028", NUMBER, 1, racing, off("scale")),
            Outcome("worlds with two or three of them in it", POINTS, -1, few_race, off("scale")),
            Outcome("of the six, pivoted by December 2030", POINTS, -1, came("pivot_month"), off("scale")),
        ),
    ),
    Law(
        2,
        "listing",
        ("S001-20", "S001-21", "S001-22"),
        (
            Outcome(INDEPENDENT, POINTS, 1, independent, off("listing")),
            Outcome(
                "of the six, abandoned by the market by December 2030",
                POINTS,
                -1,
                came("abandoned_month"),
                off("listing"),
            ),
            Outcome(
                "of the six, bought or closed by December 2030 without having listed",
                POINTS,
                -1,
                gone_unlisted,
                off("listing"),
            ),
        ),
    ),
    Law(
        3,
        "vertical",
        ("S001-23", "S001-24"),
        (
            Outcome(INDEPENDENT, POINTS, 1, independent, off("vertical")),
            Outcome(
                "the same, all six made to pivot in January 2025 without core technology",
                POINTS,
                1,
                independent,
                (*LIGHT, *off("vertical")),
                LIGHT,
            ),
            Outcome(
                "the exception, the law on: the six that pivot so keep core technology, against not",
                POINTS,
                1,
                independent,
                DEEP,
                LIGHT,
            ),
        ),
    ),
)
