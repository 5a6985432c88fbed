"""The user's own model, run by its engine, beside the network that it was read as.

What an engine makes of an export of the network says nothing of how the model was read; this does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.commands.run.opinion import (
    TOLERANCES,
    ComparedOutput,
    ModelOutputs,
    relative_difference,
    rounding_of,
)
from cnnstat.executor.network import Executor

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch
    from cnnstat.importers.original import Original


class OwnOutputs(Struct, frozen=True):
    """The outputs of a model itself, in its order, its names for them, and the type it computes in."""

    names: tuple[str, ...]
    arrays: tuple[Array, ...]
    dtype: str


def compared(model: str, original: Original, theirs: OwnOutputs, network: Executor, x: Batch) -> ModelOutputs:
    """Hold the outputs of a model itself against those of the network that it was read as, on x."""
    outputs = network.forward(x, backward=False)
    numbers = network.program.outputs
    own = dict(zip(numbers, outputs if isinstance(outputs, tuple) else (outputs,), strict=True))
    steps = {step.name: number for number, step in enumerate(network.program.steps)}
    dtype = "float32" if "float32" in (theirs.dtype, network.dtype.name) else "float64"
    names, found, lost = [], [], []
    for place, (name, array) in enumerate(zip(theirs.names, theirs.arrays, strict=True)):
        layer = original.results[place] if place < len(original.results) else ""
        if not layer:
            lost.append(name)
            continue
        step = network.program.steps[steps[layer]]
        off = relative_difference(own[steps[layer]], _as_ours(array, own[steps[layer]]))
        names.append(name)
        found.append(ComparedOutput(layer, step.type, off, TOLERANCES[dtype]))
    if any(each.found == "other" for each in found):
        rounding = rounding_of(*_in(dtype, network, x))
        found = [replace(each, rounding=rounding[steps[each.layer]]) for each in found]
    return ModelOutputs(model, tuple(names), tuple(found), tuple(lost))


def _as_ours(theirs: Array, own: Array) -> Array:
    """Return an array of the network's shape where nothing but axes of one place is between both."""
    plain = [size for size in own.shape if size != 1] == [size for size in theirs.shape if size != 1]
    return theirs.reshape(own.shape) if plain else theirs


def _in(dtype: str, network: Executor, x: Batch) -> tuple[Executor, Batch]:
    """Return a network of the same numbers in a type, with its input."""
    if network.dtype.name == dtype:
        return network, x
    other = Executor(network.program, seed=network.seed, dtype=dtype)
    other.load({name: each.astype(dtype) for name, each in network.parameters.items()})
    return other, other.batch({name: each.astype(dtype) for name, each in network.named(x).items()})
