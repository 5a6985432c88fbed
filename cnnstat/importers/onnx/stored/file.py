"""The message of an .onnx file, with its functions in place of their calls."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnstat.base.limits import MAX_LAYERS
from cnnstat.importers.errors import ModelError
from cnnstat.importers.onnx.stored.wire import BrokenFileError, without_weights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def message(path: Path) -> Any:
    """Return the message of a file without its large tensors, functions inlined.

    Raises:
        ModelError: it is no model, or onnx is missing; OSError: it cannot be read.
    """
    try:
        import onnx  # noqa: PLC0415
    except ImportError:
        raise ModelError("reading it needs onnx: pip install 'cnnstat[onnx]'") from None
    with as_model_error():
        data = without_weights(path)
        try:
            proto = onnx.load_model_from_string(data)
        except Exception:
            raise BrokenFileError("is no ONNX model, or not all of one") from None
        if not proto.graph.node or not proto.opset_import:
            raise BrokenFileError(
                "is no ONNX model: it has no nodes" if proto.opset_import else "is no ONNX model"
            )
        return _inlined(proto)


@contextmanager
def as_model_error() -> Iterator[None]:
    """Raise what is wrong with a file as an error of the model."""
    try:
        yield
    except BrokenFileError as error:
        raise ModelError(str(error)) from None


def _inlined(proto: Any) -> Any:
    """Return a model whose own functions stand where they are called.

    Raises:
        BrokenFileError: they call each other in a circle, or come to too many nodes.
    """
    functions = {(each.domain, each.name): each for each in proto.functions}
    costs: dict[tuple[str, str], int] = {}

    def cost(nodes: Any, within: tuple[tuple[str, str], ...]) -> int:
        total = 0
        for node in nodes:
            key = (node.domain, node.op_type)
            if key in within:
                raise BrokenFileError(f"its function '{key[1]}' calls itself")
            if key in functions and key not in costs:
                if len(within) > 50:
                    raise BrokenFileError("its functions call each other more than 50 deep")
                costs[key] = cost(functions[key].node, (*within, key))
            total += costs.get(key, 1)
        if total > MAX_LAYERS:
            raise BrokenFileError(f"has more than {MAX_LAYERS:,} nodes")
        return total

    cost(proto.graph.node, ())
    if not functions:
        return proto
    from onnx import inliner  # noqa: PLC0415

    try:
        return inliner.inline_local_functions(proto)
    except Exception:
        raise BrokenFileError("its functions cannot be put in place of their calls") from None
