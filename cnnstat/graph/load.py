"""A spec, by its path, name or text, as a graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnstat.base.arguments import check_names, check_type
from cnnstat.base.errors import ArgumentError, Source
from cnnstat.graph.model import Graph, build
from cnnstat.importers import is_code, of_file, of_module, read, run_code
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.base.arguments import Inputs
    from cnnstat.importers.torch_export.network import TorchModel


def load(
    spec: str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: Inputs | None = None,
) -> Graph:
    """Read a spec into a graph.

    ``spec`` is a path, also of an ONNX model, ``-`` for standard input, or the name of a bundled
    architecture (``lenet5`` or ``lenet5.yaml``); a path that exists comes first. ``family.yaml#name`` is
    a variant. ``params`` replace parameters of the network, ``input_shape`` its input, or by name
    those of its inputs that it has.

    Raises:
        SpecError: the file cannot be read, or the spec is wrong; it has every problem with its place.
        ValueError: a parameter's value is none that a spec could have.
    """
    check_type("spec", spec, str | Path, "a path or a name")
    text, name, variant = read(str(spec), input_shape)
    return loads(text, name, variant=variant, params=params, input_shape=input_shape)


def load_written(
    spec: str, *, params: Mapping[str, object] | None = None, input_shape: Inputs | None = None
) -> Graph:
    """Read a spec as `load` does; of a word that a person has written on a command line, code is run, too.

    That is `torch:package.module:callable`, whose callable gets ``params``. No other function runs it, so no
    spec, configuration or folder that names one can.

    Raises:
        SpecError: the spec is wrong, or the code fails.
        ValueError: a parameter's value is none that a spec could have.
    """
    if not is_code(spec):
        return load(spec, params=params, input_shape=input_shape)
    return of_code(run_code(spec, params or {}, input_shape))


def of_code(model: TorchModel) -> Graph:
    """Return the module of a `torch:` word as a graph.

    Raises:
        SpecError: it is no network.
    """
    from cnnstat.importers.spec_text import spec_text  # noqa: PLC0415 - a spec needs nothing of this

    return loads(spec_text(model.draft).text, model.word)


def read_onnx(path: str | Path, *, input_shape: Inputs | None = None) -> Graph:
    """Read the file of an ONNX model into a graph, which all functions take as a spec.

    ``input_shape`` gives sizes that the model leaves open, or others than it has.

    Raises:
        SpecError: the file cannot be read.
    """
    check_type("path", path, str | Path, "the path of a model")
    return loads(of_file(str(path), input_shape), str(path))


def from_torch(module: Any, input_shape: Inputs) -> Graph:
    """Return a PyTorch module as a graph, which all functions take as a spec.

    ``input_shape`` is that of one sample, channels first; of several inputs by the names that `forward` has
    for them. The module is followed by `torch.export` in evaluation; it computes nothing, and stays as it is.

    Raises:
        SpecError: it cannot be followed.
    """
    return loads(of_module(module, input_shape), type(module).__name__)


def loads(
    text: str,
    name: str = "<string>",
    *,
    variant: str | None = None,
    params: Mapping[str, object] | None = None,
    input_shape: Inputs | None = None,
) -> Graph:
    """Read a spec from text; ``name`` stands before line and column in problems.

    Raises:
        SpecError: the spec is wrong, or has no such variant or parameter.
        ValueError: a parameter's value is none that a spec could have.
    """
    check_type("text", text, str, "the text of a spec")
    check_type("name", name, str, "a name for the text")
    if variant is not None:
        check_type("variant", variant, str, "the name of a variant")
    check_names("params", {} if params is None else params)
    graph = build(choose(read_family(Source(name, text)), variant, params or {}))
    return graph if input_shape is None else graph.on(input_shape)


def loaded(
    spec: Graph | str | Path,
    params: Mapping[str, object] | None = None,
    input_shape: Inputs | None = None,
) -> Graph:
    """Return a spec, or a graph that is loaded already, with what is asked otherwise.

    Raises:
        SpecError: the spec is wrong.
        ValueError: parameters are given for a graph, where they are settled.
    """
    if not isinstance(spec, Graph):
        return load(spec, params=params, input_shape=input_shape)
    if params is not None:
        check_names("params", params)
    if params:
        raise ArgumentError("params: a loaded graph has its parameters; give them to load()")
    return spec if input_shape is None else spec.on(input_shape)
