"""The golden baseline: how 64 worlds of the flagship end, as rows (who, what, value).

Compared exactly: counts of fates and milestones, sums of months and of rounds, how many events there were. They are
whole numbers that follow from comparing draws with chances, so the last bit of a formula that is written another way
moves them only where a draw lies that close to its chance. Compared to one part in 10**9: money, which inherits such
last bits. CONTRIBUTING.md says how both were tried. Beside it stands a digest of every byte of these worlds (bits.txt):
any machine must come to it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from dataclasses import fields
from pathlib import Path

import numpy as np

import sim
from sim.engine.block import Block
from sim.engine.simulate import simulate
from sim.foundation.columns import EVENTS, FATES, FIRST_TRACE_EVENT, HISTORY_DTYPE, NEVER
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BASELINE = HERE / "baseline.csv"
BITS = HERE / "bits.txt"
CHANGELOG = ROOT / "CHANGELOG.md"
EDITION = ROOT / "sim" / "foundation" / "edition.py"
FLAGSHIP = ROOT / "scenarios" / "six-dragons.yaml"
WORLDS, SEED = 64, 20240521
MONTHS = tuple(name for name in HISTORY_DTYPE.names or () if name.endswith("_month"))
MONEY = ("raised", "final_valuation")
TOLERANCE = 1e-9
Table = dict[tuple[str, str], float]


def flagship(sets: tuple[str, ...] = ()) -> Scenario:
    """The scenario of the baseline, changed by ``sets``."""
    return sim.load(FLAGSHIP, sets, worlds=WORLDS, seed=SEED)


def table(sets: tuple[str, ...] = ()) -> Table:
    """(who, what) -> value, of the baseline worlds as the code gives them now; ``sets`` change the flagship."""
    scenario = flagship(sets)
    return told(scenario, simulate(scenario, 0, WORLDS))


def digest_of_bits(block: Block) -> str:
    """Sixteen hex digits of every number of a block, to the last bit."""
    digest = hashlib.sha256()
    for part in fields(block):
        value = getattr(block, part.name)
        if isinstance(value, np.ndarray):
            digest.update(f"{part.name} {value.dtype.descr} {value.shape}".encode())
            for column in value.dtype.names or ("",):  # records have gaps between their columns
                digest.update(np.ascontiguousarray(value[column] if column else value).tobytes())
    return digest.hexdigest()[:16]


def told(scenario: Scenario, block: Block) -> Table:
    """The rows of one block."""
    rows: Table = {}
    for firm, history in zip(layout_of(scenario).ids, block.histories.T, strict=True):
        for code, fate in enumerate(FATES):
            rows[firm, fate] = int((history["fate"] == code).sum())
        for name in MONTHS:
            came = history[name] < NEVER
            rows[firm, f"{name}, worlds"] = int(came.sum())
            rows[firm, f"{name}, sum"] = int(history[name][came].sum())
        rows[firm, "rounds"] = int(history["rounds"].sum())
        rows |= {(firm, name): math.fsum(history[name]) for name in MONEY}
    for code, event in enumerate(EVENTS[:FIRST_TRACE_EVENT]):
        rows["events", event] = int((block.events["event"] == code).sum())
    for name, months in (("endgame", block.endgame), ("extinct", block.extinct)):
        rows["worlds", name] = int((months < NEVER).sum())
        rows["worlds", f"{name}, sum of months"] = int(months[months < NEVER].sum())
    return rows


def differences(found: Table, kept: Table) -> list[str]:
    """What differs, a line each: whole numbers exactly, money beyond TOLERANCE."""
    lines = [f"{who}, {what}: only in one of the two" for who, what in found.keys() ^ kept.keys()]
    for key in found.keys() & kept.keys():
        tolerance = TOLERANCE if key[1] in MONEY else 0.0
        if not math.isclose(found[key], kept[key], rel_tol=tolerance, abs_tol=0.0):
            lines.append(f"{key[0]}, {key[1]}: {kept[key]:.15g} is now {found[key]:.15g}")
    return sorted(lines)


def to_text(rows: Table) -> str:
    """The rows as the text of baseline.csv."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("who", "what", "value"))
    writer.writerows((who, what, repr(value)) for (who, what), value in rows.items())
    return stream.getvalue()


def from_text(text: str) -> Table:
    """The rows in the text of baseline.csv."""
    return {(row["who"], row["what"]): float(row["value"]) for row in csv.DictReader(io.StringIO(text))}


def read() -> Table:
    """The rows that are kept in baseline.csv."""
    return from_text(BASELINE.read_text(encoding="utf-8"))


def digest_of_baseline() -> str:
    """Eight hex digits that name the kept baseline: the changelog and docs/calibration.md quote it."""
    return hashlib.sha256(BASELINE.read_bytes()).hexdigest()[:8]
