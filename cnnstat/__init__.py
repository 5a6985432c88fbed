"""Exact figures of convolutional networks from a YAML spec, with their arithmetic.

Examples:
    >>> import cnnstat
    >>> analysis = cnnstat.analyze("lenet5")
    >>> analysis.totals.counts.trainable
    60000
"""

from cnnstat.analysis import Analysis
from cnnstat.api import analyze, load, loads
from cnnstat.errors import Problem, SpecError
from cnnstat.graph import Graph

__version__ = "0.1.0"

__all__ = ["Analysis", "Graph", "Problem", "SpecError", "__version__", "analyze", "load", "loads"]
