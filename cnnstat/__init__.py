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

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.api import analyze, diff, load, loads, sizes
    from cnnstat.crossing import Network
    from cnnstat.errors import Problem, SpecError
    from cnnstat.graph import Graph
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
    "diff",
    "load",
    "loads",
    "sizes",
    "verify",
]

_HOMES = {
    "Analysis": "cnnstat.analysis",
    "Graph": "cnnstat.graph",
    "Network": "cnnstat.crossing",
    "Problem": "cnnstat.errors",
    "SpecError": "cnnstat.errors",
    "analyze": "cnnstat.api",
    "check_gradients": "cnnstat.verification",
    "diff": "cnnstat.api",
    "load": "cnnstat.api",
    "loads": "cnnstat.api",
    "sizes": "cnnstat.api",
    "verify": "cnnstat.verification",
}
"""Where public names live: imported when first asked for, so that telling starts without NumPy."""


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'cnnstat' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
