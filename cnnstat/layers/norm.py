"""Normalisation, and the learned scale that replaces it in some networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from msgspec import Meta

from cnnstat.base.arithmetic import ZERO, Term, term
from cnnstat.base.errors import Misfit
from cnnstat.layers.axis import NAMES, place_of, read_along, rows
from cnnstat.layers.base import (
    APART,
    MIXED,
    WHOLE,
    WITH_PLACES,
    Count,
    Footprint,
    Layer,
    Operations,
    Reads,
    Shape,
    Tensors,
    Width,
    positions,
    values,
    width_of,
)
from cnnstat.layers.footprint import Bounds, all_of, window

_AFFINE = term("scale", 1) + term("shift", 1)

Affine = Annotated[bool, Meta(description="whether a trained scale and shift follow")]
Epsilon = Annotated[float, Meta(gt=0, description="added to the variance")]

if TYPE_CHECKING:
    NormAxes: TypeAlias = str
else:
    NormAxes = Literal["all", *NAMES]


class _Norm(Layer, frozen=True, kw_only=True):
    """A norm with a scale and a shift for each channel."""

    family: ClassVar[str] = "norm"

    affine: Affine = True
    eps: Epsilon = 1e-5

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return 2·channels where there are a scale and a shift."""
        return term("channels", inputs[0][0]) * _AFFINE if self.affine else ZERO

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return the scale and the shift."""
        return {name: self._scaled(inputs) for name in ("weight", "bias")} if self.affine else {}

    def _scaled(self, inputs: tuple[Shape, ...]) -> Shape:
        """Return the shape of the scale and of the shift."""
        return inputs[0][:1]

    def reads(self) -> Reads:
        """Return the input: both gradients need its normalised values."""
        return Reads(inputs=True, for_weights=True)


class BatchNorm(_Norm, frozen=True, kw_only=True):
    """Batch normalisation: each channel is centred and scaled by statistics of the batch.

    Rule:
        params     = 2·channels (scale and shift); buffers = 2·channels (running mean and variance)
        operations = one multiplication and one addition per value at inference, when the statistics
                     are constants and fold into one factor and one offset per channel

    Example:
        {type: batch_norm}

    Reference:
        Ioffe and Szegedy, arXiv:1502.03167, section 3.
    """

    momentum: Annotated[float, Meta(ge=0, le=1, description="weight of the new batch in the buffers")] = 0.1

    def buffers(self, inputs: tuple[Shape, ...]) -> Term:
        """Return 2·channels."""
        return term("channels", inputs[0][0]) * (term("mean", 1) + term("variance", 1))

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return the scale and the shift, and the statistics."""
        statistics = dict.fromkeys(("running_mean", "running_var"), inputs[0][:1])
        return super().tensors(inputs) | statistics

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one multiplication and one addition per value."""
        count = values(inputs[0])
        return Operations(multiplications=count, additions=count)


class _SampleNorm(_Norm, frozen=True, kw_only=True):
    """A norm over parts of each sample: mean and variance are found anew for each part."""

    def parts(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the number of parts that have a mean and a variance of their own."""
        raise NotImplementedError

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return the work of mean, variance, centring and scaling.

        Per part of n values: 2·(n - 1) additions for the two sums, n subtractions of the mean, n squares,
        one addition of eps, one root and three divisions (mean, variance, 1/root). Then one
        multiplication per value, and one multiplication and one addition more where there is an affine map.
        """
        count, parts = values(inputs[0]), self.parts(inputs)
        affine = 1 if self.affine else 0
        return Operations(
            additions=(3 + affine) * count - parts,
            multiplications=(2 + affine) * count,
            divisions=3 * parts,
            roots=parts,
        )

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the whole input: the statistics are those of the whole map."""
        return WHOLE


class LayerNorm(_SampleNorm, frozen=True, kw_only=True):
    """Layer normalisation over the whole sample, or along one axis.

    Rule:
        axes: all      - params = 2·channels·height·width
        axes: channels - params = 2·channels, statistics for each position (ConvNeXt, transformers)
        axes: width    - params = 2·width, statistics for each row of each channel; so for any axis
        per n values that share a mean: 3n - 1 additions, 2n multiplications, 3 divisions, 1 root;
        n more additions and multiplications with `affine`

    Example:
        {type: layer_norm, axes: channels, eps: 1.0e-6}

    Reference:
        Ba, Kiros, Hinton, arXiv:1607.06450; Liu et al., ConvNeXt, arXiv:2201.03545.
    """

    axes: Annotated[NormAxes, Meta(description="what a mean is taken over: everything, or one axis")] = "all"

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's shape."""
        self.parts(inputs)
        return Layer.sizes(self, inputs)

    def parts(self, inputs: tuple[Shape, ...]) -> Term:
        """Return one, or one per row of numbers along the axis."""
        if self.axes == "all":
            return term("parts", 1)
        return rows(inputs[0], place_of(self.axes, inputs[0], "axes"))

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return a scale and a shift for each normalised value."""
        if not self.affine:
            return ZERO
        if self.axes == "all":
            return values(inputs[0]) * _AFFINE
        return term(self.axes, inputs[0][place_of(self.axes, inputs[0], "axes")]) * _AFFINE

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say whether a mean is taken over channels."""
        mixed = self.axes == "all" or place_of(self.axes, inputs[0], "axes") == 0
        return MIXED if mixed else APART

    def _scaled(self, inputs: tuple[Shape, ...]) -> Shape:
        if self.axes == "all":
            return inputs[0]
        return (inputs[0][place_of(self.axes, inputs[0], "axes")],)

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the whole input, or the whole axis."""
        if self.axes == "all":
            return WHOLE
        place = place_of(self.axes, inputs[0], "axes")
        return read_along(inputs[0], {place: all_of(inputs[0][place])})


class GroupNorm(_SampleNorm, frozen=True, kw_only=True):
    """Group normalisation: the channels of a group share one mean and variance per sample.

    Rule:
        params = 2·channels; statistics over channels/groups·height·width values
        operations as in `layer_norm`, per group

    Example:
        {type: group_norm, groups: 32}

    Reference:
        Wu and He, arXiv:1803.08494, section 3.
    """

    groups: Annotated[Width, Meta(description="number of groups of channels")]

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's shape."""
        self.parts(inputs)
        return Layer.sizes(self, inputs)

    def parts(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the number of groups."""
        channels = inputs[0][0]
        groups = width_of(self.groups, channels, "groups")
        if channels % groups:
            message = f"{channels} input channels cannot be split into {groups} equal groups"
            raise Misfit(message, code="shape/groups", field="groups")
        return term("groups", groups)

    def period(self, inputs: tuple[Shape, ...]) -> int:
        """Return the numbers of a group of a vector."""
        groups = self.parts(inputs).value
        return inputs[0][0] // groups if len(inputs[0]) == 1 < groups else 1

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the whole input; of a vector the numbers of a group."""
        size = inputs[0][0] // self.parts(inputs).value
        if len(inputs[0]) > 1 or size == inputs[0][0]:
            return WHOLE
        return (Bounds(size, (0,) * size, (size - 1,) * size),)


class InstanceNorm(_SampleNorm, frozen=True, kw_only=True):
    """Instance normalisation: each map of each sample has its own mean and variance.

    Rule:
        params = 2·channels with `affine: true`, else none
        operations as in `layer_norm`, per map

    Example:
        {type: instance_norm}

    Reference:
        Ulyanov, Vedaldi, Lempitsky, arXiv:1607.08022.
    """

    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES

    affine: Affine = False

    def parts(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the number of maps."""
        return term("channels", inputs[0][0])


class LocalResponseNorm(Layer, frozen=True, kw_only=True):
    """Local response normalisation across neighbouring channels (AlexNet). No parameters.

    Rule:
        b_i = a_i / (k + alpha·sum of a_j^2 over `size` channels around i)^beta
        Of an even size one channel more lies before i than behind it, as in PyTorch.
        The paper does not divide alpha by the size; Caffe and PyTorch do: `divide_alpha: true`.
        per value: the squares and their sum, 2 multiplications, 1 addition, 1 power, 1 division
        (a power counts as an exponential)

    Example:
        {type: local_response_norm, size: 5, alpha: 1.0e-4, beta: 0.75, k: 2}

    Reference:
        Krizhevsky, Sutskever, Hinton, NIPS 2012, section 3.3.
    """

    family: ClassVar[str] = "norm"

    size: Annotated[Count, Meta(description="channels in the sum")] = 5
    alpha: Annotated[float, Meta(ge=0, description="weight of the sum")] = 1e-4
    beta: Annotated[float, Meta(ge=0, description="exponent")] = 0.75
    k: Annotated[float, Meta(gt=0, description="constant that is added to the sum")] = 2.0
    divide_alpha: Annotated[bool, Meta(description="whether alpha is divided by the size")] = False

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return squares, sums, the power and the division.

        Per value: one square, size - 1 additions (fewer at the first and last channels), one
        multiplication by alpha, one addition of k, a power (one exponential), and one division.
        """
        count = values(inputs[0])
        summands = term("squares in the sums", _summands(inputs[0][0], self.size))
        return Operations(
            additions=summands * positions(inputs[0]),  # one less in each sum, and one more for k
            multiplications=2 * count,
            divisions=count,
            exponentials=count,
        )

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the position itself; of a vector a window over its numbers."""
        return read_along(inputs[0], {0: window(1, -(self.size // 2), self.size)})

    def reads(self) -> Reads:
        """Return the input."""
        return Reads(inputs=True)


class Scale(Layer, frozen=True, kw_only=True):
    """A learned factor for each channel (ConvNeXt's layer scale).

    Rule:
        params     = channels
        operations = one multiplication per value

    Example:
        {type: scale, init: 1.0e-6}

    Reference:
        Touvron et al., arXiv:2103.17239, section 2; Liu et al., ConvNeXt, arXiv:2201.03545.
    """

    family: ClassVar[str] = "norm"
    keeps_zeros: ClassVar[bool] = True

    init: Annotated[float, Meta(description="the factors before training")] = 1e-6

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return one per channel."""
        return term("channels", inputs[0][0])

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return the factors."""
        return {"weight": inputs[0][:1]}

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one multiplication per value."""
        return Operations(multiplications=values(inputs[0]))

    def reads(self) -> Reads:
        """Return the input, for the factor."""
        return Reads(for_weights=True)


def _summands(channels: int, size: int) -> int:
    """Return the summands of all channels: windows of ``size`` clipped at the first and last channel."""
    before, after = min(size // 2, channels - 1), min((size - 1) // 2, channels - 1)
    return channels * (before + 1 + after) - (before * (before + 1) + after * (after + 1)) // 2
