"""The figures of a network, measured on its arrays while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.measure.receptive_field import MeasuredField, beyond_field, measure_fields
from cnnstat.executor.measure.vectors import BROKEN, StepRuns
from cnnstat.executor.measure.zero_frames import RealPositions
from cnnstat.executor.plugged import kernel_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch, Executor, Visit


@dataclass(frozen=True, slots=True)
class LayerMeasurements:
    """The figures of a layer, for one sample.

    `output_shape` is channels first; `activations` counts its numbers. `params` and `buffers` are allocated
    numbers, none where another layer's are used; `trainable` are those with a gradient. `macs` were counted
    where operands met; `padding_macs` and `connections` come from running ones through ones.
    """

    output_shape: tuple[int, ...]
    params: int
    trainable: int
    buffers: int
    macs: int
    padding_macs: int
    connections: int
    activations: int


@dataclass(frozen=True, slots=True)
class Measurements:
    """The figures of a network, layer by layer, and what it put out.

    `fields` are those of each step, on one input after the other. `beyond` names, for each input, steps where
    units saw one poisoned pixel that is not in their field. `peak_bytes` are those of the parameters and of
    the most activations that were alive at once.
    """

    layers: tuple[LayerMeasurements, ...]
    fields: tuple[tuple[MeasuredField, ...], ...]
    beyond: tuple[tuple[int, ...], ...]
    peak_bytes: int
    outputs: tuple[Array, ...]

    @property
    def broken(self) -> int:
        """Return how many numbers of the outputs are NaN or infinite."""
        return sum(int(y.size - np.isfinite(y).sum()) for y in self.outputs)


def measure_network(
    network: Executor, x: Batch, watch: Callable[[Visit], None] = lambda visit: None
) -> Measurements:
    """Run a batch forward, dropping each activation after its last reader, and measure every layer.

    `watch` is called with each visit.

    Raises:
        ValueError: x does not fit, or samples were not treated alike.
    """
    layers, outputs, alive = [], network.accepted(x), 0
    broken, real = set(), RealPositions()
    for visit in network.visits(x):
        layers.append(measure_layer(network, visit, real))
        if np.isnan(visit.output).any():
            broken.add(visit.number)
        alive = max(alive, visit.alive)
        if visit.number in network.program.outputs:
            outputs[visit.number] = visit.output
        watch(visit)
        del visit  # what it read may be freed before the next one
    shapes, inputs = [layer.output_shape for layer in layers], network.program.numbered_inputs
    steps = StepRuns()
    fields = [
        [
            MeasuredField(why=BROKEN) if i in broken else field
            for i, field in enumerate(measure_fields(network.program, shapes, number, steps))
        ]
        for number in inputs
    ]
    params = (v.nbytes for _, stored in network.owned() for v in (stored.trained | stored.fixed).values())
    return Measurements(
        layers=tuple(layers),
        fields=tuple(map(tuple, fields)),
        beyond=tuple(
            tuple(beyond_field(network, each, number)) for each, number in zip(fields, inputs, strict=True)
        ),
        peak_bytes=alive + sum(params),
        outputs=tuple(outputs[number] for number in network.program.outputs),
    )


def measure_layer(network: Executor, visit: Visit, real: RealPositions) -> LayerMeasurements:
    """Measure one layer; `real` are the positions that are no frame of zeros in what stands above it.

    Raises:
        ValueError: the samples of a batch were not treated alike.
    """
    stored = network.stored[visit.number]
    owned = visit.step.weights is None
    macs, uneven = divmod(visit.macs, len(visit.output))
    if uneven:
        raise ValueError(f"{visit.step.name}: {visit.macs} multiply-adds for {len(visit.output)} samples")
    read = _inputs_read(network, visit, real)
    kernel = kernel_of(visit.step.type)
    activations = visit.output[0].size
    return LayerMeasurements(
        output_shape=visit.output.shape[1:],
        params=owned * _total(stored.trained | stored.fixed),
        trainable=owned * _total(stored.trained),
        buffers=owned * _total(stored.buffers),
        macs=macs,
        padding_macs=macs - read if kernel.contracts else 0,
        connections=read + (activations if kernel.connections and "bias" in stored.all else 0),
        activations=activations,
    )


def _total(tensors: dict[str, Array]) -> int:
    return sum(tensor.size for tensor in tensors.values())


def _inputs_read(network: Executor, visit: Visit, real: RealPositions) -> int:
    """Return how many inputs the units read together, padding excluded."""
    above = real.above(visit)
    connections = kernel_of(visit.step.type).connections
    if connections is None:
        return 0
    # A whole number above 2^24 needs float64.
    ones = [np.ones((1, *x.shape[1:]), np.float64 if x[0].size >> 24 else x.dtype) for x in visit.inputs]
    if above is not None:
        ones[0] *= above
    stored = network.stored[visit.number].all
    return int(connections(tuple(ones), stored, visit.step.options).sum(dtype=np.float64))
