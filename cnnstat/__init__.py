"""Exact figures of convolutional networks from a YAML spec, with arithmetic and proof by execution.

Examples:
    >>> import cnnstat
    >>> analysis = cnnstat.analyze("lenet5")
    >>> analysis.totals.counts.trainable
    60000
    >>> network = cnnstat.Network("lenet5", seed=0)
    >>> network.forward(network.sample(batch=2)).shape
    (2, 10)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cnnstat.analysis import Analysis
from cnnstat.api import analyze, load, loads
from cnnstat.errors import Problem, SpecError
from cnnstat.graph import Graph

if TYPE_CHECKING:
    from cnnstat.crossing import Network
    from cnnstat.verification import check_gradients, verify

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Graph",
    "Network",
    "Problem",
    "SpecError",
    "__version__",
    "analyze",
    "check_gradients",
    "load",
    "loads",
    "verify",
]

_RUNNING = {
    "Network": "cnnstat.crossing",
    "check_gradients": "cnnstat.verification",
    "verify": "cnnstat.verification",
}
"""Names that need NumPy: imported when they are first asked for, since telling starts without it."""


def __getattr__(name: str) -> Any:
    if name in _RUNNING:
        return getattr(import_module(_RUNNING[name]), name)
    raise AttributeError(f"module 'cnnstat' has no attribute '{name}'")
