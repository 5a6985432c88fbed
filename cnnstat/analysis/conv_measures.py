"""What other tools count of convolutions: each measure for one sample."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.analysis.facts import several
from cnnstat.layers.base import per_axis
from cnnstat.layers.conv import Convolution
from cnnstat.layers.transposed import TransposedConv
from cnnstat.layers.window import sides_of

if TYPE_CHECKING:
    from cnnstat.analysis.facts import Facts


def spread(facts: Facts) -> int:
    """Return weights x output positions: the multiply-adds of a convolution, not of a transposed one."""
    return facts.params * prod(facts.out[1:]) - facts.counts.additions


def fan_out(facts: Facts) -> int:
    """Return outputs x the weights that an input map is multiplied with."""
    return spread(facts) * facts.out[0] // facts.read[0]


def ungrouped(facts: Facts) -> int:
    """Return the multiply-adds of a convolution whose filters read all maps, not those of a group."""
    assert isinstance(facts.layer, Convolution | TransposedConv)
    return facts.counts.macs * facts.layer.groups_of(facts.read[0])


def numbered(facts: Facts) -> int:
    """Return the multiply-adds where the padding is given in numbers."""
    assert isinstance(facts.layer, Convolution)
    return 0 if facts.layer.padding == "valid" or _keeps_size(facts.layer) else facts.counts.macs


def halved(facts: Facts) -> int:
    """Return the multiply-adds at `_halved_positions`."""
    return facts.counts.macs // prod(facts.out[1:]) * _halved_positions(facts)


def halved_biases(facts: Facts) -> int:
    """Return the additions of biases at `_halved_positions`."""
    return facts.counts.additions // prod(facts.out[1:]) * _halved_positions(facts)


def _halved_positions(facts: Facts) -> int:
    """Return the output positions if `same` puts half of what it adds, rounded down, on either side."""
    layer = facts.layer
    assert isinstance(layer, Convolution)
    if not _keeps_size(layer):
        return prod(facts.out[1:])
    kernels, steps = (
        per_axis(layer.kernel, facts.rank, "kernel"),
        per_axis(layer.dilation, facts.rank, "dilation"),
    )
    rows = zip(facts.out[1:], kernels, steps, strict=True)
    return prod(size - (step * (kernel - 1)) % 2 for size, kernel, step in rows)


def _keeps_size(layer: Convolution) -> bool:
    """Say whether the padding is the word `same`, which no framework but ours takes with a stride."""
    return layer.padding == "same" and set(several(layer.stride)) == {1}


def regrouped(facts: Facts) -> int:
    """Return the multiply-adds with the filters of a group divided by the groups once more."""
    layer = facts.layer
    assert isinstance(layer, TransposedConv)
    groups = layer.groups_of(facts.read[0])
    return facts.inputs * _taps(facts) * (facts.out[0] // groups // groups)


def unspread_biases(facts: Facts) -> int:
    """Return an addition for each output that a convolution, not a transposed one, would have."""
    layer = facts.layer
    assert isinstance(layer, TransposedConv)
    if not layer.bias:
        return 0
    axes = zip(
        facts.read[1:],
        sides_of(layer.padding, facts.rank),
        per_axis(layer.kernel, facts.rank, "kernel"),
        per_axis(layer.stride, facts.rank, "stride"),
        per_axis(layer.dilation, facts.rank, "dilation"),
        strict=True,
    )
    sizes = ((n + a + b - (d * (f - 1) + 1)) // s + 1 for n, (a, b), f, s, d in axes)
    return facts.out[0] // layer.groups_of(facts.read[0]) * prod(sizes)


def scattered(facts: Facts) -> int:
    """Return inputs x kernel x maps: a transposed convolution as if each filter were written to all maps."""
    return facts.inputs * _taps(facts) * facts.read[0]


def strided(facts: Facts) -> int:
    """Return outputs x maps x kernel/stride along each axis, without what is left of a whole number."""
    assert isinstance(facts.layer, TransposedConv)
    steps = prod(per_axis(facts.layer.stride, facts.rank, "stride"))
    return facts.outputs * facts.read[0] * _taps(facts) // steps


def _taps(facts: Facts) -> int:
    assert isinstance(facts.layer, TransposedConv)
    return prod(per_axis(facts.layer.kernel, facts.rank, "kernel"))
