"""What `trace` found out of one unit."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from cnnstat.commands.trace.working import Plane, Working  # noqa: TC001 - msgspec reads them
from cnnstat.report.document import NetworkDocument, Real


class Followed(Struct, frozen=True, kw_only=True):
    """The activation that alone reads the layer, at the same unit."""

    layer: str
    type: str
    working: Working


class Share(Struct, frozen=True, kw_only=True):
    """What one reader adds to the gradient of the unit."""

    layer: str
    type: str
    input: int
    """Which of the reader's inputs the layer is, from 1 on."""
    working: Working


class WeightGradient(Struct, frozen=True, kw_only=True):
    """The gradient of one number that the layer trains, and of all that stand beside it."""

    tensor: str
    index: tuple[int, ...]
    working: Working
    executed: Real
    """The same number, as the run has it: of shared weights what all layers add up to."""
    shared_with: tuple[str, ...]
    """Other layers that use the same weights, whose gradients come on top of the working's."""
    map: Plane
    """The gradients of its kernel or its row, as the run has them; the number itself is marked."""


class Backward(Struct, frozen=True, kw_only=True):
    """The way back to the unit."""

    loss: str
    value: Real
    """Of the loss."""
    written: bool
    """Whether dL/dy of the outputs is written in the spec; then the loss is the sum of output · this."""
    target: int | UnsetType = UNSET
    """Only of a loss over classes: the class of the sample."""
    from_loss: Working | UnsetType = UNSET
    """Only of an output of the network: dL/dy."""
    shares: tuple[Share, ...]
    gradient: Real
    """The sum of these: the delta of the unit."""
    executed: Real
    """The same number, as the run has it."""
    map: Plane
    """The deltas of the unit's channel, as the run has them; that of the unit is marked."""
    weights: tuple[WeightGradient, ...]


class TraceDocument(NetworkDocument, frozen=True, kw_only=True):
    """`trace`: how one unit of a layer comes about, and what comes back to it."""

    layer: str
    type: str
    inputs: tuple[str, ...]
    unit: tuple[int, ...]
    sample: int
    samples: int
    seed: int
    dtype: str
    training: bool
    values: tuple[str, ...]
    """What is written under `values:` in the spec."""
    drawn: bool
    """Whether something was drawn from the seed: an input, a weight, a mask, what to go back from."""
    weights: str | UnsetType = UNSET
    """Only where weights were read: the file, or the model that the network is."""
    own_weights: bool | UnsetType = UNSET
    """Only where weights were read: whether they are those of the model that the network is."""
    working: Working
    executed: Real
    """The same number, as the run has it."""
    map: Plane
    """The unit's channel, as the run has it; the unit is marked."""
    activation: Followed | UnsetType = UNSET
    """Only where an activation alone reads the layer."""
    backward: Backward | UnsetType = UNSET
    """Only with `--backward`."""
