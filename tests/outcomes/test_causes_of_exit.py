"""What ended the firms: counted by hand, the same as the fates and the same as the log."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from synthetic_runs import block_of, cut, firm, live, scenario, still

from sim.archive.dictionary import CAUSES_CSV
from sim.engine.recorder import exit_causes
from sim.foundation.causes import (
    ABANDONED,
    CAUSES,
    CLOSING_HAZARD,
    DISTRESSED,
    NO_CAUSE,
    OUT_OF_MONEY,
    REFUSED,
)
from sim.foundation.columns import ACQUIRED, CLOSED, EVENT, LOG_DTYPE
from sim.foundation.errors import RunError
from sim.outcomes.exits import ExitCounts
from sim.outcomes.intervals import pooled_wilson, wilson
from sim.outcomes.summary import summarise

TICKS = 24  # July 2023 to June 2025


def put(histories: np.ndarray, world: int, row: int, month: int, fate: int, cause: int) -> None:
    """End a firm."""
    histories["exit_month"][world, row], histories["fate"][world, row] = month, fate
    histories["cause"][world, row] = cause


def by_hand() -> tuple[Any, np.ndarray]:
    """Four worlds of a firm and a class of two, and who ends how."""
    question = scenario((firm("a"), firm("crowd", copies=2), firm("g", "giant")), TICKS, {"pair": ("a", "crowd")})
    histories = still(4, 4)
    put(histories, 0, 0, 6, ACQUIRED, DISTRESSED)  # December 2023
    put(histories, 1, 0, 7, ACQUIRED, DISTRESSED)  # January 2024
    put(histories, 2, 0, 24, CLOSED, OUT_OF_MONEY)  # June 2025
    put(histories, 0, 1, 1, CLOSED, OUT_OF_MONEY)  # July 2023
    put(histories, 0, 2, 18, CLOSED, OUT_OF_MONEY)  # December 2024
    put(histories, 3, 1, 20, ACQUIRED, ABANDONED)  # February 2025
    return question, histories


def shares(frame: Any, name: str, cause: int, column: str) -> list[float]:
    """A column of the rows of one firm and cause, by year."""
    return frame[(frame.firm == name) & (frame.cause == CAUSES[cause].rule)][column].tolist()


def test_counted_by_hand() -> None:
    question, histories = by_hand()
    frame = summarise(question, cut(question, histories, [4])).causes
    assert list(frame.columns) == CAUSES_CSV.names
    assert list(frame.firm.unique()) == ["a", "crowd", "g", "pair", "startups", "giants"]
    ends = [("acquired", DISTRESSED), ("acquired", ABANDONED), ("closed", OUT_OF_MONEY)]
    expected = [(name, year, fate, CAUSES[cause].rule) for name in frame.firm.unique() for fate, cause in ends
                for year in (2023, 2024, 2025)]  # fmt: skip
    assert list(frame[["firm", "year", "fate", "cause"]].itertuples(index=False, name=None)) == expected
    assert shares(frame, "a", DISTRESSED, "share") == [0.25, 0.25, 0]
    assert shares(frame, "a", DISTRESSED, "cumulative") == [0.25, 0.5, 0.5]
    assert shares(frame, "a", OUT_OF_MONEY, "share") == [0, 0, 0.25]
    assert shares(frame, "a", ABANDONED, "cumulative") == [0, 0, 0]
    assert shares(frame, "crowd", OUT_OF_MONEY, "share") == [1 / 8, 1 / 8, 0]
    assert shares(frame, "crowd", OUT_OF_MONEY, "cumulative") == [1 / 8, 2 / 8, 2 / 8]
    assert shares(frame, "crowd", ABANDONED, "share") == [0, 0, 1 / 8]
    assert shares(frame, "pair", OUT_OF_MONEY, "share") == [1 / 12, 1 / 12, 1 / 12]
    assert shares(frame, "startups", DISTRESSED, "cumulative") == [1 / 12, 2 / 12, 2 / 12]
    assert frame[frame.firm.isin(("g", "giants"))].cumulative.eq(0).all()


def test_intervals_are_those_of_fates() -> None:
    question, histories = by_hand()
    frame = summarise(question, cut(question, histories, [4])).causes
    for column, of_a in (("share", [0.25, 0.25, 0]), ("cumulative", [0.25, 0.5, 0.5])):
        stem = "" if column == "share" else "cumulative_"
        for place, bound in enumerate(("low", "high")):
            assert shares(frame, "a", DISTRESSED, f"{stem}{bound}") == wilson(of_a, 4)[place].tolist()
    # of the class two firms of world 0 are gone by the end of 2024: 2 of 8, the squares sum to 4
    low, high = pooled_wilson([1, 2, 2], [1, 4, 4], 4, 2)
    assert shares(frame, "crowd", OUT_OF_MONEY, "cumulative_low") == low.tolist()
    assert shares(frame, "crowd", OUT_OF_MONEY, "cumulative_high") == high.tolist()
    one = summarise(question, cut(question, histories[:1], [1])).causes
    assert one[["low", "high", "cumulative_low", "cumulative_high"]].isna().all(axis=None)


def test_causes_sum_to_the_fates_of_everyone_at_the_end_of_every_year() -> None:
    luck = np.random.default_rng(11)
    question = scenario((firm("a"), firm("crowd", copies=3), firm("g", "giant")), TICKS, {"pair": ("a", "crowd")})
    histories = live(luck, 700, 5, TICKS, close=0.03, acquire=0.03)
    split = luck.random(histories.shape) < 0.4
    histories["cause"][split & (histories["fate"] == ACQUIRED)] = REFUSED
    histories["cause"][split & (histories["fate"] == CLOSED)] = CLOSING_HAZARD
    outcomes = summarise(question, cut(question, histories, [700]))
    members = {"crowd": 3, "pair": 4, "startups": 4}
    ends = {2023: 6, 2024: 18, 2025: TICKS}
    assert len(outcomes.causes.cause.unique()) == 4
    for (name, year, fate), rows in outcomes.causes.groupby(["firm", "year", "fate"]):
        fates = outcomes.fates[(outcomes.fates.firm == name) & (outcomes.fates.fate == fate)]
        trials = 700 * members.get(str(name), 1)
        expected = fates.set_index("month").incidence[ends[int(year)]] * trials
        assert np.rint(rows.cumulative * trials).sum() == np.rint(expected), (name, year, fate)


def test_nothing_depends_on_how_worlds_were_cut() -> None:
    question = scenario((firm("a"), firm("crowd", copies=3)), TICKS)
    histories = live(np.random.default_rng(12), 300, 4, TICKS)
    whole, parts = (summarise(question, cut(question, histories, sizes)).causes for sizes in ([300], [1, 90, 209]))
    assert whole.equals(parts) and len(whole) == 3 * 2 * 3


def test_memory_does_not_grow_with_worlds() -> None:
    question = scenario((firm("a"), firm("b")), TICKS)
    counts = ExitCounts(question)
    sizes = []
    for first in (0, 50, 100):
        counts.add(block_of(question, live(np.random.default_rng(1), 50, 2, TICKS), first))
        sizes.append(sum(part.size for part in counts.firms.values()))
    assert sizes == [sizes[0]] * 3


def test_nobody_exits() -> None:
    question = scenario((firm("a"),), TICKS)
    frame = summarise(question, cut(question, still(5, 1), [5])).causes
    assert frame.empty and list(frame.columns) == CAUSES_CSV.names


def log(*told: tuple[int, int, str, int]) -> np.ndarray:
    """Events: (world, firm, event, cause)."""
    events = np.zeros(len(told), LOG_DTYPE)
    for row, (world, place, event, cause) in zip(events, told, strict=True):
        row["world"], row["firm"], row["event"], row["cause"] = world, place, EVENT[event], cause
    return events


def test_an_exit_that_no_event_tells_is_an_error() -> None:
    histories = still(2, 2)
    put(histories, 1, 0, 3, CLOSED, NO_CAUSE)
    told = log((7, 1, "pivot", 14), (8, 0, "closure", OUT_OF_MONEY))
    assert exit_causes(told, histories, 7).tolist() == [[NO_CAUSE, NO_CAUSE], [OUT_OF_MONEY, NO_CAUSE]]
    for events in (log((7, 1, "pivot", 14)), log((8, 0, "closure", 2), (7, 1, "acquisition", DISTRESSED))):
        with pytest.raises(RunError, match=r"world [78], firm [12] of the file"):
            exit_causes(events, histories, 7)
