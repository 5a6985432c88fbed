"""Connections, counted by sending ones through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.kernel import Context
from cnnstat.executor.mac_counter import MacCounter

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array, Connections, Forward, Inputs, Options, Params


def aside() -> Context:
    """Return the context of a pass beside the run proper: nothing is drawn, kept or counted."""
    return Context(MacCounter(), backward=False)


def connections_of(forward: Forward) -> Connections:
    """Count by running ones through weights of ones, without bias."""

    def count(inputs: Inputs, params: Params, options: Options) -> Array:
        y, _ = forward(inputs, {"weight": np.ones_like(params["weight"])}, options, aside())
        return y

    return count
