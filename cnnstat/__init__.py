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
    from cnnstat.analysis.analyze import analyze
    from cnnstat.base.errors import Problem, SpecError
    from cnnstat.bridge.gradients import check_gradients
    from cnnstat.bridge.program import Network
    from cnnstat.bridge.verify import verify
    from cnnstat.commands.diff.difference import diff
    from cnnstat.commands.export.onnx_model import to_onnx
    from cnnstat.commands.export.sources import to_keras_source, to_torch_source
    from cnnstat.commands.fit.python_fit import fit
    from cnnstat.commands.sizes.size_search import sizes
    from cnnstat.commands.sweep.python_sweep import sweep
    from cnnstat.commands.trace.python_trace import trace
    from cnnstat.graph.load import from_torch, load, loads, read_onnx
    from cnnstat.graph.model import Graph

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
    "fit",
    "from_torch",
    "load",
    "loads",
    "read_onnx",
    "sizes",
    "sweep",
    "to_keras_source",
    "to_onnx",
    "to_torch_source",
    "trace",
    "verify",
]

_HOMES = {
    "Analysis": "cnnstat.analysis",
    "Graph": "cnnstat.graph.model",
    "Network": "cnnstat.bridge.program",
    "Problem": "cnnstat.base.errors",
    "SpecError": "cnnstat.base.errors",
    "analyze": "cnnstat.analysis.analyze",
    "check_gradients": "cnnstat.bridge.gradients",
    "diff": "cnnstat.commands.diff.difference",
    "fit": "cnnstat.commands.fit.python_fit",
    "from_torch": "cnnstat.graph.load",
    "load": "cnnstat.graph.load",
    "loads": "cnnstat.graph.load",
    "read_onnx": "cnnstat.graph.load",
    "sizes": "cnnstat.commands.sizes.size_search",
    "sweep": "cnnstat.commands.sweep.python_sweep",
    "to_keras_source": "cnnstat.commands.export.sources",
    "to_onnx": "cnnstat.commands.export.onnx_model",
    "to_torch_source": "cnnstat.commands.export.sources",
    "trace": "cnnstat.commands.trace.python_trace",
    "verify": "cnnstat.bridge.verify",
}
"""Where public names live: imported when first asked for, so that the calculator starts without NumPy."""


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'cnnstat' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
