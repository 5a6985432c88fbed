"""What a tool's convention can put a weight on: how much of each measure a layer has, for one sample."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import conv_measures
from cnnstat.analysis.facts import several
from cnnstat.layers.dropout import Dropout
from cnnstat.layers.footprint import Bounds
from cnnstat.layers.norm import LayerNorm, LocalResponseNorm
from cnnstat.layers.pool import AvgPool, MaxPool
from cnnstat.layers.resize import Upsample

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.analysis.facts import Facts
    from cnnstat.layers.base import Shape


class Measure(Struct, frozen=True):
    """How much of it a layer has, or None where the tool fails; its words; and whether biases are counted."""

    of: Callable[[Facts], int | None]
    words: str
    biases: bool = False


# -- windows and bins -------------------------------------------------------------------------------


def _slides(facts: Facts) -> tuple[Bounds, ...]:
    """Return the bounds of a sliding window along each axis."""
    assert not isinstance(facts.footprint, str)
    slides = tuple(reading for reading in facts.footprint if isinstance(reading, Bounds))
    assert all(bounds.period == 1 for bounds in slides)  # as of bins it is not
    return slides


def _window(facts: Facts) -> int:
    """Return the taps of all windows, those on padding included."""
    taps = (1 + (bounds.high[0] - bounds.low[0]) // bounds.step for bounds in _slides(facts))
    return facts.outputs * prod(taps)


def _written(facts: Facts) -> int:
    """Return the taps of all windows if one number for all axes is taken for the whole kernel."""
    assert isinstance(facts.layer, MaxPool | AvgPool)
    return facts.outputs * prod(several(facts.layer.kernel))


def _steps(facts: Facts) -> int:
    """Return the inputs that the windows advance by, together."""
    return facts.outputs * prod(bounds.advance for bounds in _slides(facts))


def _areas(facts: Facts) -> int:
    """Return the mean area of a bin and a division, for each output, rounded as thop rounds in float64."""
    area = prod(size / bins for size, bins in zip(facts.read[1:], facts.out[1:], strict=True))
    return int((area + 1) * facts.outputs)


def _ratios(facts: Facts) -> int:
    """Return outputs x bin, where a bin that is no whole number is as large as what is left, and one."""
    sizes = zip(facts.read[1:], facts.out[1:], strict=True)
    return facts.outputs * prod(n % bins + 1 if n % bins else n // bins for n, bins in sizes)


def _even_bins(facts: Facts) -> int | None:
    """Return the inputs, where all bins are equal: others are no window that slides."""
    equal = not any(size % bins for size, bins in zip(facts.read[1:], facts.out[1:], strict=True))
    return facts.inputs if equal else None


def _one_bin(facts: Facts) -> int | None:
    """Return the inputs of a pool over whole maps, which is no other tool's adaptive pool."""
    return facts.inputs if set(facts.out[1:]) == {1} else None


# -- norms and what enlarges ------------------------------------------------------------------------


def _parts(facts: Facts) -> int:
    assert isinstance(facts.layer, LayerNorm)
    return facts.layer.parts((facts.read,)).value


def _summed(facts: Facts) -> int:
    """Return the squares in all sums of a local response norm, beyond the first and last channel, too."""
    assert isinstance(facts.layer, LocalResponseNorm)
    return facts.outputs * facts.layer.size


def _framed(facts: Facts) -> int:
    """Return the values of a local response norm with the channels of zeros around them."""
    assert isinstance(facts.layer, LocalResponseNorm)
    return (facts.read[0] + facts.layer.size - 1) * prod(facts.read[1:])


def _dropped(facts: Facts) -> int:
    assert isinstance(facts.layer, Dropout)
    return facts.outputs if facts.layer.rate else 0


def _of_rank(rank: int, count: int, shape: Shape) -> int:
    return count if len(shape) - 1 == rank else 0


def _repeated(facts: Facts) -> int:
    """Return the outputs that are copies of an input."""
    return 0 if facts.counts.multiplications else facts.outputs


def _blended(facts: Facts) -> int:
    """Return the outputs that are interpolated."""
    return facts.outputs if facts.counts.multiplications else 0


def _new_size(facts: Facts) -> int:
    """Return the product of the sizes that are asked for; 0 where a scale is.

    A second input lends a size for each axis.
    """
    assert isinstance(facts.layer, Upsample)
    if facts.layer.scale is not None:
        return 0
    return prod(facts.out[1:] if facts.layer.size is None else several(facts.layer.size))


def _scaled_inputs(facts: Facts) -> int | None:
    """Return the inputs of an upsampling by a scale; calflops raises a scale to a power, and not a tuple."""
    assert isinstance(facts.layer, Upsample)
    if isinstance(facts.layer.scale, tuple):
        return None
    return 0 if facts.layer.scale is None else facts.inputs


def _scaled_outputs(facts: Facts) -> int:
    assert isinstance(facts.layer, Upsample)
    return 0 if facts.layer.scale is None else facts.outputs


MEASURES: dict[str, Measure] = {
    "macs": Measure(lambda facts: facts.counts.macs, "MACs"),
    "numbered": Measure(conv_measures.numbered, "MACs (none where the padding is a word)"),
    "halved": Measure(conv_measures.halved, "MACs (`same` rounded down where a kernel is even)"),
    "ungrouped": Measure(conv_measures.ungrouped, "MACs as if without groups"),
    "regrouped": Measure(conv_measures.regrouped, "MACs / groups"),
    "spread": Measure(conv_measures.spread, "weights x output positions"),
    "fan_out": Measure(conv_measures.fan_out, "outputs x weights of an input map"),
    "scattered": Measure(conv_measures.scattered, "inputs x kernel x maps"),
    "strided": Measure(conv_measures.strided, "outputs x maps x kernel / stride"),
    # The additions of a layer that multiplies with weights are those of its biases.
    "biases": Measure(lambda facts: facts.counts.additions, "additions of biases", biases=True),
    "halved_biases": Measure(conv_measures.halved_biases, "additions of biases", biases=True),
    "unspread_biases": Measure(
        conv_measures.unspread_biases, "additions of biases as of a convolution", biases=True
    ),
    "params": Measure(lambda facts: facts.params, "parameters"),
    "connections": Measure(lambda facts: facts.counts.connections, "connections"),
    "rank": Measure(lambda facts: facts.rank, "axes"),
    "channels": Measure(lambda facts: facts.read[0], "channels"),
    "inputs": Measure(lambda facts: facts.inputs, "inputs"),
    "inputs_2d": Measure(lambda facts: _of_rank(2, facts.inputs, facts.read), "inputs"),
    "even_bins": Measure(_even_bins, "inputs"),
    "one_bin": Measure(_one_bin, "inputs"),
    "outputs": Measure(lambda facts: facts.outputs, "outputs"),
    "output_axes": Measure(lambda facts: facts.outputs * facts.rank, "outputs x axes"),
    "joined": Measure(
        lambda facts: facts.counts.additions + facts.counts.multiplications, "outputs x (inputs - 1)"
    ),
    "scaled": Measure(lambda facts: facts.outputs if facts.params else 0, "outputs that are scaled"),
    "dropped": Measure(_dropped, "outputs of a rate above 0"),
    "rows": Measure(lambda facts: prod(facts.out[1:]), "positions"),  # of vectors along the channels
    "parts": Measure(_parts, "parts with a mean of their own"),
    "window": Measure(_window, "taps of all windows"),
    "written": Measure(_written, "outputs x kernel (one number is not squared)"),
    "steps": Measure(_steps, "outputs x stride on each axis"),
    "areas": Measure(_areas, "area of a bin and 1 for each output"),
    "ratios": Measure(_ratios, "outputs x bin"),
    "summed": Measure(_summed, "squares in all sums"),
    "framed": Measure(_framed, "values between channels of zeros"),
    "repeated": Measure(_repeated, "outputs that are copies"),
    "repeated_2d": Measure(lambda facts: _of_rank(2, _repeated(facts), facts.out), "outputs that are copies"),
    "blended": Measure(_blended, "outputs that are blended"),
    "blended_1d": Measure(
        lambda facts: _of_rank(1, _blended(facts), facts.out), "outputs of a signal that are blended"
    ),
    "blended_2d": Measure(
        lambda facts: _of_rank(2, _blended(facts), facts.out), "outputs of a map that are blended"
    ),
    "new_size": Measure(_new_size, "`size:` as it is written"),
    "scaled_inputs": Measure(_scaled_inputs, "inputs of `scale:`"),
    "scaled_outputs": Measure(_scaled_outputs, "outputs of `scale:`"),
}
