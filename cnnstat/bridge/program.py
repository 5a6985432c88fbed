"""The crossing from a graph to the executor: options cross as their author wrote them, and nothing else does.

No method of the calculator's layers is called here. A width with `$in` crosses as its text:
calculator and executor find out, each by itself, how many channels a layer is given, and what it comes to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import structs

from cnnstat.base.files import FileError
from cnnstat.bridge.refusals import RefusedError
from cnnstat.bridge.weights import load_weights
from cnnstat.bridge.written_values import give
from cnnstat.executor.expression import Expression
from cnnstat.executor.network import Executor, UnfitError
from cnnstat.executor.program import INPUT, MissingKernelError, Program, Step
from cnnstat.graph.load import loaded
from cnnstat.spec.channels import Channels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.bridge.weights import Names, TensorPair
    from cnnstat.graph.model import Graph
    from cnnstat.layers import Layer

REFUSALS = (RefusedError, FileError, MissingKernelError, UnfitError)
"""What is raised where a network is not run as asked: files that object, layers that fit but for training."""


class Network(Executor):
    """A network that runs: parameters drawn from `seed`, arrays of `dtype` (float32 or float64).

    Weights that stand under `values:` in the spec are those of the network.

    `spec` is a graph, a path or the name of a bundled architecture; `params` replace parameters of a spec
    that is not loaded yet, `input_shape` its input.

    Raises:
        SpecError: the spec is wrong.
        ValueError: an argument is out of range, a layer has no kernel, or it cannot take its input.
    """

    def __init__(
        self,
        spec: Graph | str | Path,
        *,
        params: Mapping[str, object] | None = None,
        seed: int = 0,
        dtype: str = "float32",
        input_shape: Inputs | None = None,
    ) -> None:
        self.graph = loaded(spec, params, input_shape)
        super().__init__(program(self.graph), seed=seed, dtype=dtype)
        give(self, self.graph)

    def load_weights(self, path: Path | str, *, names: Names = None) -> tuple[TensorPair, ...]:
        """Read weights from a .npz or .safetensors file, and return which of its tensors is which.

        Names need not be the network's: they are evidence beside shapes and order. `names` maps ours to the
        file's where that is not enough: a mapping, or the path of a YAML file.
        Strides, eps, slopes and activations stay the spec's.

        Raises:
            FileError: the file or the map is wrong, or it is not certain which tensor is which.
            SpecError: the map is no YAML.
        """
        return load_weights(self, self.graph, path, names)


def program(graph: Graph) -> Program:
    """Return the steps of a graph.

    Raises:
        MissingKernelError: layers are of types that the executor has no kernel for.
    """
    numbers = {node.number: step for step, node in enumerate(graph.layers)}
    numbers |= {node.number: INPUT - node.number for node in graph.inputs}
    steps = (
        Step(
            node.path,
            node.type,
            options_of(node.layer),
            tuple(numbers[i] for i in node.inputs),
            node.frozen,
            None if node.owns else numbers[node.owner],
        )
        for node in graph.layers
    )
    inputs = {node.path: node.shape for node in graph.inputs}
    return Program(tuple(steps), inputs, tuple(numbers[i] for i in graph.outputs))


def options_of(layer: Layer) -> dict[str, Any]:
    """Return a layer's options by name, defaults included."""
    return {name: _written(value) for name, value in structs.asdict(layer).items()}


def _written(value: Any) -> Any:
    return Expression(value.text) if isinstance(value, Channels) else value
