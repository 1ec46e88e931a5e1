"""Worlds and events as tables; the endgame; and the same bytes however worlds were cut into blocks."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from synthetic_runs import START, block_of, cut, firm, live, scenario, still

from sim.archive.tables import framed
from sim.foundation import causes
from sim.foundation.columns import ACQUIRED, EVENT, LOG_DTYPE, NEVER, NOT_ENTERED
from sim.foundation.months import month_text
from sim.outcomes.intervals import wilson
from sim.outcomes.summary import Outcomes, summarise
from sim.outcomes.world_tables import events_table, histories_table

FIRMS_COLUMNS = [
    *("world", "firm", "fate", "entry_month", "exit_month", "pivot_month", "listing_month", "abandoned_month"),
    *("profitable_month", "entry_date", "exit_date", "pivot_date", "listing_date", "abandoned_date"),
    *("profitable_date", "rounds", "raised", "final_valuation", "cause"),
]


def test_firms_table() -> None:
    question = scenario((firm("a"), firm("crowd", copies=2, listed=START - 4)), 12)
    histories = still(3, 3)
    histories["exit_month"][1, 2], histories["fate"][1, 2] = 7, ACQUIRED
    histories["cause"][1, 2] = causes.REFUSED
    histories["listing_month"][1, 2] = -3
    histories["entry_month"][2, 0], histories["fate"][2, 0] = NEVER, NOT_ENTERED
    histories["raised"][1, 2] = 12.5
    blocks = [block_of(question, histories[:2], 4), block_of(question, histories[2:], 6)]
    frame = framed(histories_table(question, blocks))
    assert set(frame.columns) == set(FIRMS_COLUMNS)
    assert frame.world.tolist() == [4, 4, 4, 5, 5, 5, 6, 6, 6]
    assert frame.firm.tolist() == ["a", "crowd-001", "crowd-002"] * 3
    row = frame.iloc[5]
    assert (row.fate, row.exit_month, row.listing_month, row.raised) == ("acquired", 7, -3, 12.5)
    assert row.cause == "bought after capital refused it" and frame.cause.notna().sum() == 1
    dates = (row.entry_date, row.exit_date, row.listing_date)  # the opening is the month before the first
    assert dates == tuple(month_text(START + ticks) for ticks in (-1, 6, -4))
    assert frame.pivot_date.isna().all() and frame.exit_date.notna().sum() == 1 and pd.isna(frame.entry_date[6])
    assert frame.pivot_month.isna().all() and frame.exit_month.notna().sum() == 1
    assert frame.fate[6] == "never_entered" and pd.isna(frame.entry_month[6]) and frame.entry_month[7] == 0


def test_events_table() -> None:
    question = scenario((firm("a"), firm("b")), 12)
    events = np.zeros(2, LOG_DTYPE)
    events[0] = (3, 5, 1, EVENT["round"], 1500.0, causes.SCORE_HIGH, 0.4, 9000.0, 0)
    events[1] = (3, 6, -1, EVENT["shift"], 0.5, causes.PARADIGM, 0.1, 0.0, -1)
    frame = framed(events_table(question, events))
    assert frame.columns.tolist() == ["world", "month", "date", "firm", "event", "value", "cause"]
    told = [3, 5, month_text(START + 4), "b", "round", 1500.0, "investors' score high enough"]
    assert frame.iloc[0].tolist() == told
    assert pd.isna(frame.firm[1])
    assert frame.event[1] == "shift" and frame.cause[1] == "new paradigm"
    assert len(framed(events_table(question, events[:0]))) == 0


def test_worlds_end_once() -> None:
    question = scenario((firm("a"),), 4)
    endgame = np.array([2, 3, 4, NEVER, NEVER, 4], np.int32)
    extinct = np.array([NEVER, 4, 2, 3, NEVER, 4], np.int32)
    blocks = cut(question, still(6, 1), [4, 2], endgame=endgame, extinct=extinct)
    outcomes = summarise(question, blocks)
    assert outcomes.endgame.columns.tolist() == [*["month", "date", "share", "low", "high", "sd", "sd_low", "sd_high"]]
    assert outcomes.endgame.share.tolist() == [0, 0, 1 / 6, 2 / 6, 3 / 6]  # the third world was empty before
    assert outcomes.extinct.share == 2 / 6
    assert (outcomes.extinct.low, outcomes.extinct.high) == tuple(float(x) for x in wilson(2 / 6, 6))
    assert outcomes.endgame.low.tolist() == wilson(outcomes.endgame.share, 6)[0].tolist()


@pytest.mark.parametrize("sizes", [[100] * 7, [1] * 700, [699, 1], [333, 10, 357]])
def test_every_byte_is_independent_of_the_cut(sizes: list[int]) -> None:
    firms = (firm("a"), firm("crowd", copies=3), firm("g", "giant"))
    question = scenario(firms, 20, {"pair": ("a", "g")})
    luck = np.random.default_rng(8)
    hazard = luck.choice([0.01, 0.2], (700, 1))
    histories = live(luck, 700, 5, 20, close=hazard, listing=0.05)
    endgame = luck.integers(1, 40, 700).astype(np.int32)
    whole = summarise(question, cut(question, histories, [700], endgame=endgame))
    other = summarise(question, cut(question, histories, sizes, endgame=endgame))
    for item in fields(Outcomes):
        one, two = getattr(whole, item.name), getattr(other, item.name)
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, two, check_exact=True)
            assert one.to_csv(float_format="%.17g") == two.to_csv(float_format="%.17g")
        else:
            assert one == two


def test_clipped_counts_add_up() -> None:
    question = scenario((firm("a"),), 4)
    block = block_of(question, still(2, 1), clipped={"assumptions.demand.api_price": 3})
    assert summarise(question, lambda: [block, block]).clipped == {"assumptions.demand.api_price": 6}
