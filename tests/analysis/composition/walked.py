"""Composed totals held against those of the walk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.composed import Pieces, totals
from cnnstat.analysis.settings import Settings

if TYPE_CHECKING:
    from cnnstat.base.arguments import Inputs
    from cnnstat.graph.model import Graph


_BESIDE: WeakKeyDictionary[Pieces, Pieces] = WeakKeyDictionary()


def _beside(pieces: Pieces) -> Pieces:
    """Return what serves the same networks as some pieces, which are not counted there."""
    return _BESIDE.setdefault(pieces, Pieces())


def assert_as_walked(
    graph: Graph, settings: Settings | None = None, pieces: Pieces | None = None, inputs: Inputs | None = None
) -> Pieces:
    """See that both come to one and the same, number for number; return the pieces."""
    others = Pieces() if pieces is None else _beside(pieces)
    settings, pieces = settings or Settings(), pieces or Pieces()
    walked = analyze_graph(graph if inputs is None else graph.on(inputs), settings)
    found = totals(graph.spec, settings, pieces, inputs=inputs)
    assert found.output_shape == walked.totals.output_shape
    assert found.counts == walked.totals.counts
    assert found.field == walked.totals.field
    assert found.inference_memory_bytes == walked.totals.inference_memory_bytes
    assert found.training_memory_bytes == walked.totals.training_memory_bytes
    assert found.without == walked.without
    asked = totals(graph.spec, settings, others, inputs=inputs, figures=["field_is_bound"])
    bound = bool(walked.exact_upper_bounds[walked.graph.outputs[-1]])
    assert asked.field_is_bound == (bound and walked.totals.field.because is None)
    return pieces
