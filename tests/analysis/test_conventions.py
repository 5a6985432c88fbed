"""What other tools print: each figure held against the tool, or against its source where it did not run.

PyTorch's tools ran in torch 2.13 on torchvision's networks, 224x224, and on LeNet-5 (28x28 padded by 2,
ReLU, max pool, C3 reads all maps), and on single layers on 6x9x12, 6x12 and 6 numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat.analysis.conventions import CONVENTIONS, convention_of
from cnnstat.analysis.layer_kinds import CURVES, SAMPLE_NORMS, TERMS, work_of
from cnnstat.analysis.tool_counts import ToolCount, tool_counts, total
from cnnstat.base.errors import ArgumentError
from cnnstat.layers import LAYERS
from cnnstat.spec import bundled
from tests.layers.test_figures import ACTIVATIONS, BY_HAND, PUBLISHED
from tests.measured import NETWORKS, network

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.analysis.conventions import Convention

TOTALS: dict[str, tuple[str, str, str, str, str]] = {
    "torchinfo": ("423,038", "714.683", "15,483.821", "19,646.924", "3,663.779"),
    "fvcore": ("416,520", "714.198", "15,470.289", "19,632.088", "3,671.263"),
    "ptflops": ("423,038", "714.683", "15,483.821", "19,646.924", "3,663.762"),
    "thop": ("416,520", "714.207", "15,470.314", "19,632.113", "3,678.739"),
    "calflops": ("852,156", "1,429.741", "30,973.778", "39,299.984", "7,339.389"),
    "torch": ("833,040", "1,428.377", "30,940.529", "39,264.125", "7,327.523"),
}
"""Printed by the tools: LeNet-5 exactly, the others in millions."""


def counted(analysis: Analysis, tool: str) -> ToolCount:
    return total(tool_counts(analysis, CONVENTIONS[tool]))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("tool", TOTALS)
def test_totals_are_those_that_the_tools_print(tool: str, name: str) -> None:
    printed = TOTALS[tool][NETWORKS.index(name)]
    count = counted(network(name), tool).total
    assert (f"{count:,}" if "." not in printed else f"{count / 1e6:,.3f}") == printed


@pytest.mark.parametrize(
    ("tool", "terms"),
    [
        ("fvcore", {"multiply-adds": 3_663_761_408, "norms": 2 * 3_738_112, "pooling": 512 * 49}),
        ("torchinfo", {"multiply-adds": 3_663_761_408, "linear bias": 1000, "norms": 17_024}),
        ("thop", {"multiply-adds": 3_663_761_408, "norms": 4 * 3_738_112, "pooling": 512 * 50}),
        ("torch", {"multiply-adds": 7_327_522_816}),
    ],
)
def test_terms_say_what_makes_the_difference(tool: str, terms: dict[str, int]) -> None:
    assert counted(network("resnet34"), tool).terms == terms


# Single layers: 6x9x12 in, windows of 9 taps, 4x5 windows.
POOLED = 6 * 4 * 5
PRINTED: list[tuple[str, str, str, int]] = [
    (
        "6, 9, 12",
        "type: conv, filters: 4, kernel: [3, 2], stride: 2, padding: 1, groups: 2",
        "calflops",
        5180,
    ),
    ("6, 9, 12", "type: depthwise_conv, kernel: 3, padding: 1", "calflops", 12_312),
    ("6, 9, 12", "type: transposed_conv, filters: 4, kernel: 3, stride: 2", "torch", 2 * 23_328),
    ("6, 9, 12", "type: transposed_conv, filters: 4, kernel: 3, stride: 2", "thop", 216 * 19 * 25),
    ("6, 9, 12", "type: transposed_conv, filters: 4, kernel: 3, stride: 2", "torchinfo", 220 * 19 * 25),
    ("6, 9, 12", "{type: batch_norm, affine: false}", "thop", 1296),
    ("6, 9, 12", "type: instance_norm", "fvcore", 2592),
    ("6, 9, 12", "type: layer_norm", "fvcore", 3240),
    ("6, 9, 12", "type: group_norm, groups: 3", "thop", 0),
    ("6, 9, 12", "type: avg_pool, kernel: 3, stride: 2", "thop", POOLED),
    ("6, 9, 12", "type: adaptive_avg_pool, size: [5, 7]", "thop", 857),  # 858, were it not for float64
    ("6, 12", "type: adaptive_avg_pool, size: 5", "fvcore", 0),
    ("6, 12", "type: upsample, scale: 2, mode: bilinear", "thop", 5 * 144),
    ("6, 9, 12", "type: upsample, scale: 2, mode: bilinear", "thop", 11 * 2592),
    ("6, 9, 12", "type: upsample, scale: 2, mode: bilinear", "fvcore", 4 * 2592),
    ("6", "type: softmax", "thop", 17),
]
"""As PyTorch's tools print it."""
BY_SOURCE: list[tuple[str, str, str, int]] = [
    ("6, 9, 12", "type: max_pool, kernel: 3, stride: 2", "distill", 9 * POOLED),
    ("6, 9, 12", "type: max_pool, kernel: 3, stride: 2", "netscope", 9 * POOLED),
    ("6, 9, 12", "type: max_pool, kernel: 3, stride: 2", "convnet-burden", 2 * 4 * POOLED),
    ("6, 9, 12", "type: global_avg_pool", "netscope", 648),
    ("6, 9, 12", "type: global_avg_pool", "convnet-burden", 2 * 6),
    ("6, 9, 12", "type: depthwise_conv, kernel: 3, padding: 1", "netscope", 6 * 5832),  # takes all maps
    ("6, 9, 12", "type: relu", "convnet-burden", 2 * 648),
    ("6, 9, 12", "type: batch_norm", "netscope", 2 * 648),
    ("6, 9, 12", "type: batch_norm", "distill", 648),
    ("6, 9, 12", "type: local_response_norm, size: 5", "netscope", 9 * 648),
    ("6, 9, 12", "type: local_response_norm, size: 5", "convnet-burden", 648 + (2 + 12) * 108),
    ("6", "type: softmax", "netscope", 18),
    ("6", "type: linear, units: 7", "convnet-burden", 49),
    ("6", "type: linear, units: 7", "distill", 91),
]
"""Of tools that did not run here, worked out by hand from their source."""


@pytest.mark.parametrize(("shape", "line", "tool", "count"), PRINTED + BY_SOURCE)
def test_single_layers(shape: str, line: str, tool: str, count: int) -> None:
    graph = cnnstat.loads(f"input: [{shape}]\nlayers:\n  - {{{line.strip('{}')}}}\n")
    found = counted(cnnstat.analyze(graph), tool)
    assert (found.total, found.left_out) == (count, ())


def test_what_a_tool_has_no_layer_for_is_left_out_by_name() -> None:
    lenet = cnnstat.analyze("lenet5")
    count = counted(lenet, "fvcore")
    assert count.left_out == ("subsample", "rbf")
    assert count.total == lenet.totals.counts.macs - 1176 - 400 - 840


ELSEWHERE = {"rbf", "subsample", "spatial_pyramid_pool", "upsample", "scale", "multiply", "relu6", "prelu"}
ELSEWHERE |= {"log_softmax", *SAMPLE_NORMS, *CURVES}
"""What the tools of other frameworks have no layer for."""

UNKNOWN: dict[str, set[str]] = {
    "fvcore": {"rbf", "subsample", "spatial_pyramid_pool"},
    "torchinfo": {"rbf", "subsample"},
    "ptflops": {"rbf", "subsample"},
    "thop": {"rbf", "subsample", "spatial_pyramid_pool"},
    "calflops": {"rbf", "subsample", "spatial_pyramid_pool", "transposed_conv", "local_response_norm"}
    | {"upsample"},
    "torch": {"rbf", "subsample"},
    "distill": {*ELSEWHERE, "transposed_conv", "local_response_norm", "leaky_relu"},
    "convnet-burden": ELSEWHERE,
    "netscope": {*ELSEWHERE, "transposed_conv", "leaky_relu"} - {"scale", "multiply"},
}
"""The types that a tool cannot count. Of a type that stands neither here nor in its table, nobody knows."""


@pytest.mark.parametrize("tool", CONVENTIONS.values(), ids=lambda tool: tool.name)
def test_a_tool_counts_what_its_table_has_and_no_more(tool: Convention) -> None:
    known = {*tool.weights, *tool.nothing}
    assert not known & UNKNOWN[tool.name]
    looked_at = {kind for each in CONVENTIONS.values() for kind in (*each.weights, *each.nothing)}
    bundled_types = {node.type for name in bundled.names() for node in cnnstat.load(name).nodes}
    # What bundled networks are made of has been looked at for each tool.
    assert bundled_types & looked_at - known <= UNKNOWN[tool.name]


@pytest.mark.parametrize("tool", CONVENTIONS)
def test_a_layer_is_counted_in_the_terms_of_its_type_or_left_out_by_name(tool: str) -> None:
    known = {*CONVENTIONS[tool].weights, *CONVENTIONS[tool].nothing}
    alone = [(line, inputs) for _, line, inputs, _ in PUBLISHED + BY_HAND if "+" not in inputs]
    for line, inputs in (*alone, *((line, "2x3x4") for line in ACTIVATIONS)):
        graph = cnnstat.loads(f"input: [{inputs.replace('x', ', ')}]\nlayers:\n  - {{{line.strip('{}')}}}\n")
        node = graph.layers[0]
        found = counted(cnnstat.analyze(graph), tool)
        assert found.left_out == (() if node.type in known else (node.type,))
        if found.terms:
            work = work_of(node.type, node.layer.family)
            assert set(found.terms) <= {work.term, work.biases}


def test_a_type_that_nobody_thought_of_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYERS, "mystery", type("Mystery", (LAYERS["relu"],), {}, frozen=True))
    analysis = cnnstat.analyze(cnnstat.loads("input: [4]\nlayers:\n  - {type: mystery}\n"))
    for tool in CONVENTIONS:
        assert counted(analysis, tool) == ToolCount({}, ("mystery",))


@pytest.mark.parametrize("tool", CONVENTIONS)
def test_layers_add_up_and_terms_have_names(tool: str) -> None:
    for name in ("googlenet", "unet", "convnext", "mobilenet-v3"):
        layers = tool_counts(cnnstat.analyze(bundled.address(name)), CONVENTIONS[tool])
        whole = total(layers)
        terms = {term: sum(layer.terms.get(term, 0) for layer in layers) for term in TERMS}
        assert whole.terms == {term: count for term, count in terms.items() if count}
        assert list(whole.terms) == [term for term in TERMS if term in whole.terms]
        assert whole.total == sum(layer.total for layer in layers) > 0
        assert set(whole.left_out) == {kind for layer in layers for kind in layer.left_out}


def test_an_unknown_tool_gets_a_suggestion() -> None:
    with pytest.raises(
        ArgumentError, match=re.escape("unknown convention 'torchinf'; did you mean 'torchinfo'?")
    ):
        convention_of("torchinf")
