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
        y: Array = np.matmul(a, b) if out is None else np.matmul(a, b, out=out)
        self.macs += y.size * a.shape[-1]
        return y

    def multiply(self, a: Array, b: Any, out: Array | None = None) -> Array:
        """Multiply element by element, for a sum that follows, and count each product."""
        y: Array = np.multiply(a, b) if out is None else np.multiply(a, b, out=out)
        self.macs += y.size
        return y
