"""Models without their weights, small enough to be stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 64
"""Numbers of a tensor that are kept: targets of shapes, not weights."""


def strip(path: Path, to: Path) -> None:
    """Write a model without its weights, without shapes, and without notes on where it was made."""
    model = onnx.load(path)
    del model.graph.value_info[:]
    for tensor in model.graph.initializer:
        count = 1
        for size in tensor.dims:
            count *= size
        if count > KEPT:
            for field in ("raw_data", "float_data", "int64_data", "external_data"):
                tensor.ClearField(field)
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="stripped")
    for message in (model, model.graph, *model.functions):
        del message.metadata_props[:]
        message.doc_string = ""
    for function in (model.graph, *model.functions):
        for node in function.node:
            node.doc_string = ""
            kept = [each for each in node.metadata_props if each.key.endswith("name_scopes")]
            scopes = [(each.key, each.value) for each in kept]
            del node.metadata_props[:]
            for key, value in scopes:
                node.metadata_props.add(key=key, value=value)
        for value in (*function.value_info, *getattr(function, "input", ())):
            if not isinstance(value, str):
                del value.metadata_props[:]
    for tensor in model.graph.initializer:
        del tensor.metadata_props[:]
    to.write_bytes(model.SerializeToString())
