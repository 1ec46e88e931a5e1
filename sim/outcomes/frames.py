"""Blocks as tables: firms.parquet (one row per world and firm) and events.parquet (one row per event).

Both keep texts as categories, so that ten thousand worlds are a table in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.foundation.causes import CAUSES
from sim.foundation.columns import EVENTS, FATES, NEVER
from sim.outcomes.rows import rows_of
from sim.scenario.model import Scenario

MONTH_COLUMNS = ("entry_month", "exit_month", "pivot_month", "listing_month", "abandoned_month", "profitable_month")
EVENT_COLUMNS = ("world", "month", "firm", "event", "value", "cause", "saw", "worth", "other")


def histories_frame(scenario: Scenario, blocks: Iterable[Block]) -> Any:
    """firms.parquet: worlds in order, firms in row order; months are ticks from the start, missing = never."""
    import pandas as pd

    ids = rows_of(scenario).ids
    parts = [(block.first, block.histories) for block in blocks]
    worlds = np.concatenate([np.arange(first, first + len(part)) for first, part in parts])
    histories = np.concatenate([part for _, part in parts]).ravel()
    columns: dict[str, Any] = {
        "world": np.repeat(worlds, len(ids)),
        "firm": _texts(np.tile(np.arange(len(ids)), worlds.size), list(ids)),
        "fate": _texts(histories["fate"], list(FATES)),
    }
    for name in MONTH_COLUMNS:
        months = np.ascontiguousarray(histories[name], np.int32)
        columns[name] = pd.arrays.IntegerArray(months, months >= NEVER)
    for name in ("rounds", "raised", "final_valuation"):
        columns[name] = np.ascontiguousarray(histories[name])
    return pd.DataFrame(columns)


def events_frame(scenario: Scenario, events: np.ndarray) -> Any:
    """events.parquet from (events,) columns.LOG_DTYPE: in the order they happened, world by world.

    ``firm`` is missing for events of the market; ``cause`` is the rule that fired, ``saw`` the number it looked at
    (causes.CAUSES says which), ``worth`` the firm's valuation after it, ``other`` a counterparty.
    """
    import pandas as pd

    names = {
        "firm": list(rows_of(scenario).ids),
        "other": list(rows_of(scenario).ids),
        "event": list(EVENTS),
        "cause": [cause.rule for cause in CAUSES],
    }
    columns: dict[str, Any] = {}
    for name in EVENT_COLUMNS:
        values = np.ascontiguousarray(events[name])
        columns[name] = _texts(values, names[name]) if name in names else values
    return pd.DataFrame(columns)


def _texts(codes: Any, texts: list[str]) -> Any:
    """A categorical column: ``texts`` by index, -1 is missing."""
    import pandas as pd

    return pd.Categorical.from_codes(codes, categories=pd.Index(texts))
