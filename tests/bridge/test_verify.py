"""Calculated against measured: every type, every architecture; the executor asks for nothing calculated."""

from __future__ import annotations

from dataclasses import replace
from inspect import isfunction
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnnstat
from cnnstat.bridge.program import Network
from cnnstat.bridge.verify import compare, verify
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import Plan, check_layers
from cnnstat.executor.measure.measurements import measure_network
from cnnstat.layers import LAYERS, Layer
from tests.executor.cases import CASES, Case, unplaced
from tests.small import EVERY_TYPE, every_architecture, network_of, reduced

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH = 2


# -- every layer type ----------------------------------------------------------------------------------

UNPATTERNED = {
    "adaptive_max_pool": "a fixed number of bins",
    "adaptive_avg_pool": "a fixed number of bins",
    "slice": "a fixed stop",
    "split": "a part of the axis",
    "glu": "both halves of the axis",
    "linear": "as many units as are asked for",
    "concat": "each input has its own part of the axis",
    "parameter": "it sees nothing",
    "crop": "a fixed size",
    "pad": "a frame up to the size of another layer, of another stride, or of what is inside",
    "upsample": "a fixed size, or a scale that changes with the length",
    **dict.fromkeys(("multiply", "add", "maximum"), "one row that every unit reads"),
}
"""Types whose fields may have no pattern on longer inputs; their units' fields on this one are compared."""


def unlike() -> list[Case]:
    """Return the cases without those that differ in values only."""
    return list({(case.type, case.shapes, str(case.given)): case for case in CASES}.values())


@pytest.mark.parametrize("case", unlike(), ids=lambda case: case.id)
def test_every_figure_of_every_layer_type_is_true(case: Case) -> None:
    verified = verify(network_of(case), batch=BATCH)
    assert verified.differences == ()
    assert verified.measurements.layers[-1].output_shape == verified.analysis.rows[-1].output_shape
    field = verified.measurements.fields[0][-1]
    if not field.axes and not field.whole:
        assert unplaced(case)
    elif any(axis.pattern is None and not axis.whole for axis in field.axes) and not field.whole:
        assert case.type in UNPATTERNED or len(verified.analysis.rows[-1].output_shape) == 1


def test_numbers_that_are_nan_by_themselves_prove_nothing() -> None:
    """Roots of numbers below 0 are NaN wherever the input is poisoned."""
    layers = "[{type: power, exponent: 0.5}, {type: conv, filters: 2, kernel: 3}, {type: relu, from: input}]"
    text = f"input: [2, 6, 5]\nlayers: {layers}\noutputs: [conv1, relu1]\n"
    verified = verify(cnnstat.loads(text), batch=BATCH)
    assert verified.differences == ()
    why = "its numbers are NaN without any poison"
    assert [(each.layer, each.why) for each in verified.unmeasured] == [("power1", why), ("conv1", why)]
    assert verified.measurements.broken


def test_a_layer_with_a_weight_for_each_position_is_run_on_this_input_only() -> None:
    """On the longer ones that patterns are looked for with it would have a weight for each pair of them."""
    text = "input: [1, 4, 3]\nlayers:\n  - {type: linear, axis: height, units: $in}\n  - {type: relu}\n"
    verified = verify(cnnstat.loads(text))
    assert verified.good
    assert verified.unmeasured == ()


COLUMN = "{name: a, type: slice, axis: width, stop: 1}, {name: b, type: multiply, from: [a, input]}"


@pytest.mark.parametrize(
    "window", ["avg_pool, kernel: 2", "depthwise_conv, kernel: 3, padding: 1", "max_pool, kernel: [1, 3]"]
)
@pytest.mark.parametrize("width", range(3, 7))
def test_a_column_that_all_others_see_has_no_stride(window: str, width: int) -> None:
    layers = f"[{COLUMN}, {{name: c, type: {window}}}]"
    verified = verify(cnnstat.loads(f"input: [2, 5, {width}]\nlayers: {layers}\n"))
    assert verified.analysis.rows[-1].field.strides[1] is None
    assert verified.differences == ()
    assert verified.unmeasured == ()


@pytest.mark.parametrize("figure", ["receptive_field", "field_stride", "field_padding"])
def test_an_axis_that_repeats_is_compared_beside_one_that_does_not(figure: str) -> None:
    layers = f"[{COLUMN}, {{name: c, type: avg_pool, kernel: 2, padding: 1}}]"
    analysis = cnnstat.analyze(cnnstat.loads(f"input: [2, 5, 5]\nlayers: {layers}\n"))
    network = Network(analysis.graph)
    measured = measure_network(network, network.sample())
    assert compare(analysis, measured).good
    (fields,) = measured.fields
    axis = fields[-1].axes[0]
    assert axis.pattern is not None
    wrong = {
        "receptive_field": replace(axis.pattern, size=3),
        "field_stride": replace(axis.pattern, stride=axis.pattern.stride + 1),
        "field_padding": replace(axis.pattern, padding=2),
    }[figure]
    lying = replace(fields[-1], axes=(replace(axis, pattern=wrong), *fields[-1].axes[1:]))
    (difference,) = compare(analysis, replace(measured, fields=((*fields[:-1], lying),))).differences
    assert (difference.layer, difference.figure) == ("c", figure)
    assert isinstance(difference.measured, tuple)
    assert difference.measured[1] is None


def test_windows_over_all_bins_see_everything() -> None:
    layers = "[{type: adaptive_avg_pool, size: 3}, {type: conv, filters: 2, kernel: 3}]"
    verified = verify(cnnstat.loads(f"input: [2, 16, 12]\nlayers: {layers}\n"))
    assert verified.good
    assert verified.measurements.fields[0][-1].whole


# -- every bundled architecture ------------------------------------------------------------------------


@pytest.mark.parametrize("name", every_architecture())
def test_every_architecture_is_true(name: str) -> None:
    graph, shape = reduced(name)
    verified = verify(graph, input_shape=shape)
    assert verified.differences == ()
    bounds = {each.why.partition(" because of ")[0] for each in verified.unmeasured}
    assert bounds == ({"an upper bound"} if name.startswith("shufflenet-v2") else set())
    assert len(verified.measurements.layers) == len(graph.layers)


def test_padding_may_be_larger_than_the_input() -> None:
    """Rows of a large frame are worked on piece by piece, and some pieces are nothing but padding."""
    for side in (16, 64):
        layer = "{type: conv, filters: 64, kernel: 3, padding: 100}"
        assert verify(cnnstat.loads(f"input: [3, {side}, {side}]\nlayers: [{layer}]\n")).good


# -- the run needs nothing calculated ------------------------------------------------------------------


def methods_of(kind: type) -> Iterator[tuple[type, str]]:
    """Yield every function that a layer class has or inherits, private ones too."""
    for base in kind.__mro__:
        if issubclass(base, Layer):
            for name, value in vars(base).items():
                if isfunction(value) and not name.startswith("__"):
                    yield base, name


def silence(monkeypatch: pytest.MonkeyPatch) -> int:
    """Make every method of the calculator's layers raise; return how many there were."""

    def asked(*args: object, **kwargs: object) -> object:
        raise AssertionError("the run asked the calculator")

    found = {method for kind in LAYERS.values() for method in methods_of(kind)}
    for base, name in found:
        monkeypatch.setattr(base, name, asked)
    return len(found)


@pytest.mark.parametrize("spec", ["lenet5", "resnet20", "mobilenet-v2", "every type"])
def test_the_run_asks_nothing_of_the_calculator(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph, shape = (cnnstat.loads(EVERY_TYPE), None) if spec == "every type" else reduced(spec)
    assert silence(monkeypatch) > 11
    with pytest.raises(AssertionError, match="asked the calculator"):
        cnnstat.analyze(graph, input_shape=shape)
    running = Network(graph, dtype="float64", input_shape=shape)
    x = running.sample(1)
    measurements = measure_network(running, x)
    y = running.forward(x)
    assert not isinstance(y, tuple)
    assert y.shape[1:] == measurements.layers[-1].output_shape
    assert running.backward(np.ones_like(y)).input.shape == x.shape
    plan = Plan()
    assert all(checked.good for _, checked in check_layers(running, x, plan))
    assert all(checked.good for checked in check_end_to_end(running, x, plan))


def test_every_type_in_one_network_is_true() -> None:
    assert verify(cnnstat.loads(EVERY_TYPE), batch=BATCH).differences == ()


@pytest.mark.parametrize("outputs", ["[input, a]", "[a, input]", "[a, b, a]", "[input, input, b]"])
def test_what_is_put_out_twice_or_as_it_came_in_is_true(outputs: str) -> None:
    layers = "  - {name: a, type: linear, units: 3}\n  - {name: b, type: relu}\n"
    read = "" if "b" in outputs else "  - {name: c, type: relu}\n"
    text = f"input: [3]\nlayers:\n{layers}{read}outputs: {outputs[:-1]}, {'c' if read else 'b'}]\n"
    assert verify(cnnstat.loads(text), batch=BATCH).differences == ()
    assert all(checked.good for checked in cnnstat.check_gradients(cnnstat.loads(text)))


@pytest.mark.parametrize(
    ("first", "second"), [("[2]", "[1, 2, 3]"), ("[1, 2, 3]", "[2]"), ("[2, 4]", "[2, 3, 3]")]
)
def test_inputs_of_different_kinds_side_by_side_are_true(first: str, second: str) -> None:
    """What reads one of them alone has no place on the other."""
    text = (
        f"input: {{a: {first}, b: {second}}}\n"
        "layers: [{name: x, type: relu, from: a}, {name: y, type: relu, from: b}]\noutputs: [x, y]\n"
    )
    verified = verify(cnnstat.loads(text))
    assert verified.good


@pytest.mark.parametrize("mode", ["circular", "reflect", "replicate"])
@pytest.mark.parametrize("side", [1, 5])
def test_a_frame_of_what_is_inside_that_is_cut_off_again_is_true(mode: str, side: int) -> None:
    """The calculator lists what each unit sees there, and has no stride; the units have one all the same."""
    if mode == "reflect" and side == 1:
        pytest.skip("nothing to mirror")
    layers = f"[{{type: pad, padding: 1, mode: {mode}}}, {{type: crop, margins: 1}}]"
    text = f"input: [2, {side}, {side}]\nlayers: {layers}\n"
    assert verify(cnnstat.loads(text)).differences == ()


@pytest.mark.parametrize(
    "text",
    [
        """
input: [12, 3, 8]
layers:
  - {type: relu}
  - {type: pad, padding: 2, mode: replicate}
  - {type: max_pool, kernel: 3}
""",
        """
input: [1, 1, 3]
layers:
  - {name: n0, type: relu, from: input}
  - {name: n1, type: zero_pad_shortcut, from: n0, filters: 2, stride: 3}
  - {name: n2, type: pad, from: [n1, input]}
  - {name: n3, type: zero_pad_shortcut, from: n2, filters: 2, stride: 2}
""",
    ],
    ids=["a list has no padding", "nothing of the input is seen"],
)
def test_a_padding_that_no_pattern_has_is_not_compared(text: str) -> None:
    """Random networks: a longer input showed a pattern that the network's own has not."""
    verified = cnnstat.verify(cnnstat.loads(text))
    assert verified.good, verified.differences
