"""exp, log and power in plain IEEE operations: the same bits on every processor, compiled and uncompiled.

Sums, products, quotients and shifts of double precision, which the standard rounds in one way only: nothing of the C
library, no table, no fused multiplication and addition. No branch either, so that rows of worlds compile to vectors.
Laws use these, and of ``math`` only what the standard rounds exactly (``sqrt``, ``floor``).

exp    x = n log 2 + r with \\|r\\| <= log(2)/2 (Cody & Waite 1980), Taylor's series of exp(r), times 2**n: within 1 ulp
log    x = 2**n z with z about 1, s = (z - 1) / (z + 1), log z = 2 atanh s by fdlibm's polynomial: within 1 ulp
power  log2 x as the sum of two numbers, by fdlibm's polynomial, times y, then as exp: within 1 ulp
fdlibm: Sun Microsystems (1993), e_log.c and e_pow.c. Bounds hold for results that are not subnormal, and were tried
against mpmath (tests/foundation/test_maths.py).
"""

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from sim.foundation.branches import pick

INF = math.inf
NAN = math.nan
MANTISSA_BITS = 52
EXPONENT_OF_ONE = 1023
LOW_WORD = -(1 << 32)  # keeps the upper half of the bits of a number
TO_WHOLE = 6755399441055744.0  # 1.5 * 2**52: added and taken away again, it leaves a whole number
BITS_TO_WHOLE = 0x4338000000000000  # its bits; added to a small number, that stands in the last bits as a whole number

# exp: below and above these the result is 0 and infinite
LEAST_EXP, MOST_EXP = -746.0, 710.0
PER_LOG_2 = 1.4426950408889634  # 1 / log 2
LOG_2_HIGH, LOG_2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # the first has 21 zeros at its end
INVERSE_FACTORIALS = tuple(1.0 / math.factorial(n) for n in range(14))

# log: z between sqrt(1/2) and sqrt(2)
ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
LEAST_NORMAL, TO_NORMAL, TO_NORMAL_EXPONENT = 2.2250738585072014e-308, 18014398509481984.0, 54  # 2**54
LG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)

# power: z between sqrt(3)/2 and sqrt(3), taken from 1 or from 3/2, whichever is nearer
HALF_ROOT_3_BITS = 0x3FEBB67AE8584CAA
ROOT_3_HALVES = 1.224744871391589
NEAR = 1.5
LOG2_NEAR_HIGH, LOG2_NEAR_LOW = 5.84962487220764160156e-01, 1.35003920212974897128e-08  # log2(3/2)
L = (
    5.99999999999994648725e-01,
    4.28571428578550184252e-01,
    3.33333329818377432918e-01,
    2.72728123808534006489e-01,
    2.30660745775561754067e-01,
    2.06975017800338417784e-01,
)
CP, CP_HIGH, CP_LOW = 9.61796693925975554329e-01, 9.61796700954437255859e-01, -7.02846165095275826516e-09  # 2/(3 log 2)
LOG_2 = 6.93147180559945286227e-01
LOG_2_SHORT, LOG_2_REST = 6.93147182464599609375e-01, -1.90465429995776804525e-09  # the first has 32 zeros at its end
LEAST_POWER, MOST_POWER = -1077.0, 1025.0  # log2 of a result that is 0, and of one that is infinite


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile ``function`` into its callers, so that a loop over a row of worlds compiles to vectors."""
    compiled: Callable[..., Any] = numba.njit(forceinline=True, error_model="numpy")(function)
    return compiled


@_plain
def _bits(x):  # type: ignore[no-untyped-def]
    return int(np.float64(x).view(np.int64))


@_plain
def _number(bits):  # type: ignore[no-untyped-def]
    return float(np.int64(bits).view(np.float64))


@_plain
def _short(x):  # type: ignore[no-untyped-def]
    """``x`` with the lower half of its bits zero: products of two such numbers are exact."""
    return _number(_bits(x) & LOW_WORD)


@_plain
def _series(r):  # type: ignore[no-untyped-def]
    """(exp(r) - 1 - r) / r**2 of a small ``r``."""
    c, r2 = INVERSE_FACTORIALS, r * r
    r4 = r2 * r2
    first = (c[2] + c[3] * r) + (c[4] + c[5] * r) * r2
    second = (c[6] + c[7] * r) + (c[8] + c[9] * r) * r2
    third = (c[10] + c[11] * r) + (c[12] + c[13] * r) * r2
    return first + r4 * (second + r4 * third)


@_plain
def _scaled(x, n):  # type: ignore[no-untyped-def]
    """``x`` times 2**n, in two steps: each of them can be written as a number, and only the second rounds."""
    half = n >> 1
    first = _number((half + EXPONENT_OF_ONE) << MANTISSA_BITS)
    return float(x) * first * _number((n - half + EXPONENT_OF_ONE) << MANTISSA_BITS)


@_plain
def exp(x):  # type: ignore[no-untyped-def]
    """e to the ``x``, within 1 ulp; 0 below -745.2, infinite above 709.8."""
    inside = pick(x > LEAST_EXP, x, LEAST_EXP)
    inside = pick(inside < MOST_EXP, inside, MOST_EXP)
    shifted = inside * PER_LOG_2 + TO_WHOLE
    whole = shifted - TO_WHOLE
    r = (inside - whole * LOG_2_HIGH) - whole * LOG_2_LOW
    y = _scaled(1.0 + (r + r * r * _series(r)), _bits(shifted) - BITS_TO_WHOLE)
    return pick(x == x, y, NAN)


@_plain
def _parted(x, least_bits):  # type: ignore[no-untyped-def]
    """z and n of a positive ``x`` = z * 2**n, with z at least the number of these bits, and below twice of it."""
    small = x < LEAST_NORMAL
    bits = _bits(pick(small, x * TO_NORMAL, x))
    n = (bits - least_bits) >> MANTISSA_BITS
    z = _number(bits - (n << MANTISSA_BITS))
    return z, _number(n - pick(small, TO_NORMAL_EXPONENT, 0) + BITS_TO_WHOLE) - TO_WHOLE


@_plain
def log(x):  # type: ignore[no-untyped-def]
    """Natural logarithm, within 1 ulp; minus infinity of 0, NaN below."""
    about_1, whole = _parted(x, ROOT_HALF_BITS)
    f = about_1 - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = z * (LG[0] + w * (LG[2] + w * (LG[4] + w * LG[6])))
    rest = w * (LG[1] + w * (LG[3] + w * LG[5])) + odd
    half = 0.5 * f * f
    y = whole * LOG_2_HIGH - ((half - (s * (half + rest) + whole * LOG_2_LOW)) - f)
    y = pick(x > 0.0, y, pick(x == 0.0, -INF, NAN))
    return pick(x == INF, INF, y)


@_plain
def _log2(x):  # type: ignore[no-untyped-def]
    """log2 of a positive, finite ``x`` as the sum of a short number and a small one."""
    z, whole = _parted(x, HALF_ROOT_3_BITS)
    far = z >= ROOT_3_HALVES
    base = pick(far, NEAR, 1.0)
    u, v = z - base, 1.0 / (z + base)
    s = u * v  # as s_high + s_low, with the error of the quotient
    s_high = _short(s)
    t_high = _short(z + base)
    t_low = z - (t_high - base)
    s_low = v * ((u - s_high * t_high) - s_high * t_low)
    s2 = s * s
    r = s2 * s2 * (L[0] + s2 * (L[1] + s2 * (L[2] + s2 * (L[3] + s2 * (L[4] + s2 * L[5])))))
    r += s_low * (s_high + s)
    s2 = s_high * s_high
    t_high = _short(3.0 + s2 + r)
    t_low = r - ((t_high - 3.0) - s2)
    u = s_high * t_high
    v = s_low * t_high + t_low * s
    p_high = _short(u + v)
    p_low = v - (p_high - u)
    z_high = CP_HIGH * p_high
    z_low = CP_LOW * p_high + p_low * CP + pick(far, LOG2_NEAR_LOW, 0.0)
    offset = pick(far, LOG2_NEAR_HIGH, 0.0)
    high = _short(((z_high + z_low) + offset) + whole)
    return high, z_low - (((high - whole) - offset) - z_high)


@_plain
def power(x, y):  # type: ignore[no-untyped-def]
    """``x`` to the ``y``, within 1 ulp; of a negative ``x`` NaN, but for ``y`` = 0 (1, as of any other)."""
    high, low = _log2(pick((x > 0.0) & (x < INF), x, 1.0))
    y_high = _short(y)
    small = (y - y_high) * high + y * low
    large = y_high * high
    exponent = small + large
    inside = pick(exponent > LEAST_POWER, exponent, LEAST_POWER)
    inside = pick(inside < MOST_POWER, inside, MOST_POWER)
    shifted = inside + TO_WHOLE
    large -= shifted - TO_WHOLE
    t = _short(small + large)
    v = (small - (t - large)) * LOG_2 + t * LOG_2_REST
    u = t * LOG_2_SHORT
    r = u + v
    rest = v - (r - u)
    found = _scaled(1.0 + (r + (r * r * _series(r) + (rest + r * rest))), _bits(shifted) - BITS_TO_WHOLE)
    found = pick(exponent > LEAST_POWER, found, 0.0)
    found = pick(exponent < MOST_POWER, found, INF)
    # the edges: 0 and infinity to a power, a power without end, what is no number
    found = pick((x == 0.0) | (x == INF), pick((x == INF) == (y > 0.0), INF, 0.0), found)
    found = pick(abs(y) == INF, pick((x > 1.0) == (y > 0.0), INF, 0.0), found)
    found = pick((x < 0.0) | (x != x) | (y != y), NAN, found)
    return pick((y == 0.0) | (x == 1.0), 1.0, found)
