"""Blocks as tables: firms.parquet (one row per world and firm) and events.parquet (one row per event).

Both keep texts as categories, so that ten thousand worlds are a table in a fraction of a second. They are Arrow's
tables, made of NumPy's arrays as they lie in memory: workers write them, and a worker does without pandas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.archive import tables
from sim.engine.block import Block
from sim.foundation.causes import CAUSES
from sim.foundation.columns import EVENTS, FATES, HISTORY_DTYPE, NEVER
from sim.outcomes.given import numbers_of
from sim.outcomes.index import tick_text
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario

if TYPE_CHECKING:
    import pyarrow as pa

RULES = [cause.rule for cause in CAUSES]  # by the number of the cause


def histories_table(scenario: Scenario, blocks: Iterable[Block]) -> pa.Table:
    """firms.parquet: worlds in order, firms in row order.

    Months are ticks from the start, missing = never; each is also a date, ``YYYY-MM``. ``cause`` ended the firm.
    """
    ids = layout_of(scenario).ids
    parts = [(numbers_of(block), block.histories) for block in blocks]
    worlds = np.concatenate([numbers for numbers, _ in parts])
    histories = np.concatenate([part for _, part in parts]).ravel()
    columns: dict[str, Any] = {
        "world": np.repeat(worlds, len(ids)),
        "firm": _texts(np.tile(np.arange(len(ids)), worlds.size), ids),
        "fate": _texts(histories["fate"], FATES),
        "cause": _texts(histories["cause"], RULES),
    }
    first, dates = _dates(scenario)
    for name in (name for name in HISTORY_DTYPE.names or () if name.endswith("_month")):
        months = histories[name]
        columns[name] = np.ma.masked_array(months, months >= NEVER)
        columns[name.replace("_month", "_date")] = _texts(np.where(months >= NEVER, -1, months - first), dates)
    columns |= {name: histories[name] for name in ("rounds", "raised", "final_valuation")}
    return _table(tables.FIRMS_FILE, columns)


def events_table(scenario: Scenario, events: np.ndarray) -> pa.Table:
    """events.parquet from (events,) columns.LOG_DTYPE: in the order they happened, world by world.

    ``firm`` is missing for events of the market; ``cause`` is the rule that fired.
    """
    first, dates = _dates(scenario)
    texts = {
        "date": _texts(events["month"] - first, dates),
        "firm": _texts(events["firm"], layout_of(scenario).ids),
        "event": _texts(events["event"], EVENTS),
        "cause": _texts(events["cause"], RULES),
    }
    return _table(tables.EVENTS_FILE, {name: events[name] for name in ("world", "month", "value")} | texts)


def _dates(scenario: Scenario) -> tuple[int, list[str]]:
    """The first tick in which anything can have happened to a firm, and the calendar month of every tick from it on.

    The same for all blocks of a run: they are one table.
    """
    known = [(firm.enters, firm.listed, firm.pivoted) for firm in scenario.firms]
    first = min(month - scenario.start + 1 for month in (scenario.start - 1, *chain(*known)) if month is not None)
    return first, [tick_text(scenario, tick) for tick in range(first, scenario.ticks + 1)]


def _texts(codes: np.ndarray, texts: Sequence[str]) -> pa.Array:
    """A categorical column: ``texts`` by index, -1 is missing."""
    import pyarrow as pa

    encoded = [text.encode() for text in texts]
    ends = np.fromiter(accumulate(map(len, encoded), initial=0), np.int32)
    known = pa.Array.from_buffers(
        pa.string(), len(encoded), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    )
    return pa.DictionaryArray.from_arrays(_numbers(np.ma.masked_array(codes, codes < 0), np.int32), known)


def _table(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """``columns``, NumPy's or Arrow's, as the Parquet file called ``name`` declares them."""
    import pyarrow as pa

    schema = tables.schema_of(name)
    made = [columns[field.name] for field in schema]
    arrays = [
        column if isinstance(column, pa.Array) else _numbers(column, field.type.to_pandas_dtype())
        for column, field in zip(made, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _numbers(column: np.ndarray, kind: Any) -> pa.Array:
    """A column of numbers of ``kind``; what is masked, or not a number, is missing. pa.array would import pandas."""
    import pyarrow as pa

    values = np.ascontiguousarray(np.ma.getdata(column), kind)
    there = ~np.ma.getmaskarray(column)
    if values.dtype.kind == "f":
        there &= ~np.isnan(values)
    valid = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [valid, pa.py_buffer(values)])
