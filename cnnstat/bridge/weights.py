"""The weights of a file, read into a network; and what no file of weights says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import Source, SpecError
from cnnstat.base.files import FileError, as_file_error
from cnnstat.bridge.model_weights import ModelWeights, is_model_file
from cnnstat.graph.model import build
from cnnstat.importers import SUFFIX
from cnnstat.spec import nodes
from cnnstat.spec.choice import choose
from cnnstat.spec.document import parse
from cnnstat.tensors import NamesMap, cast, open_weights, paired, read_tensors, under_other_names

if TYPE_CHECKING:
    from typing import TypeAlias

    from cnnstat.analysis import Analysis
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Executor
    from cnnstat.graph.model import Graph
    from cnnstat.tensors import Match, WeightsFile

    Names: TypeAlias = Mapping[str, str] | str | Path | None

SPECS_OWN = "strides, eps, slopes and activations are the spec's, a file has none"
"""What is said of a file's weights."""
MAX_NAMES = 2**20
"""Bytes of a map of names."""
MOST_VARIANTS = 64
"""Variants of a family that are looked at."""


class TensorPair(Struct, frozen=True):
    """A tensor of the network, the one of the file that it is, and why."""

    ours: str
    theirs: str
    shape: tuple[int, ...]
    why: str


def pairs_of(
    network: Executor, graph: Graph, path: Path | str, names: Names = None
) -> tuple[TensorPair, ...]:
    """Return which tensor of a file is which of a network; no number is read.

    Raises:
        FileError: the file or the map is wrong, or it is not certain.
    """
    file = _opened(path, graph)
    return _pairs(_found(network, graph, file, names), file)


def load_weights(
    network: Executor, graph: Graph, path: Path | str, names: Names = None
) -> tuple[TensorPair, ...]:
    """Take the weights of a file, one tensor after the other, once names and shapes are known to fit.

    Raises:
        FileError: as `pairs_of` says, or numbers are no weights; some may be replaced by then.
    """
    file, own = _opened(path, graph), network.parameters
    found = _found(network, graph, file, names)
    tensors = read_tensors(file, [match.name for match in found.values()])
    for (name, match), (_, tensor) in zip(found.items(), tensors, strict=True):
        ready = cast(match.cut.of(tensor), own[name], name, file.path.name)
        try:
            network.load({name: ready})
        except ValueError as error:  # numbers that are no weights
            raise FileError(file.path, str(error)) from None
    return _pairs(found, file)


def as_named_in(network: Executor, graph: Graph, path: Path | str) -> dict[str, Array]:
    """Return a network's tensors under the names that a .npz or .safetensors file has for them.

    Raises:
        FileError: the file cannot be read, or it is not certain which of its tensors is which.
    """
    file = open_weights(path)
    return under_other_names(network.parameters, _found(network, graph, file, None), file)


def _opened(path: Path | str, graph: Graph) -> WeightsFile:
    """Return a file of weights, or the weights of a model.

    Raises:
        FileError: it is missing, damaged or of another kind.
    """
    if not is_model_file(path):
        return open_weights(path, (SUFFIX,))
    shapes = {node.path: node.shape for node in graph.inputs}
    return ModelWeights(path, shapes if len(shapes) > 1 else graph.inputs[0].shape)


def _found(network: Executor, graph: Graph, file: WeightsFile, names: Names) -> dict[str, Match]:
    outlines = file.outlines()
    return paired(network.parameters, outlines, file.path.name, names_map(names), graph.spec.params)


def _pairs(found: Mapping[str, Match], file: WeightsFile) -> tuple[TensorPair, ...]:
    shapes = {name: outline.shape for name, outline in file.outlines().items()}
    return tuple(
        TensorPair(name, match.cut.text(), shapes[match.name], match.why) for name, match in found.items()
    )


def names_map(names: Names) -> NamesMap | None:
    """Return a map of names, of a YAML file if that is its path.

    Raises:
        FileError: the file cannot be read, or is no mapping of names to names.
        SpecError: it is no YAML.
    """
    if names is None or isinstance(names, Mapping):
        return None if names is None else NamesMap(names)
    path = Path(names)
    with as_file_error(path), path.open("rb") as file:
        data = file.read(MAX_NAMES + 1)
    if len(data) > MAX_NAMES:
        raise FileError(path, f"is longer than {MAX_NAMES:,} bytes, which no map of names is")
    try:
        root = parse(Source(str(path), data.decode("utf-8")))
    except UnicodeDecodeError:
        raise FileError(path, "is no text in UTF-8") from None
    if not isinstance(root, nodes.Mapping):
        raise FileError(path, "expected lines of 'our name: their name'")
    found: dict[str, str] = {}
    for key, value in root.entries:
        if not isinstance(value, nodes.Scalar) or not value.text:
            raise FileError(path, f"line {key.span.line}: expected a name of the file after '{key.text}:'")
        found[key.text] = value.text
    return NamesMap(found, path.name)


def variants_alike(analysis: Analysis) -> tuple[str, ...]:
    """Return the other variants of a network's family that have the same tensors.

    A file that fits one of them fits all: strides, pads, slopes and eps stand in no file of weights.
    """
    graph = analysis.graph
    spec, own = graph.spec, _tensors(analysis)
    found = []
    for name, variant in list(spec.family.variants.items())[:MOST_VARIANTS]:
        if spec.variant is variant:
            continue
        try:
            other = build(choose(spec.family, name, spec.changed))
            if other.spec.params == spec.params:
                continue
            if other.inputs != graph.inputs:
                other = other.on({node.path: node.shape for node in graph.inputs})
            if _tensors(analyze_graph(other, analysis.settings)) == own:
                found.append(name)
        except (SpecError, ValueError):  # with these parameters, or on this input, it is no network
            continue
    return tuple(found)


def _tensors(analysis: Analysis) -> list[tuple[str, int, int]]:
    """Return each layer that stores numbers, and how many."""
    return [
        (row.name, row.counts.params, row.counts.buffers)
        for row in analysis.rows
        if row.counts.params or row.counts.buffers
    ]
