"""Every figure of a network, from its spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.memory import BYTES, OPTIMIZER_STATE
from cnnstat.analysis.model import Settings
from cnnstat.analysis.walk import analyze_graph
from cnnstat.base.arguments import check_count, check_shape
from cnnstat.base.errors import ArgumentError
from cnnstat.graph.load import loaded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.analysis.model import Analysis
    from cnnstat.graph.model import Graph


def analyze(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: tuple[int, ...] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    optimizer: str = "momentum",
    strict: bool = False,
) -> Analysis:
    """Tell every figure of a network.

    ``params`` replace parameters of the network (of a spec that is not loaded yet), ``input_shape`` its
    input (one sample, channels first). ``batch``, ``dtype`` and ``optimizer`` (sgd, momentum or adam)
    matter to memory only. ``strict`` refuses sizes that are not whole.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        ValueError: an argument is out of range.
    """
    graph = loaded(spec, params)
    if input_shape is not None:
        check_shape(input_shape)
    settings = checked_settings(batch, dtype, optimizer)
    return analyze_graph(graph, input_shape=input_shape, strict=strict, settings=settings)


def checked_settings(batch: int, dtype: str, optimizer: str = "momentum") -> Settings:
    """Return what memory is told for.

    Raises:
        ArgumentError: one of them is out of range.
    """
    check_count("batch", batch)
    for name, value, known in (("dtype", dtype, BYTES), ("optimizer", optimizer, OPTIMIZER_STATE)):
        if value not in known:
            raise ArgumentError(f"{name}: expected one of {', '.join(known)}, got {value!r}")
    return Settings(batch, dtype, optimizer)
