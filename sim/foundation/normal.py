"""The normal distribution and its quantile, of luck and of what worlds draw for assumptions: the same bits everywhere.

Quantile: Wichura (1988), algorithm AS 241 (PPND16), to about 16 digits. Distribution: Cody (1969, 1993), rational
approximations in three intervals, to about 15 digits also in the tails. Both use exp and log of maths.py.
"""

import math

import numpy as np

from sim.foundation.branches import pick
from sim.foundation.jit import law
from sim.foundation.maths import exp, log

CENTRAL = 0.425  # distance from 1/2 up to which the quantile is a ratio of polynomials alone

# coefficients of the quantile: near the middle, in the tails, far out in the tails
A = (
    3.3871328727963666080e0,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
)
B = (
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
)
C = (
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
)
D = (
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)
E = (
    6.65790464350110377720e0,
    5.46378491116411436990e0,
    1.78482653991729133580e0,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
)
F = (
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
)


@law
def _ratio(r, a, b):  # type: ignore[no-untyped-def]
    top = ((((((a[7] * r + a[6]) * r + a[5]) * r + a[4]) * r + a[3]) * r + a[2]) * r + a[1]) * r + a[0]
    below = ((((((b[6] * r + b[5]) * r + b[4]) * r + b[3]) * r + b[2]) * r + b[1]) * r + b[0]) * r + 1.0
    return top / below


@law
def central(q):  # type: ignore[no-untyped-def]
    """The quantile of 1/2 + ``q`` for ``q`` within CENTRAL of 0."""
    return q * _ratio(0.180625 - q * q, A, B)


@law
def _root(u):  # type: ignore[no-untyped-def]
    return math.sqrt(-log(min(u, 1.0 - u)))


@law
def outer(u):  # type: ignore[no-untyped-def]
    """The quantile of ``u`` beyond CENTRAL from 1/2, but not nearer than 1.4e-11 to 0 or 1. No branch."""
    tail = _ratio(_root(u) - 1.6, C, D)
    return pick(u < 0.5, -tail, tail)


@law
def normal_quantile(u):  # type: ignore[no-untyped-def]
    """Standard normal quantile of ``u``: infinite at 0 and at 1."""
    if abs(u - 0.5) <= CENTRAL:
        return central(u - 0.5)
    if u <= 0.0 or u >= 1.0:
        return math.inf if u > 0.5 else -math.inf
    r = _root(u)
    if r <= 5.0:
        return outer(u)
    far = _ratio(r - 5.0, E, F)
    return -far if u < 0.5 else far


# coefficients of the distribution: up to 0.66291, up to the root of 32, and beyond; none from 39 on
MIDDLE_END, FAR_BEGINS, NOTHING_BEYOND = 0.66291, 5.656854249492380195, 39.0
MIDDLE = (
    (2.2352520354606839287, 161.02823106855587881, 1067.6894854603709582, 18154.981253343561249),
    (47.20258190468824187, 976.09855173777669322, 10260.932208618978205, 45507.789335026729956),
)
MIDDLE_FIRST = 0.065682337918207449113
SIDE = (
    (
        0.39894151208813466764,
        8.8831497943883759412,
        93.506656132177855979,
        597.27027639480026226,
        2494.5375852903726711,
        6848.1904505362823326,
        11602.651437647350124,
        9842.7148383839780218,
    ),
    (
        22.266688044328115691,
        235.38790178262499861,
        1519.377599407554805,
        6485.558298266760755,
        18615.571640885098091,
        34900.952721145977266,
        38912.003286093271411,
        19685.429676859990727,
    ),
)
SIDE_FIRST = 1.0765576773720192317e-8
FAR = (
    (0.21589853405795699, 0.1274011611602473639, 0.022235277870649807, 0.001421619193227893466, 2.9112874951168792e-5),
    (1.28426009614491121, 0.468238212480865118, 0.0659881378689285515, 0.00378239633202758244, 7.29751555083966205e-5),
)
FAR_FIRST = 0.02307344176494017303
ROOT_OF_1_OVER_2_PI = 0.398942280401432677940
SIXTEENTHS = 16.0


@law
def _cody(x, first, coefficients):  # type: ignore[no-untyped-def]
    """Cody's ratio of two polynomials: of degree ``len(coefficients[0])``, the one below with 1 as its first."""
    top, below = first * x, x
    last = len(coefficients[0]) - 1
    for i in range(last):
        top = (top + coefficients[0][i]) * x
        below = (below + coefficients[1][i]) * x
    return (top + coefficients[0][last]) / (below + coefficients[1][last])


@law
def normal_cdf(x):  # type: ignore[no-untyped-def]
    """Standard normal distribution function of ``x``."""
    size = abs(x)
    if size <= MIDDLE_END:
        return 0.5 + x * _cody(x * x, MIDDLE_FIRST, MIDDLE)
    if size >= NOTHING_BEYOND:
        return 1.0 if x > 0.0 else 0.0
    if size <= FAR_BEGINS:
        ratio = _cody(size, SIDE_FIRST, SIDE)
    else:
        squared = 1.0 / (x * x)
        ratio = (ROOT_OF_1_OVER_2_PI - squared * _cody(squared, FAR_FIRST, FAR)) / size
    near = math.floor(size * SIXTEENTHS) / SIXTEENTHS  # its square is exact
    beyond = exp(-0.5 * near * near) * exp(-0.5 * (size - near) * (size + near)) * ratio
    return 1.0 - beyond if x > 0.0 else beyond


@law
def _quantiles(u, below, above, out):  # type: ignore[no-untyped-def]
    for i in range(u.shape[0]):
        out[i] = normal_quantile(below + u[i] * (above - below))


def truncated_normal(u: np.ndarray, low: float, high: float) -> np.ndarray:
    """Quantiles ``u``, in [0, 1], of a standard normal that is cut off at ``low`` and ``high``; same shape as ``u``."""
    flat = np.ascontiguousarray(u, dtype=float).reshape(-1)
    out = np.empty(flat.shape)
    _quantiles(flat, normal_cdf(low), normal_cdf(high), out)
    return out.reshape(u.shape)


@law
def _exps(x, out):  # type: ignore[no-untyped-def]
    for i in range(x.shape[0]):
        out[i] = exp(x[i])


def exp_of_each(x: np.ndarray) -> np.ndarray:
    """exp of maths.py of every number of ``x``; same shape."""
    flat = np.ascontiguousarray(x, dtype=float).reshape(-1)
    out = np.empty(flat.shape)
    _exps(flat, out)
    return out.reshape(x.shape)
