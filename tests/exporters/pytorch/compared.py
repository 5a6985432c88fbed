"""Sources written, executed by Python, and held beside the executor: names, shapes, values and gradients."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from cnnstat.base.module_names import attributes, names
from cnnstat.exporters.pytorch import source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.executor.kernel import Array
    from cnnstat.graph.model import Graph


def written(graph: Graph) -> str:
    """Return the source of a network."""
    return source(graph, cnnstat.analyze(graph))


def module_of(text: str) -> Any:
    """Execute a source and return its network, in float64 as for inference."""
    found: dict[str, Any] = {"__name__": "generated"}
    exec(compile(text, "generated.py", "exec", dont_inherit=True), found)
    title = re.findall(r"^class (\w+)\(", text, re.MULTILINE)[-1]
    return found[title]().double().eval()


def tensors_of(module: Any) -> dict[str, Any]:
    """Return what a module stores, but for PyTorch's own count of batches."""
    return {names(n): t for n, t in module.state_dict().items() if not n.endswith(".num_batches_tracked")}


def apart(graph: Graph, *, rounded: bool = False) -> tuple[float, float]:
    """Return how far outputs and gradients of inputs are off, each beside its largest number.

    Before that names, shapes and which tensors are trained have to be the same.
    """
    torch = pytest.importorskip("torch")
    module = module_of(written(graph))
    network = cnnstat.Network(graph, seed=3, dtype="float64")
    shapes = {name: tensor.shape for name, tensor in network.parameters.items()}
    assert {name: tuple(tensor.shape) for name, tensor in tensors_of(module).items()} == shapes
    own = {attributes(name): torch.from_numpy(t.copy()) for name, t in network.parameters.items()}
    module.load_state_dict(own)
    trained = {f"{step.name}.{name}" for step, stored in network.owned() for name in stored.trained}
    assert {names(name) for name, each in module.named_parameters() if each.requires_grad} == trained
    batch = {name: np.round(2 * x) if rounded else x for name, x in network.named(network.sample(2)).items()}
    ours = network.forward(network.batch(batch))
    inputs = [torch.tensor(x, requires_grad=True) for x in batch.values()]
    theirs = module(*inputs)
    ys = ours if isinstance(ours, tuple) else (ours,)
    zs = theirs if isinstance(theirs, tuple) else (theirs,)
    rng = np.random.default_rng(0)
    dys = tuple(rng.standard_normal(y.shape) for y in ys)
    gradients = network.backward(dys if isinstance(ours, tuple) else dys[0]).input
    total = sum((torch.from_numpy(dy) * z).sum() for dy, z in zip(dys, zs, strict=True))
    back = [None] * len(inputs)
    if total.requires_grad:
        back = torch.autograd.grad(total, inputs, allow_unused=True)
    values = max(_off(y, z.detach().numpy()) for y, z in zip(ys, zs, strict=True))
    pairs = zip(network.named(gradients).values(), back, strict=True)
    slopes = max(_off(g, np.zeros_like(g) if b is None else b.numpy()) for g, b in pairs)
    return values, slopes


def _off(ours: Array, theirs: Array) -> float:
    assert ours.shape == theirs.shape
    return float(abs(ours - theirs).max() / max(abs(ours).max(), 1e-30))


class Gone:
    """What the source of a network makes of a batch: outputs, and gradients of inputs and of what is trained.

    It has the form of `tests.executor.torch_graphs.Gone`, so that the same comparison takes it.
    """

    def __init__(
        self, graph: Graph, network: cnnstat.Network, batch: Mapping[str, Array], *, training: bool
    ) -> None:
        torch = pytest.importorskip("torch")
        self.torch = torch
        self.module = module_of(written(graph)).train(training)
        numbers = {attributes(name): torch.from_numpy(t.copy()) for name, t in network.parameters.items()}
        self.module.load_state_dict(numbers)
        self.inputs = {name: torch.tensor(x, requires_grad=True) for name, x in batch.items()}
        found = self.module(*self.inputs.values())
        self.outputs = list(found) if isinstance(found, tuple) else [found]

    def backward(self, dys: list[Array]) -> dict[str, Array]:
        """Return the gradient of each input and each trained tensor, zeros where nothing depends on it."""
        total = sum((self.torch.from_numpy(dy) * y).sum() for dy, y in zip(dys, self.outputs, strict=True))
        trained = {names(name): each for name, each in self.module.named_parameters() if each.requires_grad}
        wanted = {**self.inputs, **trained}
        if not total.requires_grad:
            return {name: np.zeros(tuple(each.shape)) for name, each in wanted.items()}
        gradients = self.torch.autograd.grad(total, list(wanted.values()), allow_unused=True)
        pairs = zip(wanted.items(), gradients, strict=True)
        return {name: np.zeros(tuple(t.shape)) if g is None else g.numpy() for (name, t), g in pairs}
