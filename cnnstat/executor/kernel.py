"""The shape of every kernel of the done hall: arrays in, arrays out, and the way back.

A kernel receives batched arrays, (N, C, H, W), (N, C, L) or (N, F), the parameters allocated for it and the
options as the author wrote them. It never receives a size: whatever it needs it reads from the arrays.

Any real or complex floating type goes through `forward`. A complex input x + ih must give f(x) + ih f'(x)
up to terms in h^2 (the complex-step derivative of Squire and Trapp, SIAM Review 40, 1998), so decisions
such as `max` look at the real part only and nothing calls `abs` or `conj`. `Backward` is for real arrays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from cnnstat.executor.mac_counter import MacCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


PIECE = 1 << 18
"""Numbers drawn at a time."""


def is_finite(x: Array) -> bool:
    """Say whether an array holds neither NaN nor infinite numbers."""
    return bool(np.isfinite(x).all())


def quiet() -> np.errstate:
    """Return a context without NumPy's warnings: what overflows is found in the numbers that come out."""
    return np.errstate(all="ignore")


Array: TypeAlias = npt.NDArray[Any]
Part = TypeVar("Part")
Inputs: TypeAlias = tuple[Array, ...]
Params: TypeAlias = "Mapping[str, Array]"
Options: TypeAlias = "Mapping[str, Any]"
KernelGradients: TypeAlias = tuple[tuple[Array, ...], dict[str, Array]]
Result: TypeAlias = "tuple[Array, Backward | None]"


@dataclass(frozen=True, slots=True)
class Context:
    """What a run decides for all its layers.

    `training` switches dropout and the statistics of batch norm; `backward` asks for the way back (without it
    nothing is kept); `rng` draws the masks of dropout; `mac_counter` counts multiply-adds, both
    ways.
    """

    mac_counter: MacCounter
    rng: np.random.Generator
    training: bool = False
    backward: bool = True


def aside() -> Context:
    """Return the context of a pass beside the run proper: nothing is drawn, kept or counted."""
    return Context(MacCounter(), np.random.default_rng(0), backward=False)


@dataclass(frozen=True, slots=True)
class Backward:
    """A rule and what forward kept for it: from dL/dy to the gradients of each input and each parameter."""

    rule: Callable[..., KernelGradients]
    kept: tuple[Any, ...]

    def __call__(self, dy: Array) -> KernelGradients:
        """Return one gradient per input, in order, and one per trained parameter, by name."""
        return self.rule(dy, *self.kept)


def backward(context: Context, rule: Callable[..., KernelGradients], *kept: Any) -> Backward | None:
    """Keep what `rule` needs, or nothing at all when no way back was asked for."""
    return Backward(rule, kept) if context.backward else None


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers a layer stores, by PyTorch's names.

    `trained` are changed by training; `fixed` are parameters that are not (LeNet-5's code book); `buffers`
    are statistics, no parameters at all, and are updated in place by a forward pass in training.
    """

    trained: dict[str, Array] = field(default_factory=dict)
    fixed: dict[str, Array] = field(default_factory=dict)
    buffers: dict[str, Array] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, Array]:
        """Everything under one roof, as `forward` wants it."""
        return {**self.trained, **self.fixed, **self.buffers}


def fixed(parameters: Parameters) -> Parameters:
    """Return the same tensors, none of them trained."""
    return Parameters({}, {**parameters.trained, **parameters.fixed}, parameters.buffers)


class Forward(Protocol):
    """The type of a kernel."""

    def __call__(self, inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
        """Compute y, and the way back from dL/dy."""


class Allocate(Protocol):
    """The type of a function that makes a layer's parameters, from the shape and type of its inputs alone."""

    def __call__(self, inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
        """Draw the first values."""


def nothing(inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
    """Allocate nothing: most layers store no numbers."""
    return Parameters()


class Links(Protocol):
    """The type of a function that counts, for each output unit, the inputs it reads, padding excluded."""

    def __call__(self, inputs: Inputs, params: Params, options: Options) -> Array:
        """Count by sending ones through."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """One layer type, done.

    `links` is there for types whose units are connected in LeCun's sense; with `contracts`, each input that a
    unit reads is one multiply-add, so that multiply-adds beyond the links are work on padding.
    """

    forward: Forward
    parameters: Allocate = nothing
    links: Links | None = None
    contracts: bool = False


def ones_through(forward: Forward) -> Links:
    """Count links by running ones through weights of ones, without bias."""

    def links(inputs: Inputs, params: Params, options: Options) -> Array:
        ones = tuple(np.ones_like(x) for x in inputs)
        y, _ = forward(ones, {"weight": np.ones_like(params["weight"])}, options, aside())
        return y

    return links


def width(option: int | Fraction, channels: int) -> int:
    """Return a number of channels: an int is a count, a Fraction a multiple of the input's channels."""
    if not isinstance(option, Fraction):
        return option
    whole = option * channels
    if whole.denominator != 1:
        raise ValueError(f"{option} of {channels} channels is not a whole number")
    return int(whole)


def per_axis(option: Any, rank: int) -> tuple[int, ...]:
    """Return one number per axis from a number or a tuple with one per axis."""
    values = (option,) * rank if isinstance(option, int) else tuple(option)
    if len(values) != rank:
        raise ValueError(f"{len(values)} numbers for {rank} axes: {option}")
    return values


def both_sides(option: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """Return (before, after) per axis from a number, one number per axis, or both sides of each axis."""
    if not isinstance(option, int) and len(option) == 2 * rank:
        return tuple(zip(option[::2], option[1::2], strict=True))
    return tuple((each, each) for each in per_axis(option, rank))


def inwards(parts: Sequence[Part]) -> list[tuple[int, Part]]:
    """Pair what there is for each axis of positions with its number, the last axis first."""
    return list(enumerate(parts, 2))[::-1]


def real_type(x: Array) -> np.dtype[Any]:
    """Return the type parameters get beside x: that of its real part."""
    return x.real.dtype


def spatial(x: Array) -> tuple[int, ...]:
    """Return the axes behind batch and channels."""
    return tuple(range(2, x.ndim))


def per_channel(v: Array, x: Array) -> Array:
    """View a vector (C,) so that it meets the channels of x."""
    y: Array = v.reshape(-1, *(1,) * (x.ndim - 2))
    return y


def add_bias(y: Array, bias: Array) -> Array:
    """Add a number per channel to y, a fresh array: in place unless the type of the bias is wider."""
    if np.can_cast(bias.dtype, y.dtype):
        y += per_channel(bias, y)
        return y
    return y + per_channel(bias, y)


def at(axis: int, *index: Any) -> tuple[Any, ...]:
    """Return what picks `index` from one axis on, and everything on the axes before it."""
    return (*(slice(None),) * axis, *index)


def he_normal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, like: Array) -> Array:
    """Draw weights with variance 2/fan_in (He et al., Delving deep into rectifiers, 2015)."""
    values = normal(rng, shape, real_type(like))
    values *= math.sqrt(2 / fan_in)
    return values


def normal(rng: np.random.Generator, shape: tuple[int, ...], kind: np.dtype[Any]) -> Array:
    """Draw normal numbers, the same ones for every type; float64 copies of them are made in pieces."""
    values = np.empty(math.prod(shape), kind)
    for start in range(0, len(values), PIECE):
        part = values[start : start + PIECE]
        part[:] = rng.standard_normal(len(part))
    return values.reshape(shape)


def draw_bias(rng: np.random.Generator, count: int, fan_in: int, like: Array) -> Array:
    """Draw biases, uniform within 1/sqrt(fan_in) as PyTorch does: a zero bias would hide a missing one."""
    reach = 1 / math.sqrt(fan_in)
    return rng.uniform(-reach, reach, count).astype(real_type(like))
