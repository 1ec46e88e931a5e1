"""What feeds on itself has a declared bound, and in the flagship none is near (docs/DECISIONS.md says so)."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from sim.engine.simulate import trace
from tools.scenarios import library

WORLDS = 24


@cache
def lived() -> list[np.ndarray]:
    """(ticks + 1,) rows of the market of every world."""
    scenario = library.load(library.FLAGSHIP, 1)
    return [trace(scenario, world).market for world in range(WORLDS)]


def bound(path: str) -> float:
    (number,) = library.load(library.FLAGSHIP, 1).assumptions[f"assumptions.{path}"].numbers
    return number


def test_prices_stay_far_above_their_floors():
    assert min(market["scale_price"].min() for market in lived()) > 10 * bound("scale.price_floor")
    assert min(market["api_reset"].min() for market in lived()) > 10 * bound("open_source.price_floor")


def test_releases_teach_less_than_half_of_what_they_could():
    assert 1.1 < max(market["know_how"].max() for market in lived()) < bound("open_source.learned_most") / 2


def test_capability_opens_less_than_half_of_what_it_could():
    beyond = max(market["frontier"].max() for market in lived()) - bound("demand.threshold")
    assert 1.1 < math.exp(bound("demand.opening") * beyond) < bound("demand.opened_most") / 2
