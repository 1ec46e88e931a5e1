"""Tiles: a copy starts where its original stands, and kernels know every tile at a glance."""

from __future__ import annotations

import numpy as np

from sim.engine import state
from sim.foundation.histograms import BINS, HALF, HIGHEST_OCTAVE, LOG, LOWEST_OCTAVE, SUB_BINS, bin_of

WORLDS, FIRMS = 5, 3


def _tile():
    tile = state.new_tile(WORLDS, FIRMS, told=True)
    state.of_firms(tile, "cash")[:] = np.arange(WORLDS * FIRMS).reshape(WORLDS, FIRMS)
    state.of_market(tile, "frontier")[:] = np.arange(WORLDS)
    state.shares_of(tile)[:] = 0.25
    return tile


def test_a_copy_is_the_same_and_independent():
    tile = _tile()
    copy = state.copied(tile, WORLDS - 2)
    assert copy.worlds == WORLDS - 2
    for name in (*state.RECORDS, *state.TABLES):
        assert getattr(copy, name).tobytes() == getattr(tile, name).tobytes(), name
    copy.firms["cash"][0, 0], copy.shares[0, 0, 0], copy.told[0] = -1.0, -1.0, 9
    assert tile.firms["cash"][0, 0] == 0.0 and tile.shares[0, 0, 0] == 0.25 and tile.told[0] == 0
    assert copy.told[1] == 1


def test_worlds_of_a_tile_are_seen_one_by_one():
    """Firm f of world w has 3 * w + f: views and the copy as records put worlds first, and show none but those."""
    tile = _tile()
    by_hand = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11], [12, 13, 14]]
    assert state.of_firms(tile, "cash").tolist() == by_hand
    assert tile.firms["cash"][2, :WORLDS].tolist() == [2, 5, 8, 11, 14] and (tile.firms["cash"][:, WORLDS:] == 0).all()
    records = state.world_by_world(tile.firms, tile.worlds)
    assert records.cash.tolist() == by_hand and records.dtype.names == tile.firms.dtype.names
    assert state.world_by_world(tile.market, tile.worlds).frontier.tolist() == [[0], [1], [2], [3], [4]]
    tile.shares[1, 2, 3] = 0.5
    assert state.shares_of(tile).shape == (WORLDS, FIRMS, 8) and state.shares_of(tile)[3, 1, 2] == 0.5


def test_every_tile_is_made_of_the_same_dtypes():
    """Not equal ones but the same: numba looks a dtype up by identity, and takes milliseconds over a new one."""
    one, two = _tile(), state.copied(_tile(), 2)
    for name in state.RECORDS:
        assert getattr(one, name).dtype is getattr(two, name).dtype, name
    assert one.log.dtype is two.log.dtype


def _bin_by_definition(x, scale):
    """The grid in words: octaves of eight equal steps on each side of zero, everything smaller in the middle."""
    size = abs(x) * scale
    if size < 2.0**LOWEST_OCTAVE:
        return HALF
    octave = int(np.floor(np.log2(size)))
    octave += int(size >= 2.0 ** (octave + 1)) - int(size < 2.0**octave)
    step = (octave - LOWEST_OCTAVE) * SUB_BINS + int((size / 2.0**octave - 1.0) * SUB_BINS)
    step = min(step, HALF - 1)
    return HALF + 1 + step if x > 0 else HALF - 1 - step


def test_bins_are_those_of_the_definition():
    rng = np.random.default_rng(3)
    powers = 2.0 ** np.arange(LOWEST_OCTAVE - 3, HIGHEST_OCTAVE + 3)
    edges = np.concatenate([powers * (1 + k / SUB_BINS) for k in range(SUB_BINS)])
    sizes = np.concatenate(
        [edges, np.nextafter(edges, 0), np.nextafter(edges, np.inf), rng.lognormal(0, 6, 2000), [0.0, 5e-324]]
    )
    for scale in (1.0, 10.0, 1000.0):
        for x in np.concatenate([sizes, -sizes]):
            assert bin_of(float(x), LOG, scale) == _bin_by_definition(float(x), scale), (x, scale)
    assert bin_of(1e300, LOG, 1.0) == BINS - 1 and bin_of(-1e300, LOG, 1.0) == 0
