"""Functions NumPy lacks, and the branches of piecewise functions, safe for a complex step.

In every function a complex x + ih carries a derivative in its imaginary part: branches are chosen by the real
part, and a function known on the real line only is continued by its tangent, f(x + ih) = f(x) + ih f'(x).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array

STEP = 1 / 16
"""Distance of the nodes around which erf is expanded."""
FLAT = 6.0
"""From here on erf is 1 in float64: 1 - erf(6) = 2e-17."""
TERMS = 10
SHORT = 5
"""Terms that float32 can feel."""
PIECE = 8192
"""Numbers worked on at a time, to stay in cache."""


def _expansions() -> Array:
    """Tabulate the Taylor coefficients of erf at each node, (TERMS, nodes).

    The derivatives of exp(-x²) are (-1)ⁿ Hₙ(x) exp(-x²) with Hermite's Hₙ₊₁ = 2x Hₙ - 2n Hₙ₋₁ (Abramowitz and
    Stegun, 22.8.7 and 7.1.19). At most 1/32 from a node the eleventh term is below 1e-17.
    """
    nodes = np.arange(0, FLAT + STEP, STEP)
    table = [np.array([math.erf(x) for x in nodes])]
    slope = 2 / math.sqrt(math.pi) * np.exp(-nodes * nodes)
    before, now = np.zeros_like(nodes), np.ones_like(nodes)
    for n in range(1, TERMS):
        table.append((-1) ** (n - 1) * now * slope / math.factorial(n))
        before, now = now, 2 * nodes * now - 2 * (n - 1) * before
    return np.stack(table)


COEFFICIENTS = _expansions()


def erf(x: Array) -> Array:
    """Return the error function, within 2e-16 in float64 and 2e-7 in float32."""
    if np.iscomplexobj(x):
        y: Array = erf(x.real) + 1j * x.imag * (2 / math.sqrt(math.pi) * np.exp(-x.real * x.real))
        return y
    y = np.empty(x.shape, x.dtype)
    numbers, result = x.reshape(-1), y.reshape(-1)
    table = COEFFICIENTS[: SHORT if x.dtype == np.float32 else TERMS].astype(x.dtype)
    for start in range(0, x.size, PIECE):
        some = slice(start, start + PIECE)
        result[some] = _expanded(numbers[some], table)
    return y


def _expanded(x: Array, table: Array) -> Array:
    """Sum the expansion at the node next to each number, by Horner's rule."""
    size = np.minimum(np.abs(x), x.dtype.type(FLAT))
    near = np.rint(size * x.dtype.type(1 / STEP))
    node = np.nan_to_num(near).astype(np.intp)
    size -= near * x.dtype.type(STEP)
    y = np.take(table[-1], node, mode="clip")
    for row in table[-2::-1]:
        y *= size
        y += np.take(row, node, mode="clip")
    signed: Array = np.copysign(y, x)
    return signed


def bell(x: Array) -> Array:
    """Return the density of the normal distribution, exp(-x²/2)/sqrt(2π)."""
    y: Array = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return y


def sigmoid(x: Array) -> Array:
    """Return 1/(1 + exp(-x)); where exp would overflow the result is too small to matter."""
    limit = 0.9 * float(np.log(np.finfo(x.dtype).max))
    y: Array = 1 / (1 + np.exp(-above(x, -limit)))
    return y


def above(x: Array, floor: float) -> Array:
    """Return max(x, floor), decided by the real part; NaN stays."""
    return clip(x, floor, math.inf)


def clip(x: Array, low: float, high: float) -> Array:
    """Return x within [low, high], decided by the real part; NaN stays.

    Of real numbers by NumPy's function for both bounds: `maximum` with a single number takes three times as
    long, and `where` with bounds that numbers often cross forty times.
    """
    kind = x.dtype.type
    if not np.iscomplexobj(x):
        return x.clip(kind(low), kind(high))
    y: Array = np.where(x.real <= low, kind(low), x)
    return np.where(y.real >= high, kind(high), y) if high < math.inf else y


def magnitude(x: Array) -> Array:
    """Return |x|, decided by the real part; at 0 with the slope of x above it."""
    return np.where(x.real < 0, -x, x)
