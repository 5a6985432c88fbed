"""Each pair over random networks, always the same ones; `python -m tests.fuzz pairs` goes on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

import cnnstat
from cnnstat.executor.kernels import KERNELS
from cnnstat.layers import LAYERS
from cnnstat.layers.base import values
from tests.fuzz import pairs as fuzzed
from tests.fuzz.findings import Finding
from tests.fuzz.pieces import Block, Drawn, Line
from tests.fuzz.test_fuzz import short
from tests.metamorphic.batches import check_batches
from tests.metamorphic.exchanged import as_maps, grouped, transposed
from tests.metamorphic.pairs import PAIRS, Unequal, check_pair
from tests.metamorphic.unfolded import inlined, renamed, unrolled

if TYPE_CHECKING:
    from tests.fuzz.pairs import Written

BLOCK = Block(
    {"width": 4, "project": False},
    ("below", "beside"),
    (
        Line("a", "conv", {"filters": "$width", "kernel": 1}, None, {"repeat": 2, "first": {"bias": False}}),
        Line("b", "conv", {"filters": 9, "kernel": 1}, None, {"when": "$project"}),
        Line("c", "add", {}, ("b", "beside")),
    ),
)
NETWORK = Drawn(
    (4, 6, 5),
    {"branch": BLOCK},
    (
        Line("stem", "depthwise_conv", {"kernel": [3, 2], "multiplier": 1, "padding": [1, 1, 0, 1]}),
        Line("many", "branch", {}, ("stem", "stem"), {"repeat": 2, "frozen": "$index == 0"}),
        Line(None, "slice", {"axis": "height", "start": 1}, ("many.0.a.1",)),
        Line("end", "relu", {}, ("many",)),
        Line("other", "relu", {}, ("slice1",)),
    ),
    ("end", "other"),
)


def network() -> Drawn:
    """Return a network with all that is rewritten, every line of which has a name."""
    named = tuple(replace(line, name=line.name or "slice1") for line in NETWORK.lines)
    return replace(NETWORK, lines=named)


def test_repeats_are_unrolled() -> None:
    """Outside of blocks and inside of them, with what only the first repetition has."""
    found = unrolled(network())
    assert not any("repeat" in line.keys for line in (*found.lines, *found.blocks["branch"].lines))
    assert [(line.name, line.sources, dict(line.keys)) for line in found.lines[:3]] == [
        ("stem", ("input",), {}),
        ("many_0", ("stem", "stem"), {"frozen": True}),
        ("many_1", ("many_0", "stem"), {"frozen": False}),
    ]
    assert [(line.name, line.options.get("bias")) for line in found.blocks["branch"].lines[:2]] == [
        ("a_0", False),
        ("a_1", None),
    ]
    assert found.lines[3].sources == ("many_0.a_1",)
    assert found.lines[4].sources == ("many_1",)


def test_blocks_are_inlined() -> None:
    """With their parameters put in, and without what is left out."""
    found = inlined(network())
    assert found is not None
    assert not found.blocks
    assert [line.name for line in found.lines] == [
        *("stem", "many_0_a_0", "many_0_a_1", "many_0_c", "many_1_a_0", "many_1_a_1", "many_1_c"),
        *("slice1", "end", "other"),
    ]
    by_name = {line.name: line for line in found.lines}
    assert by_name["many_0_a_0"].options["filters"] == 4
    assert by_name["many_0_c"].sources == ("many_0_a_1", "stem")
    assert by_name["many_1_c"].sources == ("many_1_a_1", "stem")
    assert by_name["slice1"].sources == ("many_0_a_1",)
    assert [name for name, line in by_name.items() if line.keys.get("frozen")] == [
        *("many_0_a_0", "many_0_a_1", "many_0_c")
    ]


def test_everything_is_renamed() -> None:
    found = renamed(network())
    names = {line.name for line in (*found.lines, *found.blocks["xhcnarb"].lines)}
    assert names == {"xmets", "xynam", "x1ecils", "xdne", "xrehto", "xa", "xb", "xc"}
    assert found.outputs == ("xdne", "xrehto")


def test_a_depthwise_convolution_is_one_of_groups() -> None:
    found = grouped(network())
    assert found is not None
    assert found.lines[0].type == "conv"
    assert found.lines[0].options["groups"] == "$in"
    assert grouped(replace(network(), lines=(Line("a", "relu"),), outputs=())) is None


def test_height_and_width_are_exchanged() -> None:
    found = transposed(network())
    assert found is not None
    assert found.input == (4, 5, 6)
    assert found.lines[0].options == {"kernel": [2, 3], "multiplier": 1, "padding": [0, 1, 1, 1]}
    (cut,) = (line for line in found.lines if line.type == "slice")
    assert cut.options["axis"] == "width"


def test_a_vector_is_a_map_of_one_position() -> None:
    drawn = Drawn((5,), {}, (Line("a", "linear", {"units": 3, "bias": False}), Line("b", "softmax")))
    found = as_maps(drawn)
    assert found is not None
    assert found.input == (5, 1, 1)
    assert found.lines[0].type == "conv"
    assert found.lines[0].options == {"filters": 3, "kernel": 1, "bias": False}
    assert as_maps(replace(drawn, lines=(*drawn.lines, Line("c", "reshape", {"shape": [1, 3]})))) is None


GROWN = Drawn(
    (4, 6, 5),
    {
        "wave": Block(
            {"wide": True, "depth": 1},
            ("below", "beside"),
            (
                Line("a", "conv", {"filters": "$in", "kernel": 1}, ("below",), {"when": "$wide"}),
                Line("a", "scale", {}, ("below",), {"when": "not $wide"}),
                Line("b", "add", {}, ("a", "beside")),
            ),
            {"main": "b", "beside": "a"},
        ),
        "nest": Block(
            {"depth": 2},
            ("input",),
            (
                Line("a", "scale", {}, ("input",)),
                Line("inner", "nest", {"depth": "$depth - 1"}, ("a",), {"when": "$depth > 1"}),
            ),
        ),
    },
    (
        Line("many", "wave", {}, ("x0", "x0"), {"repeat": 3, "weights": "many"}),
        Line("other", "wave", {}, ("x0", "many"), {"repeat": 3, "weights": "many", "unused": True}),
        Line("all", "add", {}, ("many.*.beside",)),
        Line("nested", "nest", {}, ("all",)),
        Line("again", "nest", {}, ("nested",), {"weights": "nested"}),
        Line("flat", "flatten", {}, ("x1",)),
    ),
    ("many", "again", "flat"),
    {"x1": (3, 2)},
)
"""A network with all else that lines are connected with."""


@pytest.mark.parametrize("name", ["renamed", "unrolled", "inlined", "unshared", "with a spare layer"])
def test_the_grown_network_is_equal_however_it_is_written(name: str) -> None:
    other = PAIRS[name].rewritten(GROWN)
    assert other is not None
    check_pair(PAIRS[name], GROWN, other, seed=1, batch=2)


def test_weights_of_its_own_cost_what_they_hold() -> None:
    """Shared weights are held once: the memory of both networks differs by them alone."""
    other = PAIRS["unshared"].rewritten(GROWN)
    assert other is not None
    one, two = (cnnstat.analyze(cnnstat.loads(drawn.text)).totals for drawn in (GROWN, other))
    more = two.counts.params - one.counts.params
    # Six convolutions of 4·4 + 4 numbers on 4 channels, of which one is held; four scales of 4, of which two.
    assert more == 5 * 20 + 2 * 4
    assert two.inference_memory_bytes - one.inference_memory_bytes == 4 * more


@pytest.mark.parametrize("name", ["renamed", "unrolled", "inlined", "depthwise as grouped", "transposed"])
def test_this_network_is_equal_however_it_is_written(name: str) -> None:
    other = PAIRS[name].rewritten(network())
    assert other is not None
    check_pair(PAIRS[name], network(), other, seed=1, batch=2)


def test_random_networks_are_equal_however_they_are_written() -> None:
    outcomes: Counter[str] = Counter()

    def compared(example: Written) -> None:
        outcomes[fuzzed.check(example)] += 1

    short(250)(given(fuzzed.FUZZER.strategy)(compared))()
    equal = {outcome.removeprefix("equal: ") for outcome in outcomes if outcome.startswith("equal: ")}
    assert equal == {*PAIRS, fuzzed.BATCHES}


# -- what differs is found -----------------------------------------------------------------------------


def test_a_figure_of_one_way_to_write_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LAYERS["depthwise_conv"], "connections", lambda self, inputs: values(inputs[0]))
    other = grouped(network())
    assert other is not None
    with pytest.raises(Unequal, match=r"^connections of depthwise_conv: "):
        check_pair(PAIRS["depthwise as grouped"], network(), other)


def test_an_output_of_one_way_to_write_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(KERNELS["depthwise_conv"], forward=KERNELS["identity"].forward)
    drawn = Drawn((2, 3, 3), {}, (Line("a", "depthwise_conv", {"kernel": 1}),))
    other = grouped(drawn)
    assert other is not None
    monkeypatch.setitem(KERNELS, "depthwise_conv", wrong)
    with pytest.raises(Unequal, match=r"^what comes out of depthwise_conv: "):
        check_pair(PAIRS["depthwise as grouped"], drawn, other)


def test_another_width_is_found() -> None:
    drawn = Drawn((2, 5, 4), {}, (Line("a", "conv", {"filters": 2, "kernel": [2, 1]}),))
    with pytest.raises(Unequal, match=r"^output_shape of conv"):
        check_pair(PAIRS["transposed"], drawn, replace(drawn, input=(2, 4, 5)))


def test_samples_that_are_not_alone_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = replace(
        KERNELS["relu"],
        forward=lambda inputs, params, options, context: (inputs[0] - inputs[0].mean(0), None),
    )
    monkeypatch.setitem(KERNELS, "relu", mixed)
    with pytest.raises(Unequal, match=r"^what comes out of relu"):
        check_batches(Drawn((3,), {}, (Line("a", "relu"),)))


def test_a_finding_names_the_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LAYERS["depthwise_conv"], "connections", lambda self, inputs: values(inputs[0]))
    example = fuzzed.Written(network(), "depthwise as grouped", 0, 1)
    with pytest.raises(Finding) as caught:
        fuzzed.check(example)
    assert caught.value.kind == "depthwise as grouped: connections of depthwise_conv is another"
    assert "type: depthwise_conv" in str(example)
    assert "groups: $in" in str(example)
