"""Sizes, connections, padding MACs and footprint against plain loops over every window and tap."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from cnnstat.base.errors import Misfit
from cnnstat.layers import LAYERS
from cnnstat.layers.base import Layer, Shape, size_of
from cnnstat.layers.footprint import Bounds

Taps = list[list[int]]
"""For each output along one axis, the input positions its taps fall on, padding included."""


def slid(n: int, f: int, s: int, before: int, after: int, d: int, rounding: str) -> Taps:
    """Slide a window step by step over a padded axis."""
    taps, start = [], -before
    while start + d * (f - 1) < n + after:
        taps.append([start + d * k for k in range(f)])
        start += s
    fits = bool(taps) and start - s + d * (f - 1) == n + after - 1
    if rounding == "ceil" and taps and not fits and start < n:
        taps.append([start + d * k for k in range(f)])
    return taps


def same(n: int, f: int, s: int, d: int) -> tuple[int, int]:
    """Return the least padding, more of it behind, that gives an output for every stride-th input."""
    total = 0
    while len(slid(n, f, s, 0, total, d, "floor")) < len(range(0, n, s)):
        total += 1
    return total // 2, total - total // 2


def options(kind: str, f: int, s: int, padding: Any, d: int, rounding: str) -> dict[str, Any]:
    chosen: dict[str, Any] = {"kernel": f, "stride": s, "padding": padding, "rounding": rounding}
    if kind != "avg_pool":
        chosen["dilation"] = d
    if kind == "conv":
        chosen["filters"] = 4
    return chosen


GEOMETRIES = list(
    product((5, 8, 9), (1, 2, 3), (1, 2, 4), (0, 1, (2, 0), "same", "valid"), (1, 2), ("floor", "ceil"))
)


@pytest.mark.parametrize("kind", ["conv", "max_pool", "avg_pool"])
def test_signals(kind: str) -> None:
    compared = 0
    for n, f, s, padding, d, rounding in GEOMETRIES:
        if kind == "avg_pool" and d > 1:
            continue
        layer = LAYERS[kind](**options(kind, f, s, padding, d, rounding))
        if padding == "same":
            before, after = same(n, f, s, d)
        else:
            before, after = {"valid": (0, 0), 0: (0, 0), 1: (1, 1), (2, 0): (2, 0)}[padding]
        taps = slid(n, f, s, before, after, d, "floor" if padding == "same" else rounding)
        case = (kind, n, f, s, padding, d, rounding)
        empty = any(all(not 0 <= t < n for t in window) for window in taps)
        if not taps or (empty and kind != "conv"):  # a window of padding has no maximum and no mean
            with pytest.raises(Misfit):
                layer.sizes(((3, n),))
            continue
        check_signal(case, layer, taps, n, f)
        compared += 1
    assert compared > 100


def bounds_of(layer: Layer, shapes: tuple[Shape, ...]) -> Bounds:
    footprint = layer.footprint(shapes)
    assert not isinstance(footprint, str)
    (bounds,) = footprint
    assert isinstance(bounds, Bounds)
    return bounds


def check_signal(case: object, layer: Layer, taps: Taps, n: int, f: int) -> None:
    shapes = ((3, n),)
    real = sum(0 <= tap < n for window in taps for tap in window)
    assert size_of(layer.sizes(shapes))[1] == len(taps), case
    if hasattr(layer, "filters"):
        assert layer.macs(shapes).value == 4 * 3 * f * len(taps), case
        assert layer.padding_macs(shapes).value == 4 * 3 * (f * len(taps) - real), case
        assert layer.connections(shapes).value == 4 * 3 * real + 4 * len(taps), case
    else:
        assert layer.connections(shapes).value == 3 * real, case
    bounds = bounds_of(layer, shapes)
    assert [bounds.at(o) for o in range(len(taps))] == [(w[0], w[-1]) for w in taps], case


def test_maps_multiply_their_axes() -> None:
    layer = LAYERS["conv"](filters=6, kernel=(3, 2), stride=(2, 1), padding=(1, 0, 0, 2), groups=2)
    shapes = ((4, 7, 5),)
    rows, columns = slid(7, 3, 2, 1, 0, 1, "floor"), slid(5, 2, 1, 0, 2, 1, "floor")
    real = sum(0 <= t < 7 for w in rows for t in w) * sum(0 <= t < 5 for w in columns for t in w)
    assert size_of(layer.sizes(shapes)) == (6, len(rows), len(columns))
    assert layer.macs(shapes).value == 6 * 2 * 3 * 2 * len(rows) * len(columns)
    assert layer.connections(shapes).value == 6 * 2 * real + 6 * len(rows) * len(columns)
    assert layer.macs(shapes).value - layer.padding_macs(shapes).value == 6 * 2 * real


def test_thirteen_connections_not_fifteen() -> None:
    # Lecture 003: five inputs, width 3, zero padding: 3 x 5 - 2 arrows; fully connected: 25.
    conv = LAYERS["conv"](filters=1, kernel=3, padding=1, bias=False)
    assert conv.connections(((1, 5),)).value == 13
    assert conv.params(((1, 5),)).value == 3
    assert LAYERS["linear"](units=5, bias=False).connections(((5,),)).value == 25


@pytest.mark.parametrize(
    ("n", "f", "s", "p", "size"),
    [
        (7, 3, 1, 0, 5),
        (7, 3, 2, 0, 3),
        (7, 3, 1, 1, 7),
        (32, 5, 1, 0, 28),
        (28, 5, 1, 0, 24),
        (32, 5, 1, 2, 32),
    ],
)
def test_sizes_of_lecture_001(n: int, f: int, s: int, p: int, size: int) -> None:
    layer = LAYERS["conv"](filters=1, kernel=f, stride=s, padding=p)
    assert size_of(layer.sizes(((1, n, n),))) == (1, size, size)


def test_lecture_001_does_not_fit() -> None:
    shapes = ((1, 7, 7),)
    layer = LAYERS["conv"](filters=1, kernel=3, stride=3)
    assert layer.leftover(shapes) == (1, 1)
    with pytest.raises(Misfit, match=r"3x3 filter with stride 3 to a 7x7 input: \(7 - 3\)/3 \+ 1 = 2\.33"):
        LAYERS["conv"](filters=1, kernel=3, stride=3, rounding="exact").sizes(shapes)


@pytest.mark.parametrize("kind", ["conv", "max_pool"])
def test_leftover_rows_that_are_input_against_windows_laid_out(kind: str) -> None:
    """Rows behind the last window, from where the next one would begin: those of the padding are no input."""
    cases = product((5, 6, 7, 9), (1, 2, 3), (1, 2, 3, 4), (0, 1), (0, 1, 2), (1, 2), ("floor", "ceil"))
    found = set()
    for n, f, s, before, after, d, rounding in cases:
        if max(before, after) > (f * d) // 2 or d * (f - 1) + 1 > n:
            continue
        options = {"kernel": f, "stride": s, "padding": (before, after), "dilation": d, "rounding": rounding}
        layer = LAYERS[kind](**options, **({"filters": 1} if kind == "conv" else {}))
        try:
            windows = layer.sizes(((1, n),))[1].value
        except Misfit:
            continue
        end = (windows - 1) * s + d * (f - 1) + 1  # behind the last window, in the padded input
        padded = range(before + n + after)
        behind = [row for row in padded if row >= end]
        inputs = [row for row in behind if windows * s <= row < before + n]
        assert layer.leftover(((1, n),)) == (len(behind) if rounding == "floor" else 0,)
        assert layer.leftover_input(((1, n),)) == (len(inputs),)
        found.add((bool(behind), bool(inputs)))
    assert found == {(False, False), (True, False), (True, True)}


def transposed(n: int, f: int, s: int, p: int, extra: int, d: int) -> Taps:
    """Paint each input's kernel, then cut the padding; for each output the inputs that painted it."""
    painted: Taps = [[] for _ in range((n - 1) * s + d * (f - 1) + 1 + extra)]
    for i in range(n):
        for k in range(f):
            painted[i * s + k * d].append(i)
    return painted[p : len(painted) - p]


def test_transposed_convolutions() -> None:
    for n, f, s, p, extra, d in product((1, 4, 5), (1, 2, 3, 4), (1, 2, 3), (0, 1), (0, 1), (1, 2)):
        layer = LAYERS["transposed_conv"](
            filters=4, kernel=f, stride=s, padding=p, output_padding=extra, dilation=d, groups=2
        )
        case, shapes = (n, f, s, p, extra, d), ((6, n),)
        painted = transposed(n, f, s, p, extra, d)
        if not painted or (extra and extra >= max(s, d)):
            with pytest.raises(Misfit):
                layer.sizes(shapes)
            continue
        kept = sum(map(len, painted))
        assert size_of(layer.sizes(shapes)) == (4, len(painted)), case
        assert layer.params(shapes).value == 4 * (3 * f + 1)
        assert layer.macs(shapes).value == 4 * 3 * f * n
        assert layer.padding_macs(shapes).value == 4 * 3 * (f * n - kept), case
        assert layer.connections(shapes).value == 4 * 3 * kept + 4 * len(painted), case
        bounds = bounds_of(layer, shapes)
        for o, inputs in enumerate(painted):
            low, high = bounds.at(o)
            # The bounds goes on beyond the map's ends, as a convolution's does into its padding.
            assert [i for i in range(low, high + 1) if 0 <= i < n and i in inputs] == sorted(set(inputs)), (
                case
            )
            if inputs:
                assert low <= min(inputs), case
                assert high >= max(inputs), case


@pytest.mark.parametrize(("n", "bins"), [(13, 6), (7, 3), (5, 5), (3, 5), (10, 4)])
def test_adaptive_bins(n: int, bins: int) -> None:
    layer = LAYERS["adaptive_avg_pool"](size=bins)
    covered = [range(i * n // bins, -(-(i + 1) * n // bins)) for i in range(bins)]
    assert layer.connections(((2, n),)).value == 2 * sum(map(len, covered))
    bounds = bounds_of(layer, ((2, n),))
    assert [bounds.at(o) for o in range(bins)] == [(c[0], c[-1]) for c in covered]


@pytest.mark.parametrize(("n", "out"), [(4, 8), (5, 7), (6, 3), (1, 4), (4, 4)])
@pytest.mark.parametrize(("mode", "corners"), [("nearest", False), ("bilinear", False), ("bilinear", True)])
def test_upsampling_reads_the_positions_with_a_weight(n: int, out: int, mode: str, corners: bool) -> None:
    layer = LAYERS["upsample"](size=out, mode=mode, align_corners=corners)
    bounds = bounds_of(layer, ((2, n),))
    for o in range(out):
        low, high = bounds.at(o)
        assert {min(max(i, 0), n - 1) for i in range(low, high + 1)} == read_by_upsampling(
            n, out, o, mode, corners
        )


def read_by_upsampling(n: int, out: int, o: int, mode: str, corners: bool) -> set[int]:
    """Return the positions that torch.nn.functional.interpolate gives a weight to."""
    if mode == "nearest":
        return {o * n // out}
    if corners:
        top, bottom = o * (n - 1), max(out - 1, 1)
    else:
        top, bottom = max(0, (2 * o + 1) * n - out), 2 * out
    first, rest = divmod(top, bottom)
    return {first, min(first + 1, n - 1)} if rest else {first}
