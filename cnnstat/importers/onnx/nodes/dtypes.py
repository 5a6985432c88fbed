"""The type of a model's numbers, as memory figures have it: one for weights and outputs alike."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING

from cnnstat.base.dtypes import DTYPE

if TYPE_CHECKING:
    from cnnstat.importers.onnx.nodes.model import Model

_FLOATS = {1: "float32", 10: "float16", 11: "float64", 16: "bfloat16"}
_QUANTISED = {
    **{2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 21: "uint4", 22: "int4", 23: "float4"},
    **dict.fromkeys((17, 18, 19, 20), "float8"),
}
_BYTES = {"uint8", "int8", "float8"}
"""Those of which a number takes one byte."""


def dtype_of(model: Model) -> tuple[str, str]:
    """Return the type of what most of a model's weights and outputs are, and a remark where it is not all.

    Of a quantised model that is what its outputs are quantised to; of any other what most weights are
    stored as, or, without any, the first input.
    """
    outputs = Counter(
        model.values[node.outputs[0]].kind for node in model.nodes if node.op == "QuantizeLinear"
    )
    if outputs:
        ((kind, _),) = outputs.most_common(1)
        name = _QUANTISED.get(kind, "")
        if name in ("int8", "uint8"):
            return "int8", ""
        if name in _BYTES:
            return "int8", f"its numbers are quantised to {name}, which takes as much memory as int8"
        return DTYPE, f"its numbers are quantised to {name or 'another type'}, memory is that of {DTYPE}"
    stored: dict[str, tuple[int, int]] = {}  # of each tensor, as it is stored, before casts
    for value in model.values.values():
        if value.at is not None and (value.kind in _FLOATS or value.kind in _QUANTISED):
            stored.setdefault(value.at.key, (value.kind, prod(value.shape or ())))
    numbers: Counter[int] = Counter()
    for kind, count in stored.values():
        numbers[kind] += count
    first = _FLOATS.get(next((model.values[name].kind for name in model.inputs), 1), DTYPE)
    if not numbers:
        return first, ""
    ((kind, _),) = numbers.most_common(1)
    if kind in _FLOATS:
        return _FLOATS[kind], ""
    return (
        first,
        f"its weights are stored as {_QUANTISED[kind]}, its outputs are {first}, for which memory is",
    )
