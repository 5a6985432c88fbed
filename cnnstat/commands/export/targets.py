"""What a network can be exported to: each target by its name, and the function that makes its file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

import cnnstat
from cnnstat.exporters.keras import source as keras_source
from cnnstat.exporters.onnx import external
from cnnstat.exporters.onnx.layers import IR_VERSION, OPSET
from cnnstat.exporters.onnx.library import onnx_library
from cnnstat.exporters.onnx.model import model
from cnnstat.exporters.pytorch import source as torch_source
from cnnstat.tensors import weights_bytes
from cnnstat.tensors.safetensors import library

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.executor.kernel import Array


class Exported(Struct, frozen=True):
    """What an export comes to: the content of its file, and of one beside it where that takes two.

    ``form`` says what it is in words, ``holds`` what is in it in numbers, ``remarks`` what is said there in
    another way than in the spec.
    """

    content: bytes
    form: str
    beside: tuple[bytes, ...] = ()
    holds: dict[str, int] = {}
    remarks: tuple[str, ...] = ()


class Make(Protocol):
    """The type of a function that exports: tensors by `layer.tensor`, or none, to a file of a name.

    Raises:
        NoExportError: it cannot be said there, or a library is missing.
    """

    def __call__(
        self, analysis: Analysis, values: Mapping[str, Array] | None, dtype: str, name: str
    ) -> Exported:
        """Export a network."""


def onnx(analysis: Analysis, values: Mapping[str, Array] | None, dtype: str, name: str) -> Exported:
    """Make an .onnx file, with its numbers in `name.data` where they are more than it can hold."""
    made, remarks = model(analysis, values, dtype=dtype, version=cnnstat.__version__)
    beside = external.moved_out(made, f"{name}.data")
    form = f"ONNX, opset {OPSET}, IR version {IR_VERSION}"
    holds = {"operators": len(made.graph.node), "initializers": len(made.graph.initializer)}
    return Exported(made.SerializeToString(), form, beside, holds, remarks)


def pytorch(analysis: Analysis, values: Mapping[str, Array] | None, dtype: str, name: str) -> Exported:
    """Make the source of a `torch.nn.Module`; it holds no numbers."""
    text = torch_source(analysis.graph, analysis)
    classes = sum(line.startswith("class ") for line in text.splitlines())
    return Exported(text.encode(), "PyTorch source", holds={"lines": text.count("\n"), "classes": classes})


def keras(analysis: Analysis, values: Mapping[str, Array] | None, dtype: str, name: str) -> Exported:
    """Make the source of functions that build a `keras.Model`; it holds no numbers."""
    text = keras_source(analysis.graph, analysis)
    functions = sum(line.startswith("def ") for line in text.splitlines())
    return Exported(text.encode(), "Keras source", holds={"lines": text.count("\n"), "functions": functions})


def tensors(analysis: Analysis, values: Mapping[str, Array] | None, dtype: str, name: str) -> Exported:
    """Make a file of tensors alone, .npz or .safetensors by its name."""
    assert values is not None  # the command sees to it
    form = f"tensors, {Path(name).suffix.lower()}"
    return Exported(weights_bytes(Path(name), values), form, holds={"tensors": len(values)})


class Target(Struct, frozen=True):
    """How to export to a tool, and what makes sure before the work that all is there which that needs.

    ``numbers`` says that the file has numbers in it.
    """

    make: Make
    check: Callable[[], object]
    numbers: bool = True


TARGETS = {
    "onnx": Target(onnx, onnx_library),
    "pytorch": Target(pytorch, lambda: None, numbers=False),
    "keras": Target(keras, lambda: None, numbers=False),
    "npz": Target(tensors, lambda: None),
    "safetensors": Target(tensors, partial(library, Path("a .safetensors file"))),
}
