"""Layers whose every unit reads a whole vector: all of the input, or a row of numbers along one axis."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.axes import RANKS, rank_of
from cnnstat.base.errors import Misfit
from cnnstat.layers.axis import ANY_AXIS, AxisName, place_of, read_along, resized, rows
from cnnstat.layers.base import (
    APART,
    EVERY_RANK,
    MIXED,
    WHOLE,
    Footprint,
    Layer,
    Operations,
    Reads,
    Shape,
    Tensors,
    Width,
    show,
    width_of,
)
from cnnstat.layers.conv import Bias
from cnnstat.layers.footprint import all_of


class _Dense(Layer, frozen=True, kw_only=True):
    """Every unit reads every input."""

    family: ClassVar[str] = "linear"
    ranks: ClassVar[tuple[int, ...]] = (0,)

    units: Annotated[Width, Meta(description="number of outputs")]

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (units,)."""
        return (self._units(inputs),)

    def macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return units·inputs."""
        return self._units(inputs) * self._fan(inputs)

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return one for each number the layer stores: they are not shared."""
        return self.params(inputs)

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return a row of weights for each unit."""
        return {"weight": (self._units(inputs).value, self._fan(inputs).value)}

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the whole input."""
        return WHOLE

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that a unit reads all numbers of a row, and which row."""
        return MIXED if self._place(inputs) == 0 else APART

    def _place(self, inputs: tuple[Shape, ...]) -> int:
        """Return the number of the axis whose rows are read."""
        return 0

    def _fan(self, inputs: tuple[Shape, ...]) -> Term:
        return term("inputs", self.arriving(inputs))

    def arriving(self, inputs: tuple[Shape, ...]) -> int:
        """Return the size of the axis whose rows are read."""
        return inputs[0][self._place(inputs)]

    def _units(self, inputs: tuple[Shape, ...]) -> Term:
        return term("units", width_of(self.units, self.arriving(inputs), "units"))


class Linear(_Dense, frozen=True, kw_only=True):
    """A fully connected layer: y = W·x + b on a vector, or with `axis:` on each row of numbers along it.

    A map needs a `flatten` above, or an axis: `axis: channels` is applied at each position, as a 1x1
    convolution is, and as the layers of a transformer are to each token. `$in` in `units` is the size of
    the axis.

    Rule:
        params      = units·(inputs + 1)
        MACs        = units·inputs for each row
        connections = units·(inputs + 1) for each row

    Example:
        {type: linear, name: F6, units: 84}

    Reference:
        LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, section II-B (layer F6); torch.nn.Linear.
    """

    ranks: ClassVar[tuple[int, ...]] = EVERY_RANK

    bias: Bias = True
    axis: Annotated[
        AxisName | None, Meta(description=f"along which axis: {ANY_AXIS}; left out, the input is a vector")
    ] = None

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's sizes, with the units along the axis."""
        return resized(inputs[0], self._place(inputs), self._units(inputs))

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return units·(inputs + bias)."""
        fan = self._fan(inputs)
        return self._units(inputs) * (fan + term("bias", 1) if self.bias else fan)

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return a row of weights, and a bias, for each unit."""
        bias: Tensors = {"bias": (self._units(inputs).value,)} if self.bias else {}
        return super().tensors(inputs) | bias

    def macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return units·inputs for each row."""
        return self._each_row(inputs, self._units(inputs) * self._fan(inputs))

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return one for each number the layer stores, in each row."""
        return self._each_row(inputs, self.params(inputs))

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one addition per unit for the bias."""
        if not self.bias:
            return Operations()
        return Operations(additions=self._each_row(inputs, self._units(inputs) * term("bias", 1)))

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the whole input, or the whole axis."""
        place = self._place(inputs)
        if len(inputs[0]) == 1:
            return WHOLE
        return read_along(inputs[0], {place: all_of(inputs[0][place])})

    def reads(self) -> Reads:
        """Return the input, for the weights."""
        return Reads(for_weights=True)

    def _place(self, inputs: tuple[Shape, ...]) -> int:
        if self.axis is not None:
            return place_of(self.axis, inputs[0])
        if len(inputs[0]) > 1:
            got = f"a {rank_of(inputs[0]).noun} of {show(inputs[0])}"
            way_out = "put a 'flatten' above it, or name its 'axis:'"
            raise Misfit(f"linear needs {RANKS[0].described}, got {got}; {way_out}", code="shape/rank")
        return 0

    def _each_row(self, inputs: tuple[Shape, ...], work: Term) -> Term:
        return work if len(inputs[0]) == 1 else rows(inputs[0], self._place(inputs)) * work


class Rbf(_Dense, frozen=True, kw_only=True):
    """LeNet-5's output layer: each unit is the squared distance of the input to a code word.

    Rule:
        y_i = sum over j of (x_j - w_ij)^2
        params      = units·inputs, all of them fixed unless `learned: true`
        MACs        = units·inputs, one for each input and unit
        connections = units·inputs; an RBF unit has no bias

    Example:
        {type: rbf, name: output, units: 10}

    Reference:
        LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, section II-B, equation (7).
    """

    learned: Annotated[bool, Meta(description="whether training changes the code words")] = False

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return units·inputs."""
        return self._units(inputs) * self._fan(inputs)

    def trains(self) -> bool:
        """Say whether the code words are learned."""
        return self.learned

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one subtraction for each input and unit."""
        return Operations(additions=self.params(inputs))

    def reads(self) -> Reads:
        """Return the input: both gradients need its distance from each code word."""
        return Reads(inputs=True, for_weights=True)
