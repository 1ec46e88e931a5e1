"""Luck is a pure function of (seed, world, key, purpose, calendar month): Philox4x32-10 (Salmon et al. 2011).

The only place that makes random numbers, and the only one that names what they are for. The key is the seed and a
stable hash of the firm's id (or of an assumption's path); the counter is world, calendar month, purpose and domain.
Nothing depends on the order of calls, so a draw for one thing never shifts another.
"""

from __future__ import annotations

import numpy as np

from sim.foundation.branches import pick
from sim.foundation.jit import law
from sim.foundation.lanes import LANES
from sim.foundation.normal import CENTRAL, central, outer

# Purposes are numbered for good, from 0 without a gap: a new purpose takes the next number, one that is no longer
# drawn stays as ``retired_<number>``. A name that begins with z_ is a standard normal, u_ is uniform on (0, 1).
FIRM_PURPOSES = {
    "z_research": 0,
    "z_score": 1,
    "z_value": 2,
    "z_shift": 3,
    "u_closure": 4,
    "u_pivot": 5,
    "u_deep": 6,
    "u_spin_off": 7,
    "u_offer": 8,
    "u_listing": 9,
    "u_entry": 10,
    "u_test": 11,
    "u_compliance": 12,
    "u_bid": 13,
    "u_bought": 14,
    "u_strategic": 15,
    "u_cheque": 16,
    "u_redemption": 17,
    "u_terms": 18,
    "u_take_off": 19,
}
MARKET_PURPOSES = {
    "u_shift": 0,
    "u_climate": 1,
    "u_turn": 2,
    "u_release": 3,
    "u_war": 4,
    "u_depth": 5,
    "z_sentiment": 6,
}
FIRM_DOMAIN, MARKET_DOMAIN, ASSUMPTION_DOMAIN, LOT_DOMAIN = 0, 1, 2, 3

M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
LOW, WORD_BITS = np.uint64(0xFFFFFFFF), np.uint64(32)
ROUNDS = 10
WORDS_A_CALL = 4
WORD_STEP, MIDDLE_OF_STEP = 2.0**-32, 0.5


def _dtype(purposes: dict[str, int]) -> np.dtype:
    """A column a purpose; what is left of the last four words has columns that nobody reads."""
    spare = [f"spare_{word}" for word in range(-len(purposes) % WORDS_A_CALL)]
    return np.dtype([(name, "<f8") for name in (*purposes, *spare)], align=True)


FIRM_LUCK = _dtype(FIRM_PURPOSES)
MARKET_LUCK = _dtype(MARKET_PURPOSES)
FIRM_NORMAL = np.array([name.startswith("z_") for name in FIRM_PURPOSES])
MARKET_NORMAL = np.array([name.startswith("z_") for name in MARKET_PURPOSES])


@law
def philox(c0, c1, c2, c3, k0, k1):
    """Four 32-bit words (as uint64) from a counter of four and a key of two 32-bit words (all uint64)."""
    for _ in range(ROUNDS):
        p0 = M0 * (c0 & LOW)
        p1 = M1 * (c2 & LOW)
        c0, c1, c2, c3 = (p1 >> WORD_BITS) ^ c1 ^ k0, p1 & LOW, (p0 >> WORD_BITS) ^ c3 ^ k1, p0 & LOW
        k0 = (k0 + W0) & LOW
        k1 = (k1 + W1) & LOW
    return c0, c1, c2, c3


@law
def _uniforms(words, worlds, first_world, month, group, domain, seed, key):
    """Four rows of uniform draws, ``words`` (4, LANES), for ``worlds`` worlds: one counter a world."""
    c1, c2, c3 = np.uint64(month), np.uint64(group), np.uint64(domain)
    k0, k1 = np.uint64(seed), np.uint64(key)
    for w in range(worlds):
        x0, x1, x2, x3 = philox(np.uint64(first_world + w), c1, c2, c3, k0, k1)
        words[0, w] = (float(x0) + MIDDLE_OF_STEP) * WORD_STEP
        words[1, w] = (float(x1) + MIDDLE_OF_STEP) * WORD_STEP
        words[2, w] = (float(x2) + MIDDLE_OF_STEP) * WORD_STEP
        words[3, w] = (float(x3) + MIDDLE_OF_STEP) * WORD_STEP


@law
def _normals(row, worlds, tails, places):
    """Turn a row of uniform draws, none nearer to 0 or 1 than half a WORD_STEP, into normal ones.

    All are taken for central; those in the tails, three in twenty, are set aside and done together. So all compiles to
    vectors. ``tails`` and ``places`` (LANES,) are scratch.
    """
    count = 0
    for w in range(worlds):
        tails[count], places[count] = row[w], w
        count += pick(abs(row[w] - 0.5) > CENTRAL, 1, 0)
    for w in range(worlds):
        row[w] = central(row[w] - 0.5)
    for i in range(count):
        tails[i] = outer(tails[i])
    for i in range(count):
        row[places[i]] = tails[i]


@law
def fill(out, worlds, seed, keys, first_world, month, domain, normal):
    """Fill ``out`` (keys, purposes, LANES) with this month's draws of ``worlds`` worlds.

    ``normal`` (purposes,) says which of them are normal.
    """
    tails, places = np.empty(out.shape[2]), np.empty(out.shape[2], np.int64)
    for k in range(out.shape[0]):
        for group in range(out.shape[1] // WORDS_A_CALL):
            words = out[k, WORDS_A_CALL * group : WORDS_A_CALL * (group + 1)]
            _uniforms(words, worlds, first_world, month, group, domain, seed, keys[k])
        for p in range(normal.shape[0]):
            if normal[p]:
                _normals(out[k, p], worlds, tails, places)


def numbers_of(records: np.ndarray) -> np.ndarray:
    """Draws in lanes, as ``fill`` takes them: (keys, purposes, LANES)."""
    return records.view("<f8").reshape(len(records), -1, LANES)


@law
def fill_once(out, seed, key, first_world, member, domain):
    """Fill ``out`` (worlds,) with one uniform draw per world that no month draws again.

    ``domain`` says what for: an assumption path with hash ``key``, where ``member`` numbers the copies of a class of
    firms (0 for anything else), so that each draws its own; or the lot of the firm with that key, ``member`` 0, which
    settles ties.
    """
    for w in range(out.shape[0]):
        words = philox(
            np.uint64(first_world + w),
            np.uint64(0),
            np.uint64(member),
            np.uint64(domain),
            np.uint64(seed),
            np.uint64(key),
        )
        out[w] = (float(words[0]) + MIDDLE_OF_STEP) * WORD_STEP


def fill_assumption(out: np.ndarray, seed: int, key: int, first_world: int, copy: int) -> None:
    """Fill ``out`` (worlds,) with one uniform draw per world for the assumption path with hash ``key``."""
    fill_once(out, seed, key, first_world, copy, ASSUMPTION_DOMAIN)


def lots(seed: int, keys: np.ndarray, first_world: int, worlds: int) -> np.ndarray:
    """The lot of every firm, (worlds, keys) in (0, 1): drawn once per world and firm, for good."""
    out = np.empty((len(keys), worlds))
    for row, key in enumerate(keys):
        fill_once(out[row], seed, key, first_world, 0, LOT_DOMAIN)
    return out.T
