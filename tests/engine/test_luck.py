"""Luck is a pure function: Philox4x32-10 by its known answers, uniform, normal, and shifted by nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri

from sim.engine import luck
from sim.foundation.lanes import LANES
from sim.scenario.keys import luck_key

ONES = 0xFFFFFFFF
KNOWN = [  # Random123 (Salmon et al. 2011), kat_vectors, philox4x32 with 10 rounds: counter, key, output
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
WORD = st.integers(0, ONES)
SEED = 20
TWO = (luck_key("zhipu"), luck_key("minimax"))


@pytest.mark.parametrize(("counter", "key", "output"), KNOWN)
def test_known_answers_of_random123(counter, key, output):
    words = luck.philox(*(np.uint64(x) for x in (*counter, *key)))
    assert tuple(int(word) for word in words) == output


@given(st.tuples(WORD, WORD, WORD, WORD, WORD, WORD))
def test_philox_compiled_as_plain(words):
    arguments = [np.uint64(x) for x in words]
    plain = getattr(luck.philox, "py_func", luck.philox)
    assert [int(x) for x in luck.philox(*arguments)] == [int(x) for x in plain(*arguments)]


def _filled(purposes, normal, worlds=256, keys=TWO, month=24288, first=0, seed=SEED, domain=luck.FIRM_DOMAIN):
    """(worlds, keys, purposes) draws: of as many tiles as it takes, one after the other."""
    tiles = []
    for offset in range(0, worlds, LANES):
        out = np.zeros((len(keys), -(-purposes // luck.WORDS_A_CALL) * luck.WORDS_A_CALL, LANES))
        held = min(LANES, worlds - offset)
        named = np.array(keys, dtype=np.int64)
        luck.fill(out, held, seed, named, first + offset, month, domain, np.array(normal))
        assert (out[:, :, held:] == 0.0).all(), "lanes without a world draw nothing"
        tiles.append(out[:, :purposes, :held])
    return np.moveaxis(np.concatenate(tiles, axis=2), 2, 0)


FIRM = (len(luck.FIRM_PURPOSES), luck.FIRM_NORMAL)


def test_draws_are_philox_words_at_their_place():
    """(word + 1/2) / 2**32 of key (seed, firm) and counter (world, month, purpose // 4, domain)."""
    out = _filled(6, [False] * 6, worlds=5, first=100)
    for world, purpose in ((0, 0), (4, 3), (2, 5)):
        counter = (100 + world, 24288, purpose // 4, luck.FIRM_DOMAIN)
        words = luck.philox(*(np.uint64(x) for x in (*counter, SEED, luck_key("minimax"))))
        assert out[world, 1, purpose] == (int(words[purpose % 4]) + 0.5) / 2**32


@pytest.mark.parametrize("purpose", range(8))
def test_draws_are_uniform_or_normal(purpose):
    worlds = 4000
    uniform = _filled(8, [False] * 8, worlds)[:, 0, purpose]
    normal = _filled(8, [True] * 8, worlds)[:, 0, purpose]
    assert stats.kstest(uniform, "uniform").pvalue > 1e-4
    assert stats.kstest(normal, "norm").pvalue > 1e-4
    assert normal == pytest.approx(ndtri(uniform), rel=1e-12)
    assert uniform.min() > 0.0 and uniform.max() < 1.0


def test_draws_are_uncorrelated_across_purposes_firms_and_months():
    worlds = 4000
    now, later = _filled(*FIRM, worlds), _filled(*FIRM, worlds, month=24289)
    columns = np.column_stack([now[:, 0, :], now[:, 1, :], later[:, 0, :]])
    correlation = np.corrcoef(columns, rowvar=False) - np.eye(columns.shape[1])
    assert np.abs(correlation).max() < 5.0 / np.sqrt(worlds)


def test_adding_a_purpose_shifts_no_other_draw():
    purposes, normal = FIRM
    for more in (1, 2, 5):
        extended = _filled(purposes + more, [*normal, *([False] * more)])
        assert (extended[:, :, :purposes] == _filled(purposes, normal)).all()


def test_adding_or_moving_a_firm_shifts_no_other_draw():
    one, two, three = (luck_key(id) for id in ("zhipu", "minimax", "stepfun"))
    base = _filled(*FIRM, keys=(one, two))
    moved = _filled(*FIRM, keys=(three, two, one))
    assert (moved[:, 2] == base[:, 0]).all() and (moved[:, 1] == base[:, 1]).all()
    assert (moved[:, 0] != base[:, 0]).any()


def test_worlds_do_not_depend_on_where_a_tile_begins():
    whole = _filled(*FIRM, worlds=200)
    assert (_filled(*FIRM, worlds=70, first=130) == whole[130:]).all()


@pytest.mark.parametrize("change", [{"seed": SEED + 1}, {"month": 24287}, {"first": 1}, {"keys": (1, 2)}])
def test_every_coordinate_counts(change):
    assert (_filled(*FIRM, **change) != _filled(*FIRM)).mean() > 0.99


def test_purposes_are_unique_and_without_a_gap():
    """A purpose keeps its number for good; the order of columns is the order of numbers."""
    for purposes in (luck.FIRM_PURPOSES, luck.MARKET_PURPOSES):
        assert list(purposes.values()) == list(range(len(purposes)))
        assert all(name.startswith(("u_", "z_", "retired_")) for name in purposes)
    assert len({luck.FIRM_DOMAIN, luck.MARKET_DOMAIN, luck.ASSUMPTION_DOMAIN}) == 3


def test_numbers_of_purposes_are_for_good():
    """Renumbering would silently change every run there has been: a new purpose takes the next number."""
    firm = "z_research z_score z_value z_shift u_closure u_pivot u_deep u_spin_off u_offer u_listing u_entry u_test"
    firm += " u_compliance u_bid"
    market = "u_shift u_climate u_turn u_release u_war u_depth z_sentiment"
    for names, purposes in ((firm.split(), luck.FIRM_PURPOSES), (market.split(), luck.MARKET_PURPOSES)):
        for number, name in enumerate(names):
            assert purposes.get(name, purposes.get(f"retired_{number}")) == number


def test_the_domains_do_not_meet():
    """A firm, the market and an assumption path with one and the same key draw differently."""
    key = luck_key("zhipu")
    firm = _filled(1, [False], keys=(key,))[:, 0, 0]
    out = np.empty(256)
    luck.fill_assumption(out, SEED, key, 0, 0)
    market = _filled(1, [False], keys=(key,), domain=luck.MARKET_DOMAIN)
    assert (firm != out).all() and (firm != market[:, 0, 0]).all() and (out != market[:, 0, 0]).all()


def test_assumption_draws_are_uniform_and_copies_draw_their_own():
    draws = []
    for copy in (0, 1, 2):
        out = np.empty(4000)
        luck.fill_assumption(out, SEED, luck_key("firms.crowd.cash"), 0, copy)
        draws.append(out)
        assert stats.kstest(out, "uniform").pvalue > 1e-4
    assert np.abs(np.corrcoef(draws) - np.eye(3)).max() < 5.0 / np.sqrt(4000)


def test_keys_are_stable():
    """The first four bytes, little endian, of the id's SHA-256: the luck of a firm is the same everywhere for good."""
    assert (luck_key("zhipu"), luck_key("minimax")) == (0xB441D6B5, 0xE17B51E1)
