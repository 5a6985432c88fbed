"""What another engine puts out, layer by layer, beside what the executor does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from cnnstat.executor.network import Executor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch, Visit

TOLERANCES = {"float32": 1e-4, "float64": 1e-9}
"""The largest relative difference that is taken for the same."""
ROUNDING = 10
"""How many times what rounding does a difference may be beyond that."""

Found: TypeAlias = Literal["same", "rounding", "other"]


class ComparedOutput(Struct, frozen=True):
    """The output of a layer, both ways: how far it is off beside the largest number of either.

    `rounding` is how far rounding may put it off, where that was measured.
    """

    layer: str
    type: str
    difference: float
    tolerance: float
    rounding: float | None = None

    @property
    def found(self) -> Found:
        """Return whether both are the same, or as far as rounding lets them be."""
        if self.difference <= self.tolerance:
            return "same"
        return "rounding" if self.difference <= ROUNDING * (self.rounding or 0.0) else "other"


class ModelOutputs(Struct, frozen=True):
    """The outputs of the user's own model, run as it is, beside the network's that it was read as.

    `names` are the model's own names of the compared `outputs`; `lost` are outputs of it that no layer works
    out. `refused` says why it was not run, and `asked` whether it was to be.
    """

    model: str
    names: tuple[str, ...] = ()
    outputs: tuple[ComparedOutput, ...] = ()
    lost: tuple[str, ...] = ()
    refused: str = ""
    asked: bool = True

    @property
    def others(self) -> tuple[tuple[str, ComparedOutput], ...]:
        """Return the outputs that are others than the network's, by the model's own names."""
        both = zip(self.names, self.outputs, strict=True)
        return tuple((name, each) for name, each in both if each.found == "other")

    @property
    def good(self) -> bool:
        """Say whether all outputs are the network's, or none was to be compared."""
        return not (self.others or self.lost or (self.refused and self.asked))


class Opinion(Struct, frozen=True):
    """What an engine puts out of every layer, in graph order, and what counts as the same.

    That is of an export of the network. `model` has what the user's own model puts out, where there is one.
    `gradients` are those of the inputs, none of an engine that does not go back.
    """

    engine: str
    version: str
    tolerance: float
    outputs: tuple[ComparedOutput, ...]
    gradients: tuple[ComparedOutput, ...] = ()
    model: ModelOutputs | None = None

    @property
    def good(self) -> bool:
        """Say whether no output is another than the executor's, the model's own included."""
        return not self.others and (self.model is None or self.model.good)

    @property
    def others(self) -> tuple[ComparedOutput, ...]:
        """Return the outputs that are others than the executor's, and the gradients behind them."""
        return (*self.those("other"), *(each for each in self.gradients if each.found == "other"))

    def those(self, found: Found) -> tuple[ComparedOutput, ...]:
        """Return the outputs of which this was found."""
        return tuple(each for each in self.outputs if each.found == found)


class Slopes(Struct, frozen=True):
    """Slopes of a network's outputs, and the gradients of its inputs by name that an engine makes of them."""

    outputs: tuple[Array, ...]
    inputs: dict[str, Array]


def drawn_slopes(shapes: Iterable[tuple[int, ...]], dtype: str, seed: int) -> tuple[Array, ...]:
    """Return slopes of outputs, none of which is that of another place."""
    rng = np.random.default_rng(seed)
    return tuple(rng.standard_normal(shape).astype(dtype) for shape in shapes)


class Beside:
    """The outputs of an engine by the names of layers; each is dropped once it is compared."""

    def __init__(
        self, engine: str, version: str, outputs: dict[str, Array], dtype: str, slopes: Slopes | None = None
    ) -> None:
        self._engine, self._version, self._theirs, self._slopes = engine, version, outputs, slopes
        self._tolerance = TOLERANCES[dtype]
        self._compared: list[ComparedOutput] = []

    def watch(self, visit: Visit) -> None:
        """Hold what a step has put out against what the engine has."""
        step = visit.step
        off = relative_difference(visit.output, self._theirs.pop(step.name))
        self._compared.append(ComparedOutput(step.name, step.type, off, self._tolerance))

    def opinion(self, network: Executor, x: Batch) -> Opinion:
        """Return what was compared of a network on x.

        Beyond the tolerance, what rounding does is measured: a deep network, or a softmax of large scores,
        may enlarge it without end, in any engine. An output is another one only if it is off by far more.
        """
        gradients = tuple(self._gradients(network, x))
        found = Opinion(self._engine, self._version, self._tolerance, tuple(self._compared), gradients)
        if not found.others:
            return found
        outputs = zip(found.outputs, rounding_of(network, x), strict=True)
        rounded = tuple(replace(each, rounding=rounding) for each, rounding in outputs)
        if self._slopes is not None:
            back = zip(gradients, _rounding_back(network, x, self._slopes), strict=True)
            gradients = tuple(replace(each, rounding=rounding) for each, rounding in back)
        return replace(found, outputs=rounded, gradients=gradients)

    def _gradients(self, network: Executor, x: Batch) -> Iterator[ComparedOutput]:
        """Yield the gradient of each input beside the engine's."""
        if self._slopes is not None:
            for name, own in _back(network, x, self._slopes).items():
                off = relative_difference(own, self._slopes.inputs[name])
                yield ComparedOutput(name, "input", off, self._tolerance)


def _back(network: Executor, x: Batch, slopes: Slopes) -> Mapping[str, Array]:
    """Return the gradients of inputs by name."""
    several = isinstance(network.forward(x), tuple)
    dy = tuple(each.astype(network.dtype) for each in slopes.outputs)
    return network.named(network.backward(dy if several else dy[0]).input)


def _rounding_back(network: Executor, x: Batch, slopes: Slopes) -> list[float]:
    """Return what rounding to float32 does to the gradient of each input; of float64 nothing is known."""
    exact = _exact(network)
    own, true = _back(network, x, slopes), _back(exact, x, slopes)
    return [relative_difference(own[name], true[name]) for name in own]


def _exact(network: Executor) -> Executor:
    """Return a network of the same numbers in float64."""
    exact = Executor(network.program, seed=network.seed, dtype="float64")
    exact.load(network.parameters)
    return exact


def rounding_of(network: Executor, x: Batch) -> list[float]:
    """Return what rounding does to each output of a network: the larger of two measurements.

    The network is run in float64 with the same numbers: that far its own output is off. And it is run so
    once more, with the last digits of each output changed at random, those of the network's own type: where
    numbers cancel, rounding may spare the first by chance, and is all that is left in another engine. In
    float64 the second is all that there is.
    """
    exact, digits = _exact(network), float(np.finfo(network.dtype).eps)
    rng, found = np.random.default_rng(network.seed), []
    for own, true, changed in zip(network.visits(x), exact.visits(x), exact.visits(x), strict=True):
        noise = rng.uniform(-digits, digits, changed.output.shape)
        np.multiply(changed.output, 1 + noise, out=changed.output)  # as those who read it find it
        found.append(max(relative_difference(each.output, true.output) for each in (own, changed)))
    return found


def relative_difference(a: Array, b: Array) -> float:
    """Return the largest difference of two arrays, beside the largest finite number in either.

    An element alone would be no measure: where a sum comes to almost nothing, rounding is all that is left of
    it. Numbers that are not finite have to be the same in both, and shapes too; else it is infinite.
    """
    if a.shape != b.shape:
        return float("inf")
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if same.all():
        return 0.0
    if not (np.isfinite(a) & np.isfinite(b) | same).all():
        return float("inf")
    finite = np.isfinite(a)
    largest = max(abs(a[finite]).max(), abs(b[finite]).max())
    return float(abs(a[finite] - b[finite]).max() / largest)
