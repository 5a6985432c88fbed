"""The way in for models of other tools: a command takes one where it takes a spec.

A model becomes the text of a spec, which is then read as any other.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnstat.base.errors import Problem, Source, Span, SpecError
from cnnstat.spec import file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.importers.draft import Draft
    from cnnstat.importers.original import Original
    from cnnstat.importers.torch_export.network import TorchModel

SUFFIX = ".onnx"
CODE = "torch:"
"""What a word begins with that names code: `torch:package.module:callable` or `torch:file.py:callable`."""


def is_model(spec: str) -> bool:
    """Say whether a SPEC names a model of another tool: a file, or code."""
    return is_code(spec) or spec.lower().endswith(SUFFIX)


def is_code(spec: str) -> bool:
    """Say whether a SPEC names code, which only the functions that say so run."""
    return spec.startswith(CODE)


def read(spec: str, input_shape: Inputs | None = None) -> tuple[str, str, str | None]:
    """Return the text of a spec or of a model as one, its name, and which variant is meant.

    ``input_shape`` is the input that the network will be on: shapes within a model depend on it.

    Raises:
        SpecError: there is no such file, or it cannot be read.
    """
    if is_code(spec):
        why = "names code, which is run only where a command line itself names it"
        raise _unread(spec, f"{why}; from Python: cnnstat.from_torch")
    return (of_file(spec, input_shape), spec, None) if is_model(spec) else file.read(spec)


def run_code(
    spec: str, options: Mapping[str, object], input_shape: Inputs | None = None, *, weights: bool = False
) -> TorchModel:
    """Return the module that a `torch:` word makes, and what was understood: **this runs the code it names**.

    Only for words that a person has written on a command line. ``options`` are given to the callable. Without
    ``weights`` the module takes no memory for its parameters.

    Raises:
        SpecError: the code fails, or what it makes cannot be read.
    """
    from cnnstat.importers.torch_export.network import TorchModel  # noqa: PLC0415

    with _as_model_problem(spec):
        return TorchModel(spec, options, input_shape, weights=weights)


def code_weights(model: TorchModel) -> Iterator[tuple[str, Any]]:
    """Yield the tensors of a module that has weights, by their names in its spec.

    Raises:
        SpecError: they cannot be worked out.
    """
    from cnnstat.importers.spec_text import spec_text  # noqa: PLC0415

    with _as_model_problem(model.word):
        array, paths = model.arrays(), spec_text(model.draft).paths
        for layer in model.draft.layers:
            for name, at in layer.tensors.items():
                yield f"{paths[layer.name]}.{name}", array(at)


def code_outputs(model: TorchModel, inputs: Mapping[str, Any], dtype: str) -> list[Any]:
    """Return what a module that has weights makes of arrays: its own outputs, whatever was understood.

    Raises:
        SpecError: its code fails.
    """
    with _as_model_problem(model.word):
        return model.outputs(inputs, dtype)


def code_original(model: TorchModel) -> Original:
    """Return which outputs of a module are the network's."""
    from cnnstat.importers.original import original  # noqa: PLC0415

    return original(model.draft, model.draft.inputs)


def of_module(module: Any, input_shape: Inputs) -> str:
    """Return the text of the spec that a module of PyTorch is.

    Raises:
        SpecError: `torch.export` cannot follow it, or there is nothing that can be read.
    """
    from cnnstat.importers.spec_text import spec_text  # noqa: PLC0415
    from cnnstat.importers.torch_export import network  # noqa: PLC0415

    name = type(module).__name__
    with _as_model_problem(name):
        return spec_text(network.of_module(module, input_shape, name)).text


def of_file(path: str, input_shape: Inputs | None = None) -> str:
    """Return the text of the spec that a model's file is, whatever its name.

    Raises:
        SpecError: there is no such file, or it cannot be read.
    """
    from cnnstat.importers.spec_text import spec_text  # noqa: PLC0415

    return spec_text(drafted(path, input_shape)).text


def drafted(spec: str, input_shape: Inputs | None = None) -> Draft:
    """Return what was understood of a model's file.

    Raises:
        SpecError: there is no such file, or it cannot be read.
    """
    from cnnstat.importers.onnx import network  # noqa: PLC0415

    with _as_problem(spec) as path:
        return network.read(path, input_shape)


def weights(spec: str, input_shape: Inputs | None = None) -> Iterator[tuple[str, Any]]:
    """Yield the tensors of a model, as NumPy arrays, under the names that they have in its spec.

    Raises:
        SpecError: the file cannot be read, or numbers are missing in it.
    """
    from cnnstat.importers.onnx.stored.tensors import StoredTensors  # noqa: PLC0415
    from cnnstat.importers.spec_text import spec_text  # noqa: PLC0415

    found = drafted(spec, input_shape)
    paths = spec_text(found).paths
    with _as_problem(spec) as path:
        stored = StoredTensors(path)
        for layer in found.layers:
            for name, at in layer.tensors.items():
                yield f"{paths[layer.name]}.{name}", stored.array(at)


def original_file(spec: str, input_shape: Inputs | None = None) -> tuple[Path, Original]:
    """Return where the file of a model is, and which of its own inputs and outputs are the network's.

    Raises:
        SpecError: the file cannot be read.
    """
    from cnnstat.importers.onnx import network  # noqa: PLC0415
    from cnnstat.importers.original import original  # noqa: PLC0415

    with _as_problem(spec) as path:
        draft, inputs = network.read_with_inputs(path, input_shape)
        return path, original(draft, inputs.shapes, inputs.turned)


@contextmanager
def _as_problem(spec: str) -> Iterator[Path]:
    path, shown, _ = file.find(spec)
    with file.as_problem(shown), _as_model_problem(shown):
        yield path


@contextmanager
def _as_model_problem(shown: str) -> Iterator[None]:
    from cnnstat.importers.errors import ModelError  # noqa: PLC0415

    try:
        yield
    except ModelError as error:
        raise _unread(shown, str(error)) from None
    except MemoryError:
        raise _unread(shown, "does not fit into memory") from None


def _unread(name: str, why: str) -> SpecError:
    return SpecError([Problem("model/unreadable", why, Span(Source(name, ""), 1, 1))])
