"""Activations made of the softplus, and one that saturates as slowly."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.layers.activation import Activation, Cost
from cnnstat.layers.base import Operations, Shape, values


class Softplus(Activation, frozen=True, kw_only=True):
    """The smooth rectifier.

    Rule:
        y = log(1 + e^(beta·x))/beta
        per value: 2 exponentials (a logarithm counts as one), 1 addition; with another beta than 1
        1 multiplication and 1 division

    Example:
        {type: softplus}

    Reference:
        Glorot, Bordes, Bengio, AISTATS 2011, section 3.1.
    """

    cost: ClassVar[Cost] = {"exponentials": 2, "additions": 1}
    keeps_zeros: ClassVar[bool] = False

    beta: Annotated[
        float, Meta(gt=0, description="factor of the input, which is divided by it at the end")
    ] = 1.0

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the cost, and that of beta."""
        if self.beta == 1:
            return super().operations(inputs)
        count = values(inputs[0])
        return Operations(exponentials=2 * count, additions=count, multiplications=count, divisions=count)


class Mish(Activation, frozen=True, kw_only=True):
    """The self-regularised activation of YOLOv4.

    Rule:
        y = x·tanh(log(1 + e^x)): a `softplus`, a `tanh` and 1 multiplication per value

    Example:
        {type: mish}

    Reference:
        Misra, arXiv:1908.08681, equation (1).
    """

    cost: ClassVar[Cost] = {"exponentials": 3, "additions": 3, "multiplications": 2, "divisions": 1}


class Softsign(Activation, frozen=True, kw_only=True):
    """A squashing function without exponentials.

    Rule:
        y = x/(1 + |x|): 1 comparison, 1 addition, 1 division per value

    Example:
        {type: softsign}

    Reference:
        Glorot and Bengio, AISTATS 2010, section 3.
    """

    cost: ClassVar[Cost] = {"comparisons": 1, "additions": 1, "divisions": 1}
