"""The worked examples of the lectures with values in maps: each runs through the public executor.

Expected numbers are read from tests/reference/lectures.yaml, and inputs too where its text holds them. What
stands only in a lecture's picture is written here, and the place says so.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from cnnstat.layers import LAYERS, manual
from tests.lectures import EXAMPLES, right, spec

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array

Example = dict[str, Any]

RUN: set[str] = set()
"""The examples that run here; tests/test_lectures.py asks whether any is left out."""


def example(*names: str) -> pytest.MarkDecorator:
    """Run a test on each of these entries of the reference."""
    RUN.update(names)
    return pytest.mark.parametrize("example", [EXAMPLES[name] for name in names], ids=names)


def matrices(text: str) -> list[Array]:
    """Read the matrices that stand in a text of the reference."""
    return [np.array(json.loads(found)) for found in re.findall(r"\[\[.*?\]\]", text)]


def matrix(name: str) -> Array:
    """Return the one matrix in the wording of an example."""
    (found,) = matrices(EXAMPLES[name]["example"])
    return found


def network(x: Array, layer: str, kernels: Any = None) -> cnnstat.Network:
    """Return a network of one layer for maps (C, H, W) like x, with these kernels loaded."""
    text = spec(str(list(x.shape)), f"name: layer, {layer}")
    made = cnnstat.Network(cnnstat.loads(text), dtype="float64")
    if kernels is not None:
        made.load({"layer.weight": np.asarray(kernels, float)})
    return made


def forward(x: Any, layer: str, kernels: Any = None) -> Array:
    """Return the maps that one layer makes of maps (C, H, W), or of a single map (H, W)."""
    sample = np.asarray(x, float)
    maps = sample if sample.ndim == 3 else sample[None]
    y = network(maps, layer, kernels).forward(maps[None])
    assert isinstance(y, np.ndarray)
    found: Array = y[0] if sample.ndim == 3 else y[0, 0]
    return found


def backward(x: Array, delta: Any, layer: str, kernels: Any = None) -> Array:
    """Return what comes back to a map (H, W) from the errors of one layer's maps (C, H, W)."""
    made = network(x[None], layer, kernels)
    made.forward(x[None, None])
    dx: Array = made.backward(np.asarray(delta, float)[None]).input[0, 0]
    return dx


def conv(kernel: int, filters: int = 1, padding: int | list[int] = 0) -> str:
    return f"type: conv, filters: {filters}, kernel: {kernel}, padding: {padding}, bias: false"


def correlated(x: Any, kernel: Any) -> Array:
    """Slide one kernel over one map."""
    return forward(x, conv(len(kernel)), [[kernel]])


def rotated(kernel: Any) -> Array:
    return np.rot90(kernel, 2)


def tenths(values: Any) -> Array:
    """Count in tenths, which are no binary fractions: then every product and sum below is exact."""
    whole: Array = np.rint(10 * np.asarray(values))
    return whole


BINARY = ((1, 1, 1, 0, 0), (0, 1, 1, 1, 0), (0, 0, 1, 1, 1), (0, 0, 1, 1, 0), (0, 1, 1, 0, 0))
"""The 5x5 image of s001-conv4, which the reference leaves to the picture."""


@example("s001-conv4")
def test_a_kernel_slides_over_a_binary_image(example: Example) -> None:
    kernel = matrix("s001-conv4")
    full = correlated(BINARY, kernel)
    assert full.tolist() == example["recomputed"]["full"]
    assert full[0, 0] == example["recomputed"]["first"] == example["slide"]
    assert correlated(BINARY, rotated(kernel)).tolist() == full.tolist()


def drawn(cells: dict[tuple[int, int], int]) -> Array:
    """Return an 8x8 map that is zero but for these cells."""
    x = np.zeros((8, 8))
    for place, value in cells.items():
        x[place] = value
    return x


CURVE = drawn({(0, 5): 30, (1, 4): 30, **{(i, 3): 30 for i in range(2, 6)}})
STROKE = drawn(
    {(0, 6): 30, (1, 4): 50, (1, 5): 50, (1, 6): 50, (2, 3): 20, (2, 4): 50}
    | {(i, j): 50 for i in range(3, 7) for j in (3, 4)}
)
"""Filter and image of s001-6600: the reference holds their products, the picture where they stand."""


@example("s001-6600")
def test_a_filter_meets_its_shape(example: Example) -> None:
    assert correlated(STROKE, CURVE).tolist() == [[example["slide"]]]
    assert example["slide"] == example["recomputed"]["sum"]
    # The gradient by a pixel is the weight it meets, so pixel times gradient is the product made of it.
    products = (STROKE * backward(STROKE, [[[1]]], conv(8), [[CURVE]])).ravel()
    assert products[products != 0].tolist() == example["recomputed"]["nonzero_products"]


FILTERS = {
    "identity": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
    "edge": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "sharpen": EXAMPLES["s001-filters"]["slide"]["sharpen_kernel"],
    "box": np.ones((3, 3)) / 9,
    "gaussian": np.array(((1, 2, 1), (2, 4, 2), (1, 2, 1))) / 16,
}
"""The filter table of s001-filters; of all but one the reference holds the name and the sum only."""


@example("s001-filters")
def test_erratum_the_filter_called_sharpen_is_a_laplacian(example: Example) -> None:
    assert example["verdict"] == "slide erratum"
    # A flat map shows a kernel's sum. Of nines, so that nine ninths of it are exact.
    flat = np.full((3, 3), 9)
    sums = {name: correlated(flat, kernel).item() / 9 for name, kernel in FILTERS.items()}
    assert sums == example["recomputed"]["kernel_sums"]
    printed, sharpening = matrices(EXAMPLES["s001-filters"]["example"])[0], matrices(example["why"])[0]
    assert printed.tolist() == example["slide"]["sharpen_kernel"] != sharpening.tolist()
    assert correlated(flat, printed).item() == 0
    assert correlated(flat, sharpening).item() == 9
    # What the right kernel adds to the image is what the printed one finds, with the other sign.
    added = correlated(BINARY, sharpening) - correlated(BINARY, FILTERS["identity"])
    assert added.tolist() == (-correlated(BINARY, printed)).tolist()
    assert added.any()


@example("s001-conv-def")
def test_conv_is_the_sliding_dot_product_and_says_so(example: Example) -> None:
    g, (f,) = matrix("s002-max4"), matrices(example["why"])  # the lecture gives no image
    taps, places = list(np.ndindex(3, 3)), list(np.ndindex(2, 2))
    dots = [sum(f[n, m] * g[x + n, y + m] for n, m in taps) for x, y in places]
    defined = [sum(f[n, m] * g[x + 2 - n, y + 2 - m] for n, m in taps) for x, y in places]
    assert correlated(g, f).ravel().tolist() == dots != defined
    assert correlated(g, rotated(f)).ravel().tolist() == defined
    name = "cross-correlation"
    assert name in example["recomputed"]
    assert f"{name}, as in every framework: the kernel is not rotated" in manual.page("conv", LAYERS["conv"])


@example("s001-maxpool", "s002-max4", "s004-maxfwd")
def test_max_pooling(example: Example) -> None:
    # The reference gives a bare map, or one beside more about it.
    expected, printed = (
        value["out"] if isinstance(value, dict) else value
        for value in (example["recomputed"], example["slide"])
    )
    assert forward(matrix(example["id"]), "type: max_pool, kernel: 2").tolist() == expected
    assert printed in (expected, None)


@example("s002-avg4")
def test_average_pooling_of_the_same_matrix(example: Example) -> None:
    y = forward(matrix("s002-max4"), "type: avg_pool, kernel: 2")
    assert y.tolist() == example["recomputed"]


FIVE = ((1, 3, 2, 1, 3), (2, 9, 1, 1, 5), (1, 3, 2, 3, 2), (8, 3, 5, 1, 0), (5, 6, 1, 2, 9))
"""The 5x5 matrix of s002-max5, which the reference leaves to the picture."""


@example("s002-max5")
def test_overlapping_max_pooling(example: Example) -> None:
    assert forward(FIVE, "type: max_pool, kernel: 3, stride: 1").tolist() == example["recomputed"]


VOLUME = (((-2, 0, 3), (4, -3, -1), (-1, -2, 2)), ((-1, 5, 0), (-1, 1, 1), (5, 1, 3)))
"""Maps in the place of o[:,:,0] and o[:,:,1], which are in the lecture's picture alone.

They are the smallest whole-numbered maps found to have both the maxima of s004-max and the means of s004-avg,
which is all that the reference knows of the lecture's own.
"""


@example("s004-max", "s004-avg")
def test_pooling_a_volume_map_by_map(example: Example) -> None:
    kind = "max_pool" if example["id"] == "s004-max" else "avg_pool"
    y = forward(VOLUME, f"type: {kind}, kernel: 2, stride: 1")
    assert {f"o{i}": each.tolist() for i, each in enumerate(y)} == example["recomputed"]


@example("s004-maxfwd")
def test_max_pooling_remembers_positions(example: Example) -> None:
    reached = backward(matrix("s004-maxfwd"), np.ones((1, 2, 2)), "type: max_pool, kernel: 2")
    windows = [reached[i : i + 2, j : j + 2].ravel().tolist() for i in (0, 2) for j in (0, 2)]
    corners = ("upper-left", "upper-right", "bottom-left", "bottom-right")
    assert [sorted(window) for window in windows] == [[0, 0, 0, 1]] * 4
    positions = [corners[window.index(1)] for window in windows]
    assert positions == example["recomputed"]["positions_row_major"]


@example("s004-maxbwd", "s004-avgbwd")
def test_up_sampling_an_error(example: Example) -> None:
    kind = "max_pool" if example["id"] == "s004-maxbwd" else "avg_pool"
    delta = matrix(example["id"])
    dx = backward(matrix("s004-maxfwd"), delta[None], f"type: {kind}, kernel: 2")
    assert dx.tolist() == example["recomputed"] == example["slide"]


def backward_at_full_size(x: Array, deltas: Array, kernels: Any) -> Array:
    """Go back through a convolution that keeps the size, with no error where the lecture has no unit.

    The executor goes another way back there: it gathers with a rotated kernel, where else it scatters.
    """
    layer = conv(2, filters=len(deltas), padding=[0, 1, 0, 1])
    return backward(x, np.pad(deltas, ((0, 0), (0, 1), (0, 1))), layer, kernels)


def nine_formulas(z: Array, k: Array) -> list[list[int]]:
    """Return delta a of a 3x3 map, formula by formula, from the errors z of a convolution with a 2x2 k."""
    (z11, z12), (z21, z22) = z.tolist()
    (k11, k12), (k21, k22) = k.tolist()
    return [
        [z11 * k11, z11 * k12 + z12 * k11, z12 * k12],
        [
            z11 * k21 + z21 * k11,
            z11 * k22 + z12 * k21 + z21 * k12 + z22 * k11,
            z12 * k22 + z22 * k12,
        ],
        [z21 * k21, z21 * k22 + z22 * k21, z22 * k22],
    ]


def numeric_gradient(x: Array, delta: Array, kernel: Array) -> Array:
    """Raise each pixel by one: a convolution is linear, so the difference is the gradient, exactly."""
    found, before = np.zeros_like(x), correlated(x, kernel)
    for place in np.ndindex(x.shape):
        raised = x.copy()
        raised[place] += 1
        found[place] = (delta * (correlated(raised, kernel) - before)).sum()
    return found


@example("s004-bpformula")
def test_the_formulas_of_back_propagation(example: Example) -> None:
    # Primes: no two of the nine sums can be mistaken for each other.
    delta, kernel = np.array(((11, 13), (17, 19))), np.array(((2, 3), (5, 7)))
    x = np.arange(9.0).reshape(3, 3)
    dx = backward(x, delta[None], conv(2), [[kernel]])
    full_size = backward_at_full_size(x, delta[None], [[kernel]])
    assert dx.tolist() == full_size.tolist() == nine_formulas(delta, kernel)
    slid = forward(delta, conv(2, padding=1), [[rotated(kernel)]])
    assert example["recomputed"] == {
        "numeric_gradient_matches": numeric_gradient(x, delta, kernel).tolist() == dx.tolist(),
        "rotated_kernel_matches": slid.tolist() == dx.tolist(),
    }
    assert forward(delta, conv(2, padding=1), [[kernel]]).tolist() != dx.tolist()


KERNELS = {"k1": ((0.1, 0.2), (0.2, 0.4)), "k2": ((-0.3, 0.1), (0.1, 0.2))}
"""The lecture's kernels; the reference holds them rotated, as s004-flip."""


@example("s004-flip")
def test_an_impulse_is_answered_with_the_rotated_kernel(example: Example) -> None:
    found = {
        name: forward([[1]], conv(2, padding=1), [[kernel]]).tolist() for name, kernel in KERNELS.items()
    }
    assert found == example["recomputed"] == example["slide"]


def ways_back(deltas: dict[str, Array]) -> dict[str, list[list[float]]]:
    """Return in tenths what reaches a 3x3 map from the errors of each kernel, in every way there is.

    The way back of the convolution itself, at both sizes; the lecture's: errors with a frame of zeros, under
    the kernels rotated; and a transposed convolution.
    """
    maps = np.array(list(deltas.values()))
    kernels = tenths([[KERNELS[name]] for name in deltas])
    flipped = tenths([[right("s004-flip")[name] for name in deltas]])
    x = np.arange(9.0).reshape(3, 3)
    transposed = "type: transposed_conv, filters: 1, kernel: 2, bias: false"
    return {
        "backward": backward(x, maps, conv(2, filters=len(maps)), kernels).tolist(),
        "backward at full size": backward_at_full_size(x, maps, kernels).tolist(),
        "rotated": forward(maps, conv(2, padding=1), flipped)[0].tolist(),
        "transposed": forward(maps, transposed, kernels)[0].tolist(),
    }


def all_ways(expected: Any) -> dict[str, Any]:
    ways = ("backward", "backward at full size", "rotated", "transposed")
    return dict.fromkeys(ways, tenths(expected).tolist())


@example("s004-delta1")
def test_an_error_goes_back_through_the_first_kernel(example: Example) -> None:
    found = ways_back({"k1": matrix("s004-delta1")})
    assert found == all_ways(example["recomputed"]) == all_ways(example["slide"])


@example("s004-delta2")
def test_erratum_a_minus_sign_is_lost_on_the_way_through_the_second(example: Example) -> None:
    assert example["verdict"] == "slide erratum"
    found = ways_back({"k2": matrix("s004-delta2")})
    assert found == all_ways(example["recomputed"]) != all_ways(example["slide"])
    ours, printed = np.array(found["backward"]), tenths(example["slide"])
    assert [
        {"at": list(place), "slide": printed[place] / 10, "exact": ours[place] / 10}
        for place in np.ndindex(3, 3)
        if ours[place] != printed[place]
    ] == example["mismatches"]


@example("s004-deltasum")
def test_errors_of_two_maps_add_up(example: Example) -> None:
    found = ways_back({"k1": matrix("s004-delta1"), "k2": matrix("s004-delta2")})
    assert found == all_ways(example["recomputed"])
    # The erratum of s004-delta2 would be carried on into the sum.
    printed = tenths(EXAMPLES["s004-delta1"]["slide"]) + tenths(EXAMPLES["s004-delta2"]["slide"])
    assert f"{printed[0, 1] / 10} instead of {found['backward'][0][1] / 10}" in example["why"]
