"""Layers whose every unit reads the whole input vector."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import ZERO, Term, term
from cnnstat.layers.base import WHOLE, Footprint, Layer, Operations, Reads, Shape, Width, width_of
from cnnstat.layers.conv import Bias


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
        return self._units(inputs) * term("inputs", inputs[0][0])

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return one for each number the layer stores: they are not shared."""
        return self.params(inputs)

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the whole input."""
        return WHOLE

    def _units(self, inputs: tuple[Shape, ...]) -> Term:
        return term("units", width_of(self.units, inputs[0][0], "units"))


class Linear(_Dense, frozen=True, kw_only=True):
    """A fully connected layer: y = W·x + b on a vector. A map needs a `flatten` above.

    Rule:
        params      = units·(inputs + 1)
        MACs        = units·inputs
        connections = units·(inputs + 1)

    Example:
        {type: linear, name: F6, units: 84}

    Reference:
        LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, section II-B (layer F6).
    """

    bias: Bias = True

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return units·(inputs + bias)."""
        fan = term("inputs", inputs[0][0])
        return self._units(inputs) * (fan + term("bias", 1) if self.bias else fan)

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one addition per unit for the bias."""
        return Operations(additions=self._units(inputs) * term("bias", 1)) if self.bias else Operations()

    def reads(self) -> Reads:
        """Return the input, for the weights."""
        return Reads(for_weights=True)


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
        return self._units(inputs) * term("inputs", inputs[0][0])

    def trainable(self, inputs: tuple[Shape, ...]) -> Term:
        """Return no numbers, or all of them where the code words are learned."""
        return self.params(inputs) if self.learned else ZERO

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one subtraction for each input and unit."""
        return Operations(additions=self.params(inputs))

    def reads(self) -> Reads:
        """Return the input: both gradients need its distance from each code word."""
        return Reads(inputs=True, for_weights=True)
