"""Tables on disk: CSV for people, Parquet for what is kept per world. The same frames give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.archive import dictionary

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

PARQUET_COMPRESSION = "zstd"
PARQUET_LEVEL = 3
NULLABLE_MONTHS = dictionary.names_of(dictionary.A_MONTH)
ARROW = {dictionary.INTEGER: "int64", dictionary.A_MONTH: "int32", dictionary.NUMBER: "float64"}  # the rest is text
BLANKS = {**ARROW, dictionary.FLAG: "bool"}  # types of columns without a value
FIRMS_FILE, EVENTS_FILE, PATHS_FILE = "firms.parquet", "events.parquet", "paths.parquet"
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula


def schema_of(name: str) -> pa.Schema:
    """The columns of a Parquet file as they are declared (dictionary.py); month columns may be null.

    Texts are kept as categories: a million worlds repeat a few dozen of them.
    """
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    declared = dictionary.DECLARED[name].columns
    return pa.schema([(c.name, getattr(pa, ARROW[c.kind])() if c.kind in ARROW else text) for c in declared])


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write ``frame`` without its index; empty is missing. ``parsed`` gives every float and every text back exactly.

    A text that a spreadsheet would take for a formula has an apostrophe before it; numbers are as they are.
    """
    changed = {name: _mapped(frame[name], _quoted) for name in _texts(frame)}
    returns = any("\r" in text for name in changed for text in changed[name].unique() if isinstance(text, str))
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if returns else csv.QUOTE_MINIMAL  # which overlooks them
    frame.assign(**changed).to_csv(path, index=False, lineterminator="\n", encoding="utf-8", quoting=quoting)


def _texts(frame: pd.DataFrame) -> list[str]:
    """The columns that may hold texts."""
    return [str(name) for name, kind in frame.dtypes.items() if getattr(kind, "kind", "O") == "O"]


def _mapped(column: pd.Series[Any], change: Callable[[str], str]) -> pd.Series[Any]:
    """``column`` with each of its texts changed; itself if none is."""
    found = {text: change(text) for text in column.unique() if isinstance(text, str)}
    return column.map(lambda cell: found.get(cell, cell)) if any(k != v for k, v in found.items()) else column


def _quoted(text: str) -> str:
    return f"'{text}" if text.lstrip("'").startswith(FORMULAS) else text


def _unquoted(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULAS) else text


@contextmanager
def parquet(path: Path, name: str = "") -> Iterator[Callable[[pa.Table], None]]:
    """Open a Parquet file, declared by its name, or by ``name``, and yield what adds a table of these columns to it as
    one row group: only one is in memory at a time.
    """
    import pyarrow.parquet as pq

    schema = schema_of(name or path.name)
    with (
        path.open("wb") as stream,
        pq.ParquetWriter(stream, schema, compression=PARQUET_COMPRESSION, compression_level=PARQUET_LEVEL) as writer,
    ):
        yield lambda table: writer.write_table(table, row_group_size=max(1, len(table)))


def of_frame(frame: pd.DataFrame, name: str) -> pa.Table:
    """``frame`` with the columns of the Parquet file called ``name``."""
    import pyarrow as pa

    schema = schema_of(name)
    table = pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False, nthreads=1)
    return table.replace_schema_metadata(None)


def parsed(name: str, content: bytes, table: dictionary.Table | None = None) -> pd.DataFrame:
    """The table in the file called ``name``, CSV or Parquet, as a frame, equal to the one written.

    ``table`` declares its columns; without it that of this name in the folder of a run does. Nothing is executed.
    """
    import pandas as pd

    declared = table or dictionary.DECLARED.get(name)
    some, optional = (dictionary.names_of(kind, declared) for kind in (dictionary.TEXT, dictionary.TEXT_OR_NONE))
    if not name.endswith(".csv"):
        frame = framed(_opened(content).read(use_threads=False))
        return _as_made(frame, some) if name == PATHS_FILE else frame
    frame = pd.read_csv(
        io.BytesIO(content),
        encoding="utf-8",
        keep_default_na=False,
        na_values=[""],
        **_exactly(),
        dtype=dict.fromkeys((*some, *optional), "object"),
    )
    if frame.empty:  # then nothing says what numbers are, but the declaration does
        kinds = {c.name: BLANKS.get(c.kind) for c in declared.columns} if declared else {}
        frame = frame.astype({column: kind for column, kind in kinds.items() if kind and column in frame})
    texts = {name: frame[name].fillna("") for name in some if name in frame}
    missing = {name: frame[name].where(frame[name].notna(), None) for name in optional if name in frame}
    frame = frame.assign(**texts, **missing)
    return _as_made(frame.assign(**{name: _mapped(frame[name], _unquoted) for name in _texts(frame)}), _texts(frame))


def _exactly() -> dict[str, Any]:
    """What makes ``read_csv`` give every float back exactly: to be asked before pandas 3.1, which warns who asks."""
    import pandas as pd

    before = tuple(int(part) for part in pd.__version__.split(".")[:2]) < (3, 1)
    return {"float_precision": "round_trip"} if before else {}


def _as_made(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """``frame`` with these columns of the type that pandas gives to lists of texts: strings since 3.0."""
    import pandas as pd

    columns = {name: pd.Series(frame[name].tolist(), frame.index) for name in names if name in frame}
    return frame.assign(**columns) if len(frame) else frame.astype(dict.fromkeys(columns, "object"))


def row_groups(path: Path) -> Iterator[pd.DataFrame]:
    """The row groups of a Parquet file one after the other, as ``parsed`` would give them: one in memory at a time."""
    with path.open("rb") as stream, _opened(stream) as file:
        for group in range(file.num_row_groups):
            yield framed(file.read_row_group(group, use_threads=False))


def _opened(source: Any) -> pq.ParquetFile:
    """Arrow reads and converts in this thread alone: with threads of its own it may abort as the process ends."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.ParquetFile(pa.BufferReader(source) if isinstance(source, bytes) else source, pre_buffer=False)


def framed(table: pa.Table) -> pd.DataFrame:
    """``table`` as a frame, as ``parsed`` gives it."""
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    return frame.astype({month: "Int32" for month in NULLABLE_MONTHS if month in frame})
