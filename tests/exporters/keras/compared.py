"""Sources written, executed by Python, and held beside the executor: names, shapes and values."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from cnnstat.exporters.keras import source
from cnnstat.tensors import save_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.executor.kernel import Array
    from cnnstat.graph.model import Graph

os.environ.setdefault("KERAS_BACKEND", "torch")


def written(graph: Graph) -> str:
    """Return the source of a network."""
    return source(graph, cnnstat.analyze(graph))


@contextmanager
def in_float64() -> Iterator[None]:
    """Let Keras compute in float64 within, and as before afterwards."""
    keras = pytest.importorskip("keras")
    # But with TensorFlow, Keras makes float32 of float64 in many operations: that is not looked at here.
    table = importlib.import_module("keras.src.backend.common.dtypes").BIT64_TO_BIT32_DTYPE
    before = keras.config.floatx(), keras.config.dtype_policy(), table["float64"]
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    table["float64"] = "float64"
    try:
        yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])
        table["float64"] = before[2]


def made(text: str) -> tuple[Any, dict[str, Any]]:
    """Execute a source and return its model, with all that the source defines."""
    keras = pytest.importorskip("keras")
    found: dict[str, Any] = {"__name__": "generated"}
    exec(compile(text, "generated.py", "exec", dont_inherit=True), found)
    title = main(text)
    keras.utils.clear_session()
    return found[title](), found


def main(text: str) -> str:
    """Return the name of the function that returns the model."""
    found = re.search(r"^    model = (\w+)\(\)$", text, re.MULTILINE)
    assert found is not None
    return found[1]


def apart(graph: Graph) -> float:
    """Return how far outputs are off beside the largest number, once numbers are the same."""
    model, names = made(written(graph))
    # A product with a number is called sparse (3.15), which layers of ours then fail on with TensorFlow.
    nodes = [node for layer in model.layers for node in layer._inbound_nodes]
    assert not [each.name for node in nodes for each in node.input_tensors if each.sparse]
    network = cnnstat.Network(graph, seed=3, dtype="float64")
    live = read(graph)
    counts = [row.counts for row in cnnstat.analyze(graph).rows if row.name in live]
    assert model.count_params() == sum(each.params + each.buffers for each in counts)
    trained = sum(int(np.prod(each.shape)) for each in model.trainable_weights)
    assert trained == sum(each.trainable for each in counts)
    if network.parameters:
        with TemporaryDirectory() as folder:
            file = str(Path(folder) / "weights.npz")
            save_weights(file, network.parameters)
            names["load"](model, file)
            names["save"](model, file)
            stored = {
                name.replace(".", "_"): each
                for name, each in network.parameters.items()
                if name.rpartition(".")[0] in live
            }
            again = {name.replace(".", "_"): each for name, each in np.load(file).items()}
        assert again.keys() == stored.keys()
        for name, each in stored.items():
            np.testing.assert_array_equal(again[name], each)
    batch = network.named(network.sample(2))
    ours = network.forward(network.batch(batch), backward=False)
    inputs = [np.moveaxis(x, 1, -1) for x in batch.values()]
    with _without_gradients():
        theirs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    ys = ours if isinstance(ours, tuple) else (ours,)
    zs = theirs if isinstance(theirs, list | tuple) else (theirs,)
    convert = pytest.importorskip("keras").ops.convert_to_numpy
    return max(_off(y, np.moveaxis(convert(z), -1, 1)) for y, z in zip(ys, zs, strict=True))


def _without_gradients() -> contextlib.AbstractContextManager[Any]:
    """Keep PyTorch from holding what gradients would be worked out of."""
    if os.environ["KERAS_BACKEND"] != "torch":
        return contextlib.nullcontext()
    torch = pytest.importorskip("torch")
    return torch.no_grad()  # type: ignore[no-any-return]


def read(graph: Graph) -> set[str]:
    """Return the layers that outputs depend on, and those whose weights they use: a model has no others."""
    nodes = {node.number: node for node in graph.layers}
    waiting, found = list(graph.outputs), set[int]()
    while waiting:
        number = waiting.pop()
        if number in nodes and number not in found:
            found.add(number)
            waiting += nodes[number].inputs
    return {nodes[number].path for number in found} | {nodes[nodes[number].owner].path for number in found}


def _off(ours: Array, theirs: Array) -> float:
    assert ours.shape == theirs.shape
    return float(abs(ours - theirs).max() / max(abs(ours).max(), 1e-30))
