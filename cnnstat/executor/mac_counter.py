"""The count of multiply-adds, taken where a contraction happens, from the extents of its operands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array


@dataclass(slots=True)
class MacCounter:
    """Multiply-adds counted so far. One counter may serve forward and backward: read `macs` in between."""

    macs: int = 0

    def matmul(self, a: Array, b: Array, out: Array | None = None) -> Array:
        """Multiply matrices (..., M, K) and (..., K, P) and count M·K·P for each of them."""
        product = _by_parts if np.iscomplexobj(a) != np.iscomplexobj(b) else np.matmul
        y: Array = product(a, b, out=out)
        self.macs += y.size * a.shape[-1]
        return y

    def multiply(self, a: Array, b: Any, out: Array | None = None) -> Array:
        """Multiply element by element, for a sum that follows, and count each product."""
        y: Array = np.multiply(a, b) if out is None else np.multiply(a, b, out=out)
        self.macs += y.size
        return y


def _by_parts(a: Array, b: Array, out: Array | None) -> Array:
    """Multiply a complex matrix and a real one by real products, where NumPy would make both complex.

    That is what a complex step takes most of its time for.
    """
    if out is None:
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        out = np.empty((*lead, a.shape[-2], b.shape[-1]), np.result_type(a, b))
    if np.iscomplexobj(b):  # its numbers lie in pairs along a row: a real matrix twice as wide
        pairs = out.real.dtype
        np.matmul(a, np.ascontiguousarray(b, out.dtype).view(pairs), out=out.view(pairs))
    else:
        out.real = np.matmul(np.ascontiguousarray(a.real), b)
        out.imag = np.matmul(np.ascontiguousarray(a.imag), b)
    return out


def start_blas() -> None:
    """Multiply matrices once: BLAS starts its threads, and takes buffers that it never gives back."""
    side = np.ones((512, 512), np.float32)
    np.matmul(side, side)
