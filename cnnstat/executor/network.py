"""A network as steps: forward in order, backward in reverse, each array kept as long as someone reads it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from cnnstat.executor.arguments import array, replacements, whole
from cnnstat.executor.axes import check_axes
from cnnstat.executor.backward import go_back
from cnnstat.executor.choices import DTYPES
from cnnstat.executor.kernel import Context
from cnnstat.executor.mac_counter import MacCounter
from cnnstat.executor.parameters import shapes
from cnnstat.executor.plugged import kernel_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnstat.executor.backward import Gradients, Tape
    from cnnstat.executor.kernel import Array, Backward, Inputs
    from cnnstat.executor.parameters import Parameters
    from cnnstat.executor.program import Program, Step


TensorSource: TypeAlias = "Callable[[int, Inputs], Mapping[str, Array]]"
"""What gives a step, by its number and its inputs, the tensors it computes with."""
Batch: TypeAlias = Any
"""A batch of the only input (N, ...), or a mapping of names to batches of several inputs.

Which of both, only the network says: with a union of the types everybody with one input would have to ask.
"""
Outputs: TypeAlias = "Array | tuple[Array, ...]"
"""One array, or one for each output of a network that has several."""


_FLOAT64 = np.dtype(np.float64).itemsize


class UnfitError(ValueError):
    """A step cannot take its inputs; `number` is the step's."""

    def __init__(self, number: int, step: Step, why: str) -> None:
        self.number = number
        super().__init__(f"{step.name} ({step.type}): {why}")


@dataclass(frozen=True, slots=True)
class Visit:
    """One step executed: what it read and put out, its multiply-adds, and bytes of all arrays alive now."""

    number: int
    step: Step
    inputs: Inputs
    output: Array
    way_back: Backward | None
    macs: int
    alive: int


@dataclass(frozen=True, slots=True)
class Pass:
    """How to go through a network: as in `training` or not, and whether the way `backward` is kept.

    `draw` numbers the dropout masks of a seed; `parameters` gives steps others than those stored.
    """

    training: bool = False
    backward: bool = False
    draw: int = 0
    parameters: TensorSource | None = None


_PLAIN = Pass()


class Executor:
    """A program with its parameters, drawn from a seed.

    A seeded normal sample runs through once: parameters get their shapes from what each layer reads, and
    batch norm its first statistics, so that deep networks neither vanish nor blow up before they are trained.
    """

    def __init__(self, program: Program, *, seed: int = 0, dtype: str = "float32") -> None:
        if dtype not in DTYPES:
            raise ValueError(f"dtype: expected one of {', '.join(DTYPES)}, got {dtype!r}")
        self.program = program
        self.seed = whole("seed", seed, 0)
        self.dtype = np.dtype(dtype)
        self.stored: list[Parameters] = []
        self._draws = 0
        self._tape: tuple[tuple[tuple[int, ...], ...], Tape] | None = None
        deque(self.visits(self.sample(1), Pass(parameters=self._drawn)), maxlen=0)

    def __repr__(self) -> str:
        sizes = " and ".join("x".join(map(str, shape)) for shape in self.program.inputs.values())
        return f"<Executor of {len(self.program.steps)} layers on {sizes}, {self.dtype}, seed {self.seed}>"

    def sample(self, batch: int = 1) -> Batch:
        """Return a seeded batch of standard normal inputs.

        Raises:
            ValueError: batch is no whole number of 1 or more.
        """
        batch = whole("batch", batch, 1)
        rng = np.random.default_rng([self.seed, len(self.program.steps)])
        return self.batch(
            {
                name: rng.standard_normal((batch, *shape)).astype(self.dtype)
                for name, shape in self.program.inputs.items()
            }
        )

    def batch(self, arrays: Mapping[str, Array]) -> Batch:
        """Return arrays of all inputs as a batch: of the only input it is the array alone."""
        return arrays if len(arrays) > 1 else next(iter(arrays.values()))

    def named(self, x: Batch) -> Mapping[str, Array]:
        """Return the array of each input by its name."""
        return x if isinstance(x, Mapping) else {next(iter(self.program.inputs)): x}

    @property
    def parameters(self) -> dict[str, Array]:
        """Every stored tensor, buffers included, as `layer.tensor`, the layer being its owner."""
        return {f"{step.name}.{name}": v for step, stored in self.owned() for name, v in stored.all.items()}

    def owned(self) -> Iterator[tuple[Step, Parameters]]:
        """Yield the steps that store numbers of their own, with these."""
        for step, stored in zip(self.program.steps, self.stored, strict=True):
            if step.weights is None:
                yield step, stored

    def owner(self, step: Step) -> Step:
        """Return the step whose numbers a step uses."""
        return step if step.weights is None else self.program.steps[step.weights]

    def load(self, tensors: Mapping[str, Array]) -> None:
        """Replace stored tensors by others of the same names and shapes.

        Raises:
            ValueError: a name is unknown, a shape differs, values are no finite numbers of the network's
                type, or a variance is negative; then nothing is replaced.
        """
        own = self.parameters
        for name, tensor in replacements(tensors, own).items():
            own[name][...] = tensor

    def forward(self, x: Batch, *, training: bool = False, backward: bool = True) -> Outputs:
        """Run a batch (N, *input_shape) through; with `backward` keep what the way back needs.

        Training draws dropout masks anew at each call and moves the statistics of batch norm.

        Raises:
            ValueError: x has another shape; `UnfitError`: a layer cannot take its inputs.
        """
        self._draws += training
        found, tape = self.run(x, Pass(training, backward, self._draws))
        self._tape = (tuple(y.shape for y in found), tape) if backward else None
        return found[0] if len(found) == 1 else found

    def run(
        self, x: Batch, how: Pass, watch: Callable[[Visit], None] | None = None
    ) -> tuple[tuple[Array, ...], Tape]:
        """Do all that `visits` does; return the outputs and the ways back, none where they are not kept.

        `watch` is called with each visit.
        """
        outputs = self.accepted(x)
        tape: Tape = []
        for visit in self.visits(x, how):
            if watch is not None:
                watch(visit)
            tape.append((visit.way_back, tuple(each.shape for each in visit.inputs)))
            if visit.number in self.program.outputs:
                outputs[visit.number] = visit.output
            del visit  # what it read may be freed before the next one
        return tuple(outputs[number] for number in self.program.outputs), tape if how.backward else []

    def backward(self, dy: Outputs) -> Gradients:
        """Return the gradients of sum(dy·y) of the last forward pass, which is used up by it.

        Raises:
            RuntimeError: there was no forward pass to go back through.
            ValueError: dy has another shape than the outputs had.
            BackwardError: the gradients of a layer are not those of its tensors.
        """
        if self._tape is None:
            raise RuntimeError("backward needs a forward pass before it, and only once")
        shapes, tape = self._tape
        given = tuple(array("dy", each) for each in (dy if isinstance(dy, tuple) else (dy,)))
        if tuple(each.shape for each in given) != shapes:
            raise ValueError(f"expected gradients of shape {shapes}, got {[each.shape for each in given]}")
        self._tape = None
        return go_back(self, tape, given)

    def visits(self, x: Batch, how: Pass = _PLAIN) -> Iterator[Visit]:
        """Do step after step; an array is dropped after its last reader, unless the way back keeps it.

        Raises:
            ValueError: x has another shape; `UnfitError`: a layer cannot take its inputs.
        """
        arrays = self.accepted(x)
        alive = sum(array.nbytes for array in arrays.values())
        freed, holders = self.program.last_readers(), self.program.holders()
        for number, step in enumerate(self.program.steps):
            inputs = tuple(arrays[i] for i in step.inputs)
            context = self.context(number, how)
            kernel = kernel_of(step.type)
            try:
                for each in inputs:
                    check_axes(each, kernel.axes)
                params = (how.parameters or self._kept)(number, inputs)
                y, way_back = kernel.forward(inputs, params, step.options, context)
            except ValueError as error:
                raise UnfitError(number, step, str(error)) from error
            arrays[number] = y
            alive += y.nbytes if holders[number] == number else 0
            yield Visit(number, step, inputs, y, way_back, context.mac_counter.macs, alive)
            for source in freed[number]:
                array = arrays.pop(source)
                alive -= array.nbytes if holders[source] == source else 0

    def accepted(self, x: Batch) -> dict[int, Array]:
        """Return a batch in the network's type by the numbers of inputs; what a check adds to it stays.

        A complex array carries a derivative, and one of more digits than float64 shows what rounding does.

        Raises:
            ValueError: an input is missing, or has another shape.
        """
        given = self.named(x)
        if given.keys() != self.program.inputs.keys():
            raise ValueError(f"expected the inputs {', '.join(self.program.inputs)}, got {', '.join(given)}")
        found: dict[int, Array] = {}
        for number, name in self.program.numbered_inputs.items():
            x, shape = array(name, given[name]), self.program.inputs[name]
            batch = len(next(iter(found.values()))) if found else max(x.shape[:1] or (0,))
            if x.shape[1:] != shape or not batch or len(x) != batch:
                wanted = "x".join(map(str, (batch if found else "N", *shape)))
                of = f" of {name}" if len(self.program.inputs) > 1 else ""
                raise ValueError(f"expected a batch of shape {wanted}{of}, got {'x'.join(map(str, x.shape))}")
            checks = np.iscomplexobj(x) or x.dtype.itemsize > _FLOAT64  # on some machines longdouble is it
            found[number] = x if checks else x.astype(self.dtype, copy=False)
        return found

    def context(self, number: int, how: Pass) -> Context:
        """Return the context in which a step is executed: one seed, step and draw make one dropout mask."""
        return Context(MacCounter(), (self.seed, number, 1 + how.draw), how.training, how.backward)

    def _kept(self, number: int, inputs: Inputs) -> Mapping[str, Array]:
        return self.stored[number].all

    def _drawn(self, number: int, inputs: Inputs) -> Mapping[str, Array]:
        """Draw what a step stores, from the shapes and the type of its inputs; or take it from its owner.

        Raises:
            ValueError: the owner's numbers are not of the shapes that this step needs.
        """
        step = self.program.steps[number]
        rng = np.random.default_rng([self.seed, number, 0])
        drawn = kernel_of(step.type).parameters(inputs, step.options, rng)
        if step.weights is not None:
            own = self.stored[step.weights]
            if shapes(own) != shapes(drawn):
                owner = self.owner(step).name
                message = f"the weights of {owner} have the shapes {shapes(own)}, not {shapes(drawn)}"
                raise ValueError(message)
            drawn = own
        self.stored.append(drawn.frozen() if step.frozen else drawn)
        return self.stored[number].all
