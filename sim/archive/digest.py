"""What a result is a function of, as short digests: they name the folders in which results are kept."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from sim.foundation.file_paths import PACKAGE
from sim.scenario import evidence, shipped
from sim.scenario.model import AT, Scenario, Value

SIMULATED_LAYERS = ("foundation", "industry", "laws", "engine", "scenario")
WORKER_LAYERS = ("outcomes", "archive", "study")  # what else runs where blocks are computed
LIBRARIES = ("numpy", "numba", "llvmlite", "simpy", "scipy", "pandas", "pyarrow", "plotly", "jinja2")
HEX_DIGITS = 16


def canonical(data: Any) -> str:
    """``data`` as JSON with sorted keys: equal text if and only if equal data (floats exactly, by ``repr``)."""
    return json.dumps(_plain(data), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest_of(data: Any) -> str:
    """Digest of plain data, dataclasses or mappings, 16 hex digits."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()[:HEX_DIGITS]


def stem(scenario: Scenario) -> str:
    """Digest of what the simulation of one world reads: names the folder of the finished blocks."""
    seeds = [scenario.seed, scenario.luck, scenario.draws]
    return digest_of({"simulated": simulated_part(scenario), "seeds": seeds, "made_by": simulated_by()})


def question(scenario: Scenario, precision: float | None) -> str:
    """Digest of the whole question and of all code that answers it: names the run folder.

    With a ``precision`` the number of worlds is part of the answer, not of the question.
    """
    asked = _plain(scenario)
    for beside in ("notices", "places", "ensemble", "uncalibrated", "priors"):  # the draws of an ensemble are values
        del asked[beside]
    asked["resolved"].pop("ensemble", None)
    if precision is not None:
        del asked["worlds"]
        asked["resolved"].pop("worlds", None)
    return digest_of({"scenario": asked, "precision": precision, "stem": stem(scenario), "made_by": answered_by()})


def simulated_part(scenario: Scenario) -> dict[str, Any]:
    """What a world depends on besides its seeds: no worlds, titles, names, notes, sources, groups, claims or facts."""
    return {
        "start": scenario.start,
        "end": scenario.end,
        "firms": [
            {key: getattr(firm, key) for key in ("id", "kind", "enters", "listed", "pivoted", "copies")}
            | {"values": {name: _number(value) for name, value in firm.values.items()}}
            for firm in scenario.firms
        ],
        "assumptions": {path: _number(value) for path, value in scenario.assumptions.items()},
        "changes": [
            # an uncertain change draws its luck from its origin
            [c.path, c.first, c.last, c.op, _number(c.value), c.origin if c.value.uncertain else ""]
            for c in scenario.changes
        ],
        "probes": [[p.firm, p.quantity, p.month, *([] if p.how == AT else [p.first, p.how])] for p in scenario.probes],
    }


@functools.cache
def simulated_by() -> dict[str, Any]:
    """Everything outside the scenario that could move the last bit of a world."""
    from sim.foundation import jit

    return {
        "sources": jit.source_digest(SIMULATED_LAYERS),
        "compiled": not jit.disabled,
        "byte_order": sys.byteorder,  # that of all processors on which worlds were seen to have the same bits
    }


@functools.cache
def computed_by() -> dict[str, Any]:
    """What must be the same on every machine that computes blocks of one run."""
    from sim.foundation import jit

    return {**simulated_by(), "worker": jit.source_digest(WORKER_LAYERS)}


@functools.cache
def answered_by() -> dict[str, Any]:
    """All sources of the package (templates included), the libraries that statistics and pages come from, and on what
    they compute.

    Scenarios that were installed with the package are questions, not sources. The evidence counts wherever it lies.
    """
    digest, apart = hashlib.sha256(evidence.file().read_bytes()), (shipped.folder(), evidence.folder())
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not any(folder in path.parents for folder in apart):
            digest.update(path.relative_to(PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return {"package": digest.hexdigest()[:HEX_DIGITS], "versions": versions(), "architecture": architecture()}


def architecture() -> str:
    """Family of processors: worlds are the same on all, but SciPy's quantiles, of intervals, differ in the last bit."""
    found = platform.machine().lower()
    return "x86_64" if found == "amd64" else found


@functools.cache
def versions() -> dict[str, str]:
    """Versions of this package, of Python and of the libraries that a result passes through."""
    found = {"python": platform.python_version()}
    for name in ("shakeout", *LIBRARIES):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found


def _number(value: Value) -> list[Any]:
    return [value.kind, *(float(number) for number in value.numbers), *value.months]


def _plain(data: Any) -> Any:
    """``data`` as JSON knows it; sets are sorted, mapping keys become text."""
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {f.name: _plain(getattr(data, f.name)) for f in dataclasses.fields(data)}
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, (set, frozenset)):
        return sorted(_plain(value) for value in data)
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    if data is None or isinstance(data, (str, bool, int, float)):
        return data
    raise TypeError(f"no canonical form for {type(data).__name__}")
