"""The roofline, worked out by hand; what is free, shared, read twice or for its size only; the machines."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

import cnnstat
from cnnstat.analysis.machines import Machine, machine_named, machines, rate
from cnnstat.analysis.roofline import FREE, Roof, Traffic, roof_of_network, roofs, together
from cnnstat.base.errors import ArgumentError
from cnnstat.layers import LAYERS
from tests.program import within

SLOW = Machine("", Fraction(1000), Fraction(100))
"""A thousand FLOPs and a hundred bytes a second: they meet at 10 FLOPs for each byte."""
DOCS = Path(__file__).parents[2] / "docs" / "flops.md"


def of(text: str, **options: object) -> dict[str, Roof]:
    analysis = cnnstat.analyze(cnnstat.loads(text), **options)  # type: ignore[arg-type]
    return dict(zip((row.name for row in analysis.rows), roofs(analysis, SLOW), strict=True))


CONV = "input: [2, 4, 4]\nlayers: [{name: c, type: conv, filters: 3, kernel: 3}]"


def test_a_convolution_by_hand() -> None:
    """3x2x2 outputs of 18 products each; 32 numbers in, 57 stored, 12 out."""
    roof = of(CONV)["c"]
    assert roof.flops == 2 * 12 * 18 == 432
    assert roof.traffic == Traffic(inputs=4 * 32, stored=4 * 57, output=4 * 12)
    assert roof.intensity == Fraction(432, 404)
    assert (roof.arithmetic_seconds, roof.memory_seconds) == (Fraction(432, 1000), Fraction(404, 100))
    assert (roof.seconds, roof.bound) == (Fraction(404, 100), "memory")


def test_a_batch_reads_its_weights_once() -> None:
    roof = of(CONV, batch=8, dtype="float16")["c"]
    assert roof.flops == 8 * 432
    assert roof.traffic == Traffic(inputs=8 * 2 * 32, stored=2 * 57, output=8 * 2 * 12)


def test_arithmetic_bounds_what_reads_little() -> None:
    roof = of("input: [64, 4, 4]\nlayers: [{type: conv, filters: 64, kernel: 3, padding: 1}]", batch=64)
    assert together(roof.values()).bound == "arithmetic"


@pytest.mark.parametrize("kind", FREE)
def test_what_moves_no_byte_is_a_type(kind: str) -> None:
    assert kind in LAYERS


def test_a_view_moves_nothing_and_takes_no_time() -> None:
    found = of("input: [2, 4, 4]\nlayers: [{type: flatten}, {type: dropout}, {type: slice, stop: 3}]")
    assert set(found.values()) == {Roof()}
    assert (Roof().intensity, Roof().bound) == (None, "")


def test_one_input_read_twice_moves_once() -> None:
    square = of("input: [2, 4, 4]\nlayers: [{name: m, type: multiply, from: [input, input]}]")["m"]
    assert square.traffic == Traffic(inputs=4 * 32, output=4 * 32)


def test_what_gives_its_size_only_is_not_read() -> None:
    text = """
input: {x: [2, 4, 4], like: [1, 8, 8]}
layers: [{name: up, type: upsample, from: [x, like]}]
"""
    assert of(text)["up"].traffic == Traffic(inputs=4 * 32, output=4 * 128)


def test_shared_weights_are_read_by_each() -> None:
    text = """
input: [2, 4, 4]
layers:
  - {name: a, type: conv, filters: 2, kernel: 1}
  - {name: b, type: conv, filters: 2, kernel: 1, weights: a}
"""
    found = of(text)
    assert found["a"].traffic.stored == found["b"].traffic.stored == 4 * 6


def test_several_layers_take_their_times_together() -> None:
    """Each waits for what is slower in it: the sum is more than the slower of two sums."""
    both = Roof(10, Traffic(1), Fraction(3), Fraction(1), Fraction(3))
    other = Roof(0, Traffic(2), Fraction(0), Fraction(2), Fraction(2))
    whole = together((both, other))
    assert [whole.seconds, whole.arithmetic_seconds, whole.memory_seconds] == [5, 3, 3]
    assert whole.traffic.total == 3


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "mobilenet-v2", "unet", "densenet121"])
def test_a_layer_takes_no_less_than_either(name: str) -> None:
    for machine in machines().values():
        analysis = cnnstat.analyze(name, dtype=machine.dtype)
        each = roofs(analysis, machine)
        assert all(roof.seconds == max(roof.arithmetic_seconds, roof.memory_seconds) for roof in each)
        whole = together(each)
        assert whole.flops == analysis.totals.counts.flops
        assert whole.seconds >= max(whole.arithmetic_seconds, whole.memory_seconds)


@pytest.mark.parametrize("options", [{}, {"batch": 3, "dtype": "float16"}], ids=["one", "three"])
@pytest.mark.parametrize("name", ["lenet5", "resnet18", "mobilenet-v2", "unet", "densenet121", "siamese"])
def test_a_network_is_what_its_layers_are_together(name: str, options: dict[str, Any]) -> None:
    analysis = cnnstat.analyze(name, **options)
    for named in (*machines().values(), Machine("", Fraction(1000, 7), Fraction(11, 3))):
        machine = replace(named, dtype="")
        each = roofs(analysis, machine)
        whole, found = together(each), roof_of_network(analysis.graph, analysis.settings, machine)
        assert found is not None
        assert (found.flops, found.traffic_bytes) == (whole.flops, whole.traffic.total)
        assert (found.seconds, found.intensity) == (whole.seconds, whole.intensity)
        assert found.memory_bound_layers == sum(roof.bound == "memory" for roof in each)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10T", 10**13),
        ("51.2G", 51_200_000_000),
        ("900GB/s", 900 * 10**9),
        (" 15.7 TFLOPS ", 15_700_000_000_000),
        ("5", 5),
    ],
)
def test_rates(text: str, value: int) -> None:
    assert rate(text) == value


@pytest.mark.parametrize("text", ["", "fast", "-1", "0", "1e999", "10 T T", "\x1b[31m"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ArgumentError, match="expected a rate"):
        rate(text)


def test_machines_have_names_and_sources() -> None:
    for name, machine in machines().items():
        assert machine == machine_named(name)
        assert machine.title
        assert re.search(r"\b20\d\d\b", machine.source)
    with pytest.raises(ArgumentError, match="did you mean 'v100'"):
        machine_named("v10")


REFUSED = "the peak of 'v100' is that of float32, the network's numbers are float16: --dtype float32, or"


@pytest.mark.parametrize(
    "arguments",
    [
        ("flops", "lenet5"),
        ("explain", "lenet5", "C1"),
        ("plot", "lenet5", "roofline"),
        ("sweep", "mobilenet-v1", "--columns", "least_seconds"),
        ("fit", "mobilenet-v1", "--least", "least_seconds"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_peak_is_for_numbers_of_one_type(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """By float32's peak, no time of a network in float16 is a least one: tensor cores are faster."""
    store = tmp_path / "s.duckdb"
    more = ("--store", str(store)) if arguments[0] == "sweep" else ()
    ended = within(*arguments, *more, "--machine", "v100", "--dtype", "float16")
    assert (ended.returncode, store.exists()) == (2, False)
    assert REFUSED in " ".join(ended.stderr.split())
    assert within(*arguments, "--machine", "tpu-v1", "--dtype", "int8").returncode == 0
    assert within(*arguments, "--peak", "125T", "--bandwidth", "900G", "--dtype", "float16").returncode == 0


def test_the_manual_lists_the_machines() -> None:
    rows = re.findall(r"^\| `(.+?)` \| (.+) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    found = {name: cells.split(" | ") for name, cells in rows}
    assert {
        name: Machine(name, rate(peak), rate(bandwidth), title, source, dtype)
        for name, (title, dtype, peak, bandwidth, source) in found.items()
    } == machines()


@pytest.mark.parametrize(
    "layer",
    [
        "{type: conv, filters: 3, kernel: 1, stride: 8}",
        "{type: conv, filters: 3, kernel: 1, stride: 2}",
        "{type: conv, filters: 3, kernel: [3, 2], stride: [4, 5], padding: 1}",
        "{type: conv, filters: 3, kernel: 2, dilation: 4, stride: 5}",
        "{type: conv, filters: 2, kernel: 3, groups: 2}",
        "{type: max_pool, kernel: 2, stride: 3}",
        "{type: avg_pool, kernel: 3, stride: 4}",
        "{type: adaptive_avg_pool, size: 5}",
        "{type: transposed_conv, filters: 3, kernel: 2, stride: 3}",
        "{type: relu}",
    ],
)
def test_what_is_read_is_what_changes_an_output(layer: str) -> None:
    """Each place of the input is poisoned in turn: those that reach no output are not read."""
    text = f"input: [2, 18, 19]\nlayers: [{layer}]"
    network = cnnstat.Network(cnnstat.loads(text), seed=0)
    clean = network.sample(batch=1)
    read = 0
    for place in np.ndindex(18, 19):
        poisoned = clean.copy()
        poisoned[(0, slice(None), *place)] = np.nan
        read += bool(np.isnan(network.forward(poisoned)).any())
    (found,) = of(text).values()
    assert found.traffic.inputs == 4 * 2 * read
