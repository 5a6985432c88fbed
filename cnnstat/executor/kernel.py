"""The shape of every kernel: arrays in, arrays out, and the way back.

A kernel receives batched arrays, (N, C, ...positions) or (N, F), the parameters allocated for it and the
options as the author wrote them. It never receives a size: whatever it needs it reads from the arrays.

Any real or complex floating type goes through `forward`. A complex input x + ih must give f(x) + ih f'(x)
up to terms in h^2 (the complex-step derivative of Squire and Trapp, SIAM Review 40, 1998), so decisions
such as `max` look at the real part only and nothing calls `abs` or `conj`. `Backward` is for real arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from cnnstat.executor.axes import ANY
from cnnstat.executor.parameters import Parameters, no_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.executor.mac_counter import MacCounter
    from cnnstat.executor.projection import Projection

Array: TypeAlias = npt.NDArray[Any]
Inputs: TypeAlias = tuple[Array, ...]
Params: TypeAlias = "Mapping[str, Array]"
Options: TypeAlias = "Mapping[str, Any]"
KernelGradients: TypeAlias = tuple[tuple[Array, ...], dict[str, Array]]
Result: TypeAlias = "tuple[Array, Backward | None]"


def is_finite(x: Array) -> bool:
    """Say whether an array holds neither NaN nor infinite numbers."""
    return bool(np.isfinite(x).all())


def quiet() -> np.errstate:
    """Return a context without NumPy's warnings: what overflows is found in the numbers that come out."""
    return np.errstate(all="ignore")


@dataclass(frozen=True, slots=True)
class Backward:
    """A rule and what forward kept for it: from dL/dy to the gradients of each input and each parameter."""

    rule: Callable[..., KernelGradients]
    kept: tuple[Any, ...]

    def __call__(self, dy: Array) -> KernelGradients:
        """Return one gradient per input, in order, and one per trained parameter, by name."""
        return self.rule(dy, *self.kept)


@dataclass(frozen=True, slots=True)
class Context:
    """What a run decides for all its layers.

    `training` switches dropout and the statistics of batch norm; `backward` asks for the way back;
    `mac_counter` counts multiply-adds, both ways. `seed` is that of the masks of dropout.
    """

    mac_counter: MacCounter
    seed: int | tuple[int, ...] = 0
    training: bool = False
    backward: bool = True

    def rng(self) -> np.random.Generator:
        """Return a fresh generator: to seed one takes longer than many a layer of a small network."""
        return np.random.default_rng(self.seed)

    def keep(self, rule: Callable[..., KernelGradients], *kept: Any) -> Backward | None:
        """Keep what `rule` needs to go back, or nothing at all when no way back was asked for."""
        return Backward(rule, kept) if self.backward else None


class Forward(Protocol):
    """The type of a kernel's function."""

    def __call__(self, inputs: Inputs, params: Params, options: Options, context: Context) -> Result:
        """Compute y, and the way back from dL/dy."""


class Allocate(Protocol):
    """The type of a function that makes a layer's parameters, from the shape and type of its inputs alone."""

    def __call__(self, inputs: Inputs, options: Options, rng: np.random.Generator) -> Parameters:
        """Draw the first values."""


class Connections(Protocol):
    """The type of a function that counts, for each output unit, the inputs it reads, padding excluded."""

    def __call__(self, inputs: Inputs, params: Params, options: Options) -> Array:
        """Count by sending the inputs through: ones, and zeros for what is padding already."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """One layer type, as it is executed.

    `projection` says what becomes of it on one axis and one channel, where its receptive field is measured.
    `connections` is there for types whose units are connected in LeCun's sense; with `contracts`, each input
    that a unit reads is one multiply-add, so that multiply-adds beyond them are work on padding. `axes` says
    how many axes of positions its inputs may have. With `joins`, each output reads all inputs, which have one
    shape, at its own place. The output of a `view` is a part of its first input. What
    `keeps_zeros` leaves a zero a zero, where it is, whatever the options.
    """

    forward: Forward
    projection: Projection
    parameters: Allocate = no_parameters
    connections: Connections | None = None
    contracts: bool = False
    axes: tuple[int, ...] = ANY
    joins: bool = False
    view: bool = False
    keeps_zeros: bool = False
