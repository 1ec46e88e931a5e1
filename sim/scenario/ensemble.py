"""An ensemble: joint draws of many assumptions, as calibration leaves them; each world takes one row by its own luck.

The file is Parquet: a column for each path of an assumption, a row for each draw, and, in its metadata, where it comes
from. A scenario names it (``ensemble: ensembles/six-dragons-2024.parquet``), relative to its own folder; what the
scenario's files state for these paths gives way to it, a ``--set`` does not.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.foundation.edition import MODEL
from sim.foundation.errors import InputError, nearest_of, shown
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario.model import JOINT, Value
from sim.scenario.value import Range, range_of

MOST_ROWS = 4096
MOST_BYTES = 32 << 20
SAYS_OF_ITSELF = b"shakeout"  # key of the metadata that says where it comes from
AGAIN = "calibrate again: shakeout calibrate SCENARIO --until YYYY-MM"


class Ensemble(NamedTuple):
    """``columns``: path -> its draws, row by row; ``about``: what the file says of itself (plain data)."""

    columns: Mapping[str, tuple[float, ...]]
    about: Mapping[str, Any]

    @property
    def source(self) -> str:
        """The source of every value that is drawn from it."""
        return f"calibrated to facts to {self.about['until']}; size: fitted"


def packed(columns: Mapping[str, Sequence[float]], about: Mapping[str, Any]) -> bytes:
    """The content of the file of an ensemble: equal draws give equal bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({path: pa.array([float(x) for x in column], pa.float64()) for path, column in columns.items()})
    said = json.dumps({**about, "model": MODEL}, sort_keys=True).encode()
    stream = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({SAYS_OF_ITSELF: said}), stream, compression="zstd")
    return stream.getvalue()


def read(path: Path, firms: Sequence[str]) -> Ensemble:
    """The ensemble in the file at ``path`` for a scenario with these ``firms``.

    InputError if there is none, if it is none, if a column is no assumption that may be uncertain or a draw is outside
    its bounds, or if it was made for another edition of the model.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = shown(str(path), 300)
    if not path.is_file():
        near = nearest_of(path.name, [file.name for file in path.parent.glob("*.parquet")])
        raise InputError("no such ensemble", file=name, allowed="a file that `shakeout calibrate` wrote", nearest=near)
    if path.stat().st_size > MOST_BYTES:
        raise InputError("too large for an ensemble", file=name, allowed=f"at most {MOST_BYTES:,} bytes")
    try:
        table = pq.read_table(pa.BufferReader(path.read_bytes()))
        about = json.loads((table.schema.metadata or {})[SAYS_OF_ITSELF])
        columns = {path_: tuple(map(float, table.column(path_).to_pylist())) for path_ in table.column_names}
    except (pa.ArrowException, KeyError, ValueError, TypeError, OSError) as error:
        raise InputError("not an ensemble", file=name, allowed="a file that `shakeout calibrate` wrote") from error
    if not isinstance(about, dict) or about.get("model") != MODEL:
        found = about.get("model") if isinstance(about, dict) else None
        raise InputError("made for another edition of the model", file=name, found=found, allowed=f"{MODEL}: {AGAIN}")
    if not columns or not 1 <= table.num_rows <= MOST_ROWS or "until" not in about or not _stated_priors(about):
        raise InputError("not an ensemble", file=name, found=f"{table.num_rows} rows", allowed=f"1 to {MOST_ROWS:,}")
    for column, draws in columns.items():
        within = _range(column, firms, name)
        if wrong := [x for x in draws if not within.low <= x <= within.high or (within.whole and x != round(x))]:
            allowed = f"{within.low:g} to {within.high:g}"
            raise InputError("a draw outside its bounds", file=name, key=column, found=wrong[0], allowed=allowed)
    return Ensemble(columns, about)


def _stated_priors(about: Mapping[str, Any]) -> bool:
    """Whether what the file says of priors, if anything, can be read: path -> lowest, highest, stated, scale."""
    priors = about.get("priors", {})
    return isinstance(priors, dict) and all(
        isinstance(said, list)
        and len(said) == 4
        and all(type(part) in (int, float) for part in said[:3])
        and said[0] < said[1]
        for said in priors.values()
    )


def _range(path: str, firms: Sequence[str], name: str) -> Range:
    """What draws of a column may be."""
    parts = path.split(".")
    known = [*ASSUMPTIONS, *(f"firms.{firm}.{trait}" for firm in firms for trait in FIRM_ASSUMPTIONS)]
    if path not in known:
        near = nearest_of(path, known)
        raise InputError("a column that is no assumption", file=name, found=path, allowed="paths", nearest=near)
    declared = ASSUMPTIONS[path] if path in ASSUMPTIONS else FIRM_ASSUMPTIONS[parts[2]]
    if declared.decides:
        raise InputError("a column that is a decision", file=name, found=path, allowed="paths of numbers")
    return range_of("set", declared)


def values_of(ensemble: Ensemble) -> dict[str, Value]:
    """Path -> the Value that draws from it."""
    return {path: Value(JOINT, draws, ensemble.source) for path, draws in ensemble.columns.items()}
