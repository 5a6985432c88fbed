"""Calculated fields of random networks against the real network, poisoned row by row and column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import cnnstat
from cnnstat.analysis.clipped_fields import clipped_fields
from cnnstat.bridge.program import Network
from cnnstat.executor.kernel import quiet
from cnnstat.layers.conv import Conv
from tests.fuzz.networks import networks

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.executor.kernel import Array
    from tests.fuzz.pieces import Drawn

PARTING = {"concat", "zero_pad_shortcut", "pixel_shuffle", "multiply"}
"""Types that may give channels at one place different fields; what is calculated is that of all together."""
PICKING = {"split", "slice", "reshape", "flatten", "spatial_pyramid_pool", "channel_shuffle", "pixel_shuffle"}
"""Types that take channels apart."""
MOST = 1 << 22


def seen(network: Network, axis: int) -> list[tuple[tuple[int, int], ...]]:
    """Return for each step what its units see along an axis: all channels together, or each number."""
    clean = network.sample(1)
    size = clean.shape[axis + 2 if clean.ndim > 2 else 1]
    x = clean.repeat(size, 0)
    for i in range(size):
        x[i].swapaxes(0, axis + 1 if clean.ndim > 2 else 0)[i] = np.nan
    with quiet():
        return [_hulls(np.isnan(visit.output), axis) for visit in network.visits(x)]


def _hulls(poisoned: Array, axis: int) -> tuple[tuple[int, int], ...]:
    if poisoned.ndim > 2:
        own = min(axis + 2, poisoned.ndim - 1)
        poisoned = np.asarray(poisoned.any(tuple(i for i in range(1, poisoned.ndim) if i != own)))
    hulls = []
    for unit in poisoned.T:
        places = np.flatnonzero(unit)
        hulls.append((int(places[0]), int(places[-1])) if len(places) else (1, 0))
    return tuple(hulls)


def exact(analysis: Analysis) -> list[bool]:
    """Say of each layer whether no channel was taken out of several that may see different parts."""
    alike = [True] * len(analysis.graph.inputs)
    found = [True] * len(analysis.graph.inputs)
    for row in analysis.rows:
        same = all(alike[source] for source in row.node.values)
        options = row.node.layer
        mixes = isinstance(options, Conv) and options.groups == 1 and options.table is None
        picked = row.type in PICKING or len(row.output_shape) == 1 or getattr(options, "table", None)
        found.append(all(found[source] for source in row.node.values) and (same or not picked or mixes))
        alike.append(mixes or (same and row.type not in PARTING))
    return found[len(analysis.graph.inputs) :]


def compared(analysis: Analysis, network: Network) -> int:
    """Hold all fields that are known against the poisoned network; return how many."""
    count = 0
    fields, same = clipped_fields(analysis), exact(analysis)
    extent = analysis.input_shape[1:] or analysis.input_shape
    for axis in range(len(extent)):
        for row, calculated, alike, measured in zip(
            analysis.rows, fields, same, seen(network, axis), strict=True
        ):
            if row.field.because is not None:
                continue
            count += 1
            blind = any(set(units) == {(1, 0)} for units in calculated)  # along one axis, so nothing is seen
            if alike and not blind:
                assert calculated[axis] == measured, (row.name, row.type, axis)
            for (low, high), (first, last) in zip(calculated[axis], measured, strict=True):
                assert first > last or low <= first <= last <= high, (row.name, row.type, axis)
            if row.field.whole and alike:
                assert set(measured) <= {(0, extent[axis] - 1), (1, 0)}, (row.name, row.type, axis)
    return count


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(networks(several=False))
def test_random_networks_see_what_is_calculated(drawn: Drawn) -> None:
    analysis = cnnstat.analyze(graph := cnnstat.loads(drawn.text))
    if max(row.counts.activations for row in analysis.rows) * max(analysis.input_shape) < MOST:
        network = Network(graph)
        if not any(np.isnan(visit.output).any() for visit in network.visits(network.sample(1))):
            compared(analysis, network)  # of NaN that come by themselves nobody can say what they saw


@pytest.mark.parametrize(
    ("name", "shape"),
    [("squeezenet1.1", (3, 40, 36)), ("nin", (3, 67, 68)), ("lenet5-full", None), ("waveform-m3", (1, 500))],
)
def test_a_bundled_network_sees_what_is_calculated(name: str, shape: tuple[int, ...] | None) -> None:
    graph = cnnstat.load(name)
    analysis = cnnstat.analyze(graph, input_shape=shape)
    assert compared(analysis, Network(graph, input_shape=shape)) == len(analysis.rows) * len(
        analysis.input_shape[1:]
    )
