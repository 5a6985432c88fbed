"""What a run computes with: inputs from files, from the spec, or drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cnnstat.base.text import listed, plural
from cnnstat.bridge.refusals import RefusedError
from cnnstat.bridge.written_values import written_inputs
from cnnstat.executor.kernel import is_finite
from cnnstat.tensors import array_input, image_input
from cnnstat.tensors.numbers import repeated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.base.arguments import Given
    from cnnstat.bridge.program import Network
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch
    from cnnstat.graph.model import Graph
    from cnnstat.tensors import GivenInput


class InputOptions(Protocol):
    """The files that inputs are read from."""

    @property
    def image(self) -> tuple[Given, ...]:
        """Pictures."""

    @property
    def invert(self) -> bool:
        """Whether pictures are of dark ink on white paper."""

    @property
    def array(self) -> tuple[Given, ...]:
        """Arrays."""


def given_inputs(graph: Graph, options: InputOptions) -> dict[str, GivenInput]:
    """Return what files give, by the names of inputs, checked as far as headers say; others are drawn."""
    shapes = {node.path: node.shape for node in graph.inputs}
    found: dict[str, GivenInput] = {}
    for each in (*options.image, *options.array):
        name = next(iter(shapes)) if len(shapes) == 1 and not each.name else each.name
        if name not in shapes:
            said = f"no input '{name}', but " if name else "several inputs: "
            raise RefusedError(f"the network has {said}{', '.join(shapes)}; write NAME=FILE")
        if each in options.image:
            found[name] = image_input(each.path, shapes[name], invert=options.invert)
        else:
            found[name] = array_input(each.path, shapes[name])
    return found


def samples_of(graph: Graph, given: Mapping[str, GivenInput]) -> int | None:
    """Return how many samples inputs have that are read from files or written in the spec; None for none.

    Raises:
        RefusedError: some have more than others.
    """
    written = {name: len(each) for name, each in written_inputs(graph).items() if name not in given}
    sizes = {name: each.samples for name, each in given.items()} | {n: s for n, s in written.items() if s > 1}
    if len(set(sizes.values())) > 1:
        said = ", ".join(f"{name} {each}" for name, each in sizes.items())
        raise RefusedError(f"all inputs need as many samples, got {said}")
    return next(iter(sizes.values()), None)


def batch_of(network: Network, given: Mapping[str, GivenInput], samples: int) -> Batch:
    """Return what a network is run on: from files, else from the spec's `values:`, else drawn from the seed.

    A single sample of the spec is that of all.

    Raises:
        RefusedError, FileError: it cannot be read, or is no number in the network's type.
    """
    x = dict(network.named(network.sample(samples)))
    for name, each in written_inputs(network.graph).items():
        if len(each) not in (1, samples):
            raise RefusedError(f"'values:' has {len(each)} samples of {name}, not {samples}")
        x[name] = repeated(each, samples, network.dtype)
    _check_finite(x, network)
    return network.batch({**x, **typed(given, network)})


def check_known(analysis: Analysis) -> None:
    """Refuse nodes of a model that no layer type stands for.

    Raises:
        RefusedError: there are some.
    """
    if analysis.without:
        nodes, named = sum(analysis.without.values()), listed([*analysis.without])
        message = f"{nodes:,} {plural('node', nodes)} of the model cannot be run, as no layer type stands for"
        raise RefusedError(f"{message} {'it' if nodes == 1 else 'them'}: {named}")


def typed(given: Mapping[str, GivenInput], network: Network) -> dict[str, Array]:
    """Return inputs in the network's type."""
    typed = {name: each.read().astype(network.dtype, copy=False) for name, each in given.items()}
    _check_finite(typed, network)
    return typed


def _check_finite(arrays: Mapping[str, Array], network: Network) -> None:
    if not all(map(is_finite, arrays.values())):
        raise RefusedError(f"as {network.dtype}, the input holds infinite numbers; scale it")
