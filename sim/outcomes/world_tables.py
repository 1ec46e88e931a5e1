"""Blocks as tables: firms.parquet (one row per world and firm) and events.parquet (one row per event).

Both keep texts as categories, so that ten thousand worlds are a table in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.foundation.causes import CAUSES
from sim.foundation.columns import EVENTS, FATES, HISTORY_DTYPE, NEVER
from sim.outcomes.given import numbers_of
from sim.outcomes.index import tick_text
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario

RULES = [cause.rule for cause in CAUSES]  # by the number of the cause
EVENT_COLUMNS = ("world", "month", "date", "firm", "event", "value", "cause", "saw", "worth", "other")


def histories_frame(scenario: Scenario, blocks: Iterable[Block]) -> Any:
    """firms.parquet: worlds in order, firms in row order.

    Months are ticks from the start, missing = never; each is also a date, ``YYYY-MM``. ``cause`` ended the firm.
    """
    import pandas as pd

    ids = layout_of(scenario).ids
    parts = [(numbers_of(block), block.histories) for block in blocks]
    worlds = np.concatenate([numbers for numbers, _ in parts])
    histories = np.concatenate([part for _, part in parts]).ravel()
    columns: dict[str, Any] = {
        "world": np.repeat(worlds, len(ids)),
        "firm": _texts(np.tile(np.arange(len(ids)), worlds.size), list(ids)),
        "fate": _texts(histories["fate"], list(FATES)),
        "cause": _texts(histories["cause"], RULES),
    }
    first, dates = _dates(scenario)
    for name in (name for name in HISTORY_DTYPE.names or () if name.endswith("_month")):
        months = np.ascontiguousarray(histories[name], np.int32)
        columns[name] = pd.arrays.IntegerArray(months, months >= NEVER)
        columns[name.replace("_month", "_date")] = _texts(np.where(months >= NEVER, -1, months - first), dates)
    columns["rounds"] = histories["rounds"].astype(np.int64)
    columns |= {name: np.ascontiguousarray(histories[name]) for name in ("raised", "final_valuation")}
    return pd.DataFrame(columns)


def events_frame(scenario: Scenario, events: np.ndarray) -> Any:
    """events.parquet from (events,) columns.LOG_DTYPE: in the order they happened, world by world.

    ``firm`` is missing for events of the market; ``cause`` is the rule that fired, ``saw`` the number it looked at
    (causes.CAUSES says which), ``worth`` the firm's valuation after it, ``other`` a counterparty.
    """
    import pandas as pd

    names = {
        "firm": list(layout_of(scenario).ids),
        "other": list(layout_of(scenario).ids),
        "event": list(EVENTS),
        "cause": RULES,
    }
    first, names["date"] = _dates(scenario)
    columns: dict[str, Any] = {}
    for name in EVENT_COLUMNS:
        values = np.ascontiguousarray(events["month"] - first if name == "date" else events[name])
        columns[name] = _texts(values, names[name]) if name in names else values
    return pd.DataFrame(columns)


def _dates(scenario: Scenario) -> tuple[int, list[str]]:
    """The first tick in which anything can have happened to a firm, and the calendar month of every tick from it on.

    The same for all blocks of a run: they are one table.
    """
    known = [(firm.enters, firm.listed, firm.pivoted) for firm in scenario.firms]
    first = min(month - scenario.start + 1 for month in (scenario.start - 1, *chain(*known)) if month is not None)
    return first, [tick_text(scenario, tick) for tick in range(first, scenario.ticks + 1)]


def _texts(codes: Any, texts: list[str]) -> Any:
    """A categorical column: ``texts`` by index, -1 is missing."""
    import pandas as pd

    return pd.Categorical.from_codes(codes, categories=pd.Index(texts))
