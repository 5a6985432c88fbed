"""Activations: one function, applied to every value."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from msgspec import Meta

from cnnstat.base.arithmetic import Term, term
from cnnstat.layers.base import Layer, Operations, Reads, Shape, Tensors, values

Cost: TypeAlias = dict[
    Literal["additions", "multiplications", "comparisons", "divisions", "exponentials", "roots"], int
]
"""How many operations, by the kinds of `Operations`."""

Slope = Annotated[float, Meta(description="factor of negative inputs")]


class Activation(Layer, frozen=True, kw_only=True):
    """A function of one value.

    ``cost`` counts the operations per value; ``reads_output`` says that the derivative is a function of
    the output. Most are 0 at 0; the others say that they keep no zeros.
    """

    family: ClassVar[str] = "activation"
    cost: ClassVar[Cost] = {}
    reads_output: ClassVar[bool] = False
    keeps_zeros: ClassVar[bool] = True
    pointwise: ClassVar[bool] = True

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the cost of one value times their number."""
        count = values(inputs[0])
        return Operations(
            **{kind: times * count if times > 1 else count for kind, times in self.cost.items()}
        )

    def reads(self) -> Reads:
        """Return the input, or the output where the derivative is a function of it."""
        return Reads(inputs=not self.reads_output, output=self.reads_output)


class Relu(Activation, frozen=True, kw_only=True):
    """The rectifier.

    Rule:
        y = max(x, 0): one comparison per value

    Example:
        {type: relu}

    Reference:
        Nair and Hinton, ICML 2010; Krizhevsky, Sutskever, Hinton, NIPS 2012, section 3.1.
    """

    cost: ClassVar[Cost] = {"comparisons": 1}
    reads_output: ClassVar[bool] = True


class Relu6(Activation, frozen=True, kw_only=True):
    """The rectifier with a ceiling of 6.

    Rule:
        y = min(max(x, 0), 6): two comparisons per value

    Example:
        {type: relu6}

    Reference:
        Sandler et al., MobileNetV2, arXiv:1801.04381, section 4.
    """

    cost: ClassVar[Cost] = {"comparisons": 2}
    reads_output: ClassVar[bool] = True


class LeakyRelu(Activation, frozen=True, kw_only=True):
    """The rectifier that lets a part of negative inputs through.

    Rule:
        y = x where x > 0, else slope·x: one comparison and one multiplication per value,
        as all branches count for every value

    Example:
        {type: leaky_relu, slope: 0.1}

    Reference:
        Maas, Hannun, Ng, ICML 2013.
    """

    cost: ClassVar[Cost] = {"comparisons": 1, "multiplications": 1}

    slope: Slope = 0.01


class Prelu(Activation, frozen=True, kw_only=True):
    """The rectifier whose slope for negative inputs is trained, one per channel or one for all.

    Rule:
        y = x where x > 0, else slope·x: one comparison and one multiplication per value
        params = channels, or 1 with `shared: true`

    Example:
        {type: prelu}

    Reference:
        He, Zhang, Ren, Sun, arXiv:1502.01852, section 2.1.
    """

    cost: ClassVar[Cost] = {"comparisons": 1, "multiplications": 1}
    pointwise: ClassVar[bool] = False

    shared: Annotated[bool, Meta(description="whether all channels share one slope")] = False

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return one slope per channel, or one."""
        return term("slope", 1) if self.shared else term("channels", inputs[0][0])

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return the slopes."""
        return {"weight": (1,) if self.shared else inputs[0][:1]}

    def reads(self) -> Reads:
        """Return the input: where it is negative both gradients need the slope or the value."""
        return Reads(inputs=True, for_weights=True)


class Elu(Activation, frozen=True, kw_only=True):
    """The exponential linear unit.

    Rule:
        y = x where x > 0, else alpha·(e^x - 1)
        per value: 1 comparison, 1 exponential, 1 addition, 1 multiplication

    Example:
        {type: elu}

    Reference:
        Clevert, Unterthiner, Hochreiter, arXiv:1511.07289, section 3.
    """

    cost: ClassVar[Cost] = {"comparisons": 1, "exponentials": 1, "additions": 1, "multiplications": 1}

    alpha: Annotated[float, Meta(description="the limit for negative inputs, negated")] = 1.0


class Selu(Activation, frozen=True, kw_only=True):
    """The self-normalising exponential linear unit.

    Rule:
        y = 1.0507·x where x > 0, else 1.0507·1.67326·(e^x - 1)
        per value: 1 comparison, 1 exponential, 1 addition, 1 multiplication

    Example:
        {type: selu}

    Reference:
        Klambauer, Unterthiner, Mayr, Hochreiter, arXiv:1706.02515, equation (2).
    """

    cost: ClassVar[Cost] = {"comparisons": 1, "exponentials": 1, "additions": 1, "multiplications": 1}


class Gelu(Activation, frozen=True, kw_only=True):
    """The Gaussian error linear unit.

    Rule:
        y = x·(1 + erf(x/sqrt 2))/2
        per value: 1 erf (counts as an exponential), 1 addition, 3 multiplications
        approximate: tanh - y = x·(1 + tanh(sqrt(2/pi)·(x + 0.044715·x·x·x)))/2
        per value: 1 tanh (as `tanh` counts it), 2 additions, 6 multiplications

    Example:
        {type: gelu}

    Reference:
        Hendrycks and Gimpel, arXiv:1606.08415, section 2.
    """

    cost: ClassVar[Cost] = {"exponentials": 1, "additions": 1, "multiplications": 3}

    approximate: Annotated[
        Literal["none", "tanh"], Meta(description="the exact function, or the paper's tanh form")
    ] = "none"

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the cost of the chosen form."""
        if self.approximate == "none":
            return super().operations(inputs)
        count = values(inputs[0])
        return Operations(additions=4 * count, multiplications=7 * count, divisions=count, exponentials=count)


class Silu(Activation, frozen=True, kw_only=True):
    """The sigmoid-weighted linear unit, also called swish.

    Rule:
        y = x/(1 + e^-x): 1 exponential, 1 addition, 1 division per value

    Example:
        {type: silu}

    Reference:
        Elfwing, Uchibe, Doya, arXiv:1702.03118; Ramachandran, Zoph, Le, arXiv:1710.05941.
    """

    cost: ClassVar[Cost] = {"exponentials": 1, "additions": 1, "divisions": 1}


class HardSwish(Activation, frozen=True, kw_only=True):
    """Swish made of straight lines.

    Rule:
        y = x·min(max(x + 3, 0), 6)/6
        per value: 1 addition, 2 comparisons, 1 multiplication, 1 division

    Example:
        {type: hard_swish}

    Reference:
        Howard et al., MobileNetV3, arXiv:1905.02244, section 5.2.
    """

    cost: ClassVar[Cost] = {"comparisons": 2, "additions": 1, "multiplications": 1, "divisions": 1}


class HardSigmoid(Activation, frozen=True, kw_only=True):
    """The sigmoid made of straight lines.

    Rule:
        y = min(max(x + 3, 0), 6)/6: 1 addition, 2 comparisons, 1 division per value

    Example:
        {type: hard_sigmoid}

    Reference:
        Howard et al., MobileNetV3, arXiv:1905.02244, section 5.2.
    """

    cost: ClassVar[Cost] = {"comparisons": 2, "additions": 1, "divisions": 1}
    keeps_zeros: ClassVar[bool] = False


class Sigmoid(Activation, frozen=True, kw_only=True):
    """The logistic function.

    Rule:
        y = 1/(1 + e^-x): 1 exponential, 1 addition, 1 division per value

    Example:
        {type: sigmoid}

    Reference:
        LeCun, Bottou, Orr, Mueller, Efficient BackProp, 1998, section 4.4.
    """

    cost: ClassVar[Cost] = {"exponentials": 1, "additions": 1, "divisions": 1}
    reads_output: ClassVar[bool] = True
    keeps_zeros: ClassVar[bool] = False


class Tanh(Activation, frozen=True, kw_only=True):
    """The hyperbolic tangent.

    Rule:
        y = tanh(x) = 1 - 2/(e^2x + 1)
        per value: 1 exponential, 2 additions, 1 multiplication, 1 division

    Example:
        {type: tanh}

    Reference:
        LeCun, Bottou, Orr, Mueller, Efficient BackProp, 1998, section 4.4.
    """

    cost: ClassVar[Cost] = {"exponentials": 1, "additions": 2, "multiplications": 1, "divisions": 1}
    reads_output: ClassVar[bool] = True


class ScaledTanh(Activation, frozen=True, kw_only=True):
    """LeNet-5's squashing function.

    Rule:
        y = A·tanh(S·x) with A = 1.7159 and S = 2/3, so that f(1) = 1 and f(-1) = -1
        per value: a `tanh` and 2 multiplications

    Example:
        {type: scaled_tanh}

    Reference:
        LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, section II-B and appendix A.
    """

    cost: ClassVar[Cost] = {"exponentials": 1, "additions": 2, "multiplications": 3, "divisions": 1}
    reads_output: ClassVar[bool] = True

    amplitude: Annotated[float, Meta(gt=0, description="A, the largest value")] = 1.7159
    slope: Annotated[float, Meta(description="S, the factor of the input")] = 2 / 3
