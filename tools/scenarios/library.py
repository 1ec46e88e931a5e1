"""The scenario library: what each scenario does to survival and to the number of startups left, world by world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import sim
from sim.engine.block import BLOCK_WORLDS, Block
from sim.engine.simulate import simulate
from sim.foundation.months import month_of
from sim.outcomes.fates import event_months, states_at
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario
from tools.students_t import t_interval

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "scenarios"
DOCUMENT = ROOT / "docs" / "scenarios.md"
FLAGSHIP = "six-dragons"
SIX = ("zhipu", "minimax", "moonshot", "stepfun", "baichuan", "zero-one")
SEVEN = (*SIX, "deepseek")
VARIANTS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != FLAGSHIP))
WORLDS = 4000
BEGIN, END = "<!-- begin: python -m tools.scenarios -->", "<!-- end: python -m tools.scenarios -->"
NEAR, FAR = "2028-04", "2030-12"
MINUS = "−"


class Measure(NamedTuple):
    """A column of the table: how many of ``firms`` are in ``state`` at ``date``, per cent of them where ``share``."""

    title: str
    firms: tuple[str, ...]
    state: str
    date: str
    share: bool = False

    def of(self, scenario: Scenario, block: Block) -> np.ndarray:
        """(worlds,) the number, or the per cent, in each world of ``block``."""
        ids = layout_of(scenario).ids
        rows = [ids.index(firm) for firm in self.firms]
        month = month_of(self.date)
        assert month is not None
        there = states_at(event_months(block.histories), month - scenario.start + 1)[self.state][:, rows]
        return 100.0 * there.mean(axis=1) if self.share else there.sum(axis=1).astype(float)

    @property
    def digits(self) -> int:
        return 1 if self.share else 2


MEASURES = (
    Measure(f"the six, independent {FAR}, %", SIX, "independent", FAR, share=True),
    Measure(f"independents {NEAR}", SEVEN, "independent", NEAR),
    Measure(f"independents {FAR}", SEVEN, "independent", FAR),
    Measure(f"in the race {NEAR}", SEVEN, "general", NEAR),
    Measure(f"in the race {FAR}", SEVEN, "general", FAR),
)


def load(name: str, worlds: int) -> Scenario:
    """The scenario ``name`` of the library."""
    return sim.load(FOLDER / f"{name}.yaml", worlds=worlds)


def blocks(scenario: Scenario) -> Iterator[Block]:
    """Its worlds, block by block."""
    for first in range(0, scenario.worlds, BLOCK_WORLDS):
        yield simulate(scenario, first, min(BLOCK_WORLDS, scenario.worlds - first))


def measured(name: str, worlds: int) -> np.ndarray:
    """(measures, worlds) every measure in every world of the scenario ``name``."""
    scenario = load(name, worlds)
    return np.concatenate([np.stack([m.of(scenario, block) for m in MEASURES]) for block in blocks(scenario)], axis=1)


def cell(values: np.ndarray, base: np.ndarray | None, digits: int) -> str:
    """Mean and half a 95% interval; below it the difference to ``base``, in the same worlds, with its own."""
    mean, low, high = t_interval(values)
    text = f"{mean:.{digits}f} ±{(high - low) / 2:.{digits}f}"
    if base is None:
        return text
    apart, low, high = t_interval(values - base)
    shown = f"{abs(apart):.{digits}f}"
    sign = "" if float(shown) == 0 else (MINUS if apart < 0 else "+")
    return f"{text}<br>{sign}{shown} ±{(high - low) / 2:.{digits}f}"


def table(worlds: int = WORLDS) -> str:
    """The table of docs/scenarios.md: the flagship, then the variants, those that save most of the six first."""
    base = measured(FLAGSHIP, worlds)
    found = {name: measured(name, worlds) for name in VARIANTS}
    order = sorted(VARIANTS, key=lambda name: -found[name][0].mean())
    rows = [
        (
            "[" + FLAGSHIP + "](../scenarios/six-dragons.yaml)",
            [cell(x, None, m.digits) for m, x in zip(MEASURES, base, strict=True)],
        )
    ]
    for name in order:
        cells = [cell(x, b, m.digits) for m, x, b in zip(MEASURES, found[name], base, strict=True)]
        rows.append((f"[{name}](#{name})", cells))
    lines = [f"| scenario | {' | '.join(m.title for m in MEASURES)} |", "| --- |" + " ---: |" * len(MEASURES)]
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows]
    seed = load(FLAGSHIP, worlds).seed
    note = f"{worlds:,} worlds of seed {seed} each, the same in every row; ± is half a 95% interval."
    return "\n".join([*lines, "", note])


def parts(document: str) -> tuple[str, str, str]:
    """Text before the table, the table, and the text after it. ValueError if the marks are not there once each."""
    if document.count(BEGIN) != 1 or document.count(END) != 1:
        raise ValueError(f"{DOCUMENT.name} does not have its two marks once each")
    before, _, rest = document.partition(BEGIN)
    kept, _, after = rest.partition(END)
    return before, kept.strip(), after


def with_table(document: str, made: str) -> str:
    """``document`` with its table replaced."""
    before, _, after = parts(document)
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def told(made: str) -> dict[str, list[float]]:
    """Scenario -> the means that the table ``made`` tells, in the order of MEASURES."""
    rows = [line.strip("| ").split(" | ") for line in made.splitlines() if line.startswith("| [")]
    return {row[0][1:].partition("]")[0]: [float(cell.partition(" ")[0]) for cell in row[1:]] for row in rows}
