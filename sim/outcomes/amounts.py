"""Amounts (scenario/amount.py) in worlds: one number a world, NaN where it is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.foundation.measured import FRONTIER_GAP
from sim.scenario.amount import MEAN, SPANS, firms_of_group, probe_of
from sim.scenario.model import AT, LARGEST, Scenario


def amounts(said: Mapping[str, Any], block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) a validated amount in each world of ``block``."""
    return np.asarray(said.get("times", 1.0) * _plain(said, block, scenario))


def _plain(said: Mapping[str, Any], block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) the amount without its ``times``."""
    if "ratio" in said:
        part, whole = (amounts(one, block, scenario) for one in said["ratio"])
        return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))
    if "plus" in said:
        return np.asarray(np.sum([amounts(one, block, scenario) for one in said["plus"]], axis=0))
    how = next(how for how in SPANS if how in said)
    name = said["market"] if "market" in said else said["quantity"]
    if "of" not in said:
        return one_firm(said.get("firm"), name, how, said[how], block, scenario)
    each = of_each(firms_of_group(said["of"], scenario), name, how, said[how], block, scenario)
    return np.asarray(each.max(axis=1) if how == LARGEST else np.nansum(each, axis=1))


def one_firm(firm: str | None, name: str, how: str, months: Any, block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) a quantity of a firm, or of the market (None), over a span."""
    found: np.ndarray = block.probes[:, scenario.probes.index(probe_of(firm, name, how, months))]
    if how == AT:
        return found
    found = np.where(np.isnan(found), 0.0, found)
    return found / (months[1] - months[0] + 1) if how == MEAN else found


def of_each(firms: tuple[str, ...], name: str, how: str, months: Any, block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds, firms) the same of each of ``firms``."""
    return np.stack([one_firm(firm, name, how, months, block, scenario) for firm in firms], axis=1)


def gaps(firms: tuple[str, ...], month: int, block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds, firms) how far each is from the frontier at the end of a month; infinite where it is not active."""
    found = of_each(firms, FRONTIER_GAP, AT, month, block, scenario)
    return np.where(np.isnan(found), np.inf, found)
