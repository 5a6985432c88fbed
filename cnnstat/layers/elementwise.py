"""Arithmetic on every value by itself."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.errors import Misfit
from cnnstat.layers.activation import Activation, Cost
from cnnstat.layers.base import Operations, Reads, Shape, same_sizes, values


class Abs(Activation, frozen=True, kw_only=True):
    """The absolute value. At 0 its slope is 0.

    Rule:
        y = |x|: one comparison per value

    Example:
        {type: abs}

    Reference:
        torch.abs; Jarrett et al., ICCV 2009, section 2.1 (rectification).
    """

    cost: ClassVar[Cost] = {"comparisons": 1}


class HardTanh(Activation, frozen=True, kw_only=True):
    """The hyperbolic tangent made of straight lines. `clamp` has other bounds.

    Rule:
        y = min(max(x, -1), 1): two comparisons per value

    Example:
        {type: hard_tanh}

    Reference:
        Collobert, PhD thesis, Universite de Paris VI, 2004; torch.nn.Hardtanh.
    """

    cost: ClassVar[Cost] = {"comparisons": 2}
    reads_output: ClassVar[bool] = True


class Clamp(Activation, frozen=True, kw_only=True):
    """Values kept within one or two bounds.

    Rule:
        y = min(max(x, min), max): one comparison per value for each bound; on a bound the slope is 1

    Example:
        {type: clamp, min: 0, max: 6}

    Reference:
        torch.clamp; ONNX Clip.
    """

    keeps_zeros: ClassVar[bool] = False

    min: Annotated[float | None, Meta(description="the least value")] = None
    max: Annotated[float | None, Meta(description="the largest value")] = None

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's shape."""
        if self.min is None and self.max is None:
            raise Misfit("clamp needs 'min:', 'max:' or both", code="option/missing")
        if self.min is not None and self.max is not None and self.min > self.max:
            message = f"the least value {self.min:g} is above the largest, {self.max:g}"
            raise Misfit(message, code="option/conflict", field="min")
        return same_sizes(inputs[0])

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one comparison per value for each bound."""
        bounds = sum(bound is not None for bound in (self.min, self.max))
        return Operations(comparisons=term("bounds", bounds) * values(inputs[0]))


class Power(Activation, frozen=True, kw_only=True):
    """A power of each value, which may be scaled and shifted before; with the exponent 1 that is all.

    Rule:
        y = (shift + scale·x)^exponent
        per value: 1 multiplication with a scale, 1 addition with a shift; and for the exponent 2
        1 multiplication, for 0.5 1 root, for -1 1 division, for 1 nothing, else 1 exponential

    Example:
        {type: power, scale: -1, shift: 1}

    Reference:
        Jia et al., Caffe, arXiv:1408.5093 (the layer Power).
    """

    keeps_zeros: ClassVar[bool] = False

    exponent: Annotated[float, Meta(description="the exponent")] = 1.0
    scale: Annotated[float, Meta(description="factor of the input")] = 1.0
    shift: Annotated[float, Meta(description="what is added to it")] = 0.0

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the work of scale, shift and power."""
        kinds = [
            *(["multiplications"] if self.scale != 1 else []),
            *(["additions"] if self.shift != 0 else []),
            *(_POWERS.get(self.exponent, ["exponentials"])),
        ]
        count = values(inputs[0])
        return Operations(
            **{kind: kinds.count(kind) * count if kinds.count(kind) > 1 else count for kind in kinds}
        )

    def reads(self) -> Reads:
        """Return the input, unless the slope is the same everywhere."""
        return Reads(inputs=self.exponent not in (0, 1) and self.scale != 0)


_POWERS = {1.0: [], 2.0: ["multiplications"], 0.5: ["roots"], -1.0: ["divisions"]}
"""What some powers cost; all others are an exponential of a logarithm, and count as one exponential."""
