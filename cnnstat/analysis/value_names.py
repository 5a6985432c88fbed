"""What a spec has under ``values:``, by names and shapes: whether there is such an input, tensor or output.

No figure depends on them; what runs the network looks at them by itself, and at their numbers.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.base.errors import Problem
from cnnstat.base.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis.model import Analysis
    from cnnstat.layers.base import Shape


def wrong_values(analysis: Analysis) -> Iterator[Problem]:
    """Yield what is written for nothing that the network has, or in another shape."""
    written = analysis.graph.spec.family.values
    if not written:
        return
    batched = {node.path: node.shape for node in analysis.graph.inputs}
    batched |= {f"{name}.delta": shape for name, shape in analysis.output_shapes.items()}
    tensors = {
        f"{row.name}.{name}": shape
        for row in analysis.rows
        if row.node.owns
        for name, shape in row.node.layer.tensors(analysis.inputs(row.number)).items()
    }
    targets = [f"{name}.target" for name in analysis.output_names]
    for each in written:
        wanted = batched.get(each.name, tensors.get(each.name))
        if wanted is not None:
            if not _fits(each.shape, wanted, batch=each.name in batched):
                sizes, got = ("x".join(map(str, shape)) for shape in (wanted, each.shape))
                yield Problem("values/shape", f"'{each.name}' is {sizes}, got {got}", each.span)
        elif each.name not in targets:
            kinds = "; known: inputs, LAYER.weight and the like, OUTPUT.delta, OUTPUT.target"
            hint = suggestion(each.name, [*batched, *tensors, *targets]) or kinds
            yield Problem("values/name", f"nothing is called '{each.name}'{hint}", each.name_span)


def _fits(given: Shape, wanted: Shape, *, batch: bool) -> bool:
    """Say whether sizes are those wanted but for ones, or a single number's, or those of several samples."""
    own = [size for size in wanted if size != 1]
    if prod(given) == 1 or [size for size in given if size != 1] == own:
        return True
    return batch and [size for size in given[1:] if size != 1] == own
