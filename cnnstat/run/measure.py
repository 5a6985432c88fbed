"""The figures of a layer, measured on the arrays of a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnstat.run import OPS

if TYPE_CHECKING:
    from cnnstat.run.network import Network, Visit
    from cnnstat.run.op import Array


@dataclass(frozen=True, slots=True)
class Measured:
    """What a layer turned out to be, for one sample.

    `output_shape` is channels first; `activations` counts its numbers. `params` and `buffers` are allocated
    numbers, `trainable` those with a gradient. `macs` were tallied where operands met; `padding_macs` and
    `connections` come from running ones through ones.
    """

    output_shape: tuple[int, ...]
    params: int
    trainable: int
    buffers: int
    macs: int
    padding_macs: int
    connections: int
    activations: int


def measure(network: Network, visit: Visit) -> Measured:
    """Measure one layer.

    Raises:
        ValueError: the samples of a batch were not treated alike.
    """
    stored = network.stored[visit.number]
    trainable = _total(stored.trained)
    macs, uneven = divmod(visit.macs, len(visit.output))
    if uneven:
        raise ValueError(f"{visit.step.name}: {visit.macs} multiply-adds for {len(visit.output)} samples")
    read = _links(network, visit)
    op = OPS[visit.step.type]
    activations = visit.output[0].size
    return Measured(
        output_shape=visit.output.shape[1:],
        params=trainable + _total(stored.fixed),
        trainable=trainable,
        buffers=_total(stored.buffers),
        macs=macs,
        padding_macs=macs - read if op.contracts else 0,
        connections=read + (activations if op.links and "bias" in stored.all else 0),
        activations=activations,
    )


def _total(tensors: dict[str, Array]) -> int:
    return sum(tensor.size for tensor in tensors.values())


def _links(network: Network, visit: Visit) -> int:
    """Return how many inputs the units read together, padding excluded."""
    links = OPS[visit.step.type].links
    if links is None:
        return 0
    first = tuple(x[:1] for x in visit.inputs)
    # A unit reads fewer than 2^24 inputs, a whole number in float32; their sum needs float64.
    return int(links(first, network.stored[visit.number].all, visit.step.options).sum(dtype="float64"))
