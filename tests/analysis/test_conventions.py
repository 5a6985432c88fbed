"""What other tools print: each figure held against the tool, or against its source where it did not run.

PyTorch's tools ran in torch 2.13.0, each in the version that its table gives, on torchvision's networks at
224x224 and on LeNet-5 (28x28 padded by 2, ReLU, max pool, C3 reads all maps); on bundled networks made of
modules (``tests/reference/tools-networks.csv``); on single layers (``tools-layers.csv``); and on one module
that a network calls twice (``tools-shared.csv``; ``block`` is a convolution, a batch norm and a ReLU).
Netscope's parser and analyzer of 2018-07-12 ran in node 20 on single layers and networks in Caffe's terms. An
empty cell is what did not run or has no counterpart; ``fails`` is a tool that ends with an error.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat.analysis.conventions import CONVENTIONS, convention_of
from cnnstat.analysis.layer_kinds import CURVES, JOINS, MOVES, SAMPLE_NORMS, TERMS, USUAL_AXES, work_of
from cnnstat.analysis.tool_counts import ToolCount, tool_counts, total
from cnnstat.base.errors import ArgumentError
from cnnstat.layers import LAYERS
from cnnstat.spec import bundled
from tests.layers.test_figures import ACTIVATIONS, BY_HAND, PUBLISHED
from tests.measured import NETWORKS, network
from tests.program import within

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


REFERENCE = Path(__file__).parents[1] / "reference"


def printed_by_tools(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of what tools printed."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LAYERS_PRINTED = printed_by_tools("tools-layers.csv")
NETWORKS_PRINTED = printed_by_tools("tools-networks.csv")
SHARED_PRINTED = printed_by_tools("tools-shared.csv")
TOOLS = {key for row in LAYERS_PRINTED for key, cell in row.items() if cell} - {"input", "layer"}
"""The tools that ran on single layers."""

DCGAN = """
input: [100, 1, 1]
layers:
  - {type: transposed_conv, filters: 512, kernel: 4, bias: false}
  - {type: batch_norm}
  - {type: relu}
  - {type: transposed_conv, filters: 256, kernel: 4, stride: 2, padding: 1, bias: false}
  - {type: batch_norm}
  - {type: relu}
  - {type: transposed_conv, filters: 128, kernel: 4, stride: 2, padding: 1, bias: false}
  - {type: batch_norm}
  - {type: relu}
  - {type: transposed_conv, filters: 64, kernel: 4, stride: 2, padding: 1, bias: false}
  - {type: batch_norm}
  - {type: relu}
  - {type: transposed_conv, filters: 3, kernel: 4, stride: 2, padding: 1, bias: false}
  - {type: tanh}
"""
"""The generator of Radford, Metz, Chintala, arXiv:1511.06434, as PyTorch's examples have it."""


def alone(shape: str, line: str) -> Analysis:
    """Return the analysis of a network of one layer; what joins reads the input twice."""
    joins = line.split(",", maxsplit=1)[0] in (*JOINS, "concat")
    line = f"{line}, from: [input, input]" if joins else line
    return cnnstat.analyze(cnnstat.loads(f"input: [{shape}]\nlayers:\n  - {{type: {line}}}\n"))


@pytest.mark.parametrize("row", LAYERS_PRINTED, ids=lambda row: f"{row['input']} {row['layer']}")
def test_single_layers_are_counted_as_the_tools_print_them(row: dict[str, str]) -> None:
    analysis = alone(row["input"].replace("x", ", "), row["layer"])
    printed = {tool: row[tool] for tool in TOOLS if row[tool]}
    found = {tool: counted(analysis, tool) for tool in printed}
    assert {tool: "fails" if count.left_out else str(count.total) for tool, count in found.items()} == printed


@pytest.mark.parametrize("row", NETWORKS_PRINTED, ids=lambda row: row["network"])
def test_networks_are_counted_as_the_tools_print_them(row: dict[str, str]) -> None:
    name = row["network"]
    analysis = cnnstat.analyze(cnnstat.loads(DCGAN) if name == "dcgan" else bundled.address(name))
    printed = {tool: int(row[tool]) for tool in TOOLS if row[tool]}
    assert {tool: counted(analysis, tool).total for tool in printed} == printed


def twice(shape: str, line: str) -> Analysis:
    """Return the analysis of a network that applies one layer, or one block, twice."""
    lines = ("conv, filters: 6, kernel: 3, padding: 1", "batch_norm", "relu") if line == "block" else (line,)
    block = "".join(f"      - {{type: {each}}}\n" for each in lines)
    calls = "  - {name: a, type: module}\n  - {name: b, type: module, weights: a}\n"
    text = f"input: [{shape}]\nblocks:\n  module:\n    layers:\n{block}layers:\n{calls}"
    return cnnstat.analyze(cnnstat.loads(text))


@pytest.mark.parametrize("row", SHARED_PRINTED, ids=lambda row: row["layer"])
def test_shared_weights_are_counted_as_the_tools_print_them(row: dict[str, str]) -> None:
    analysis = twice(row["input"].replace("x", ", "), row["layer"])
    printed = {tool: int(row[tool]) for tool in TOOLS if row.get(tool)}
    found = {tool: counted(analysis, tool) for tool in printed}
    assert {tool: count.total for tool, count in found.items()} == printed
    assert not any(count.left_out for count in found.values())


def test_of_a_tool_that_did_not_run_on_shared_weights_nobody_knows_how_it_counts_them() -> None:
    ran = {tool for row in SHARED_PRINTED for tool in row if row[tool]} - {"input", "layer"}
    assert {name for name, tool in CONVENTIONS.items() if tool.shared_weights} == ran
    analysis = twice("6, 9, 12", "block")
    once = {"distill": 2 * 34992 + 648 + 648, "convnet-burden": 35640, "netscope": 34992 + 1944}
    kinds = {"conv", "batch_norm"}
    for name in set(CONVENTIONS) - ran:
        found = counted(analysis, name)
        unknown = kinds - CONVENTIONS[name].nothing
        assert set(found.left_out) == {f"{kind} with shared weights" for kind in unknown}
        relus = 2 * counted(alone("6, 9, 12", "relu"), name).total
        assert found.total == once[name] + relus


def test_conventions_say_how_shared_weights_count(tmp_path: Path) -> None:
    spec = "input: [3, 8, 8]\nlayers:\n  - {name: a, type: conv, filters: 3, kernel: 1}\n"
    path = tmp_path / "twice.yaml"
    path.write_text(spec + "  - {name: b, type: conv, filters: 3, kernel: 1, weights: a}\n", encoding="utf-8")
    notes = within("flops", str(path), "--conventions").stdout
    assert "shared weights count at each use (fvcore, torchinfo, ptflops, deepspeed," in notes
    assert "at each use, times the modules that hold them (ptflops-pytorch, calflops)" in notes
    assert "conv with shared weights: nothing that distill, convnet-burden, netscope could read" in notes
    notes = within("flops", str(path), "--convention", "thop").stdout
    assert "shared weights count at each use, times the square of the modules that hold them" in notes
    assert "shared weights" not in within("flops", "lenet5", "--conventions").stdout


POOLED = 6 * 4 * 5
BY_SOURCE: list[tuple[str, str, str, int]] = [
    ("6, 9, 12", "max_pool, kernel: 3, stride: 2", "distill", 9 * POOLED),
    ("6, 9, 12", "batch_norm", "distill", 648),
    ("6", "linear, units: 7", "distill", 91),
    ("6, 9, 12", "max_pool, kernel: 3, stride: 2", "convnet-burden", 2 * 4 * POOLED),
    ("6, 9, 12", "global_avg_pool", "convnet-burden", 648),
    ("6, 9, 12", "global_max_pool", "convnet-burden", 648),
    ("6, 9, 12", "adaptive_avg_pool, size: 1", "convnet-burden", 648),
    ("6, 9, 12", "transposed_conv, filters: 4, kernel: 3, stride: 2", "convnet-burden", 648 * 9 * 6 + 1900),
    ("6, 9, 12", "relu", "convnet-burden", 2 * 648),
    ("6, 9, 12", "scale", "convnet-burden", 648),
    ("6, 9, 12", "sigmoid", "convnet-burden", 0),
    ("6, 9, 12", "local_response_norm, size: 5", "convnet-burden", 648 + (2 + 12) * 108),
    ("6", "linear, units: 7", "convnet-burden", 49),
]
"""Of tools that did not run here, worked out by hand from their source."""


@pytest.mark.parametrize(("shape", "line", "tool", "count"), BY_SOURCE)
def test_single_layers_by_source(shape: str, line: str, tool: str, count: int) -> None:
    found = counted(alone(shape, line), tool)
    assert (found.total, found.left_out) == (count, ())


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("squeezenet1.0", "837M"),
        ("squeezenet1.1", "360M"),
        ("vgg16", "16G"),
        ("vgg19", "20G"),
        ("googlenet", "2G"),
        ("resnet18", "2G"),
        ("resnet50", "4G"),
        ("densenet121", "3G"),
        ("mobilenet-v1", "579M"),
    ],
)
def test_totals_are_those_that_convnet_burden_published(name: str, published: str) -> None:
    count = counted(cnnstat.analyze(bundled.address(name)), "convnet-burden").total
    assert (f"{count / 1e6:.0f}M" if published[-1] == "M" else f"{count / 1e9:.0f}G") == published


@pytest.mark.parametrize(
    ("name", "tool", "printed"),
    [
        ("resnet50-v1.5", "ptflops-pytorch", 4_132_436_968),
        ("resnet50-v1.5", "ptflops", 4_089_185_256),
        ("alexnet", "netscope", 730_471_672),
        ("squeezenet1.0", "convnet-burden", 836_557_024),
    ],
)
def test_totals_to_the_last_digit(name: str, tool: str, printed: int) -> None:
    assert counted(cnnstat.analyze(bundled.address(name)), tool).total == printed


def test_netscope_prints_a_softmax_above_its_resnet() -> None:
    resnet = cnnstat.analyze(bundled.address("resnet50"))
    softmax = counted(alone("1000", "softmax"), "netscope").total
    assert (counted(resnet, "netscope").total + softmax, softmax) == (3_906_245_560, 3_000)


def test_netscope_adds_once_however_many_inputs_there_are() -> None:
    # Printed for the sum of three 6x9x12 maps; TorchLens and onnx-tool count a sum of three as two.
    text = "input: [6, 9, 12]\nlayers:\n  - {type: add, from: [input, input, input]}\n"
    analysis = cnnstat.analyze(cnnstat.loads(text))
    assert [counted(analysis, tool).total for tool in ("netscope", "torchlens", "onnx-tool")] == [
        648,
        1296,
        1296,
    ]


@pytest.mark.parametrize(
    ("line", "tools"),
    [
        ("adaptive_avg_pool, size: 3", ("convnet-burden", "netscope")),
        ("slice, start: 1", ("netscope",)),
        ("upsample, scale: [2, 3]", ("calflops",)),
    ],
)
def test_what_a_tool_fails_at_is_left_out(line: str, tools: tuple[str, ...]) -> None:
    for tool in tools:
        assert counted(alone("6, 9, 12", line), tool) == ToolCount({}, (line.split(",", maxsplit=1)[0],))


def test_conventions_say_how_they_are_known_and_for_what_networks() -> None:
    notes = within("flops", "lenet5", "--conventions").stdout
    assert "held against the tool itself, in torch 2.13.0: fvcore, torchinfo, ptflops," in notes
    assert "held against its source: distill\n" in notes
    assert (
        "figures are for networks written with modules; passed over where called: x.mean (fvcore);" in notes
    )


def test_what_a_tool_has_no_layer_for_is_left_out_by_name() -> None:
    lenet = cnnstat.analyze("lenet5")
    count = counted(lenet, "fvcore")
    assert count.left_out == ("subsample", "rbf")
    assert count.total == lenet.totals.counts.macs - 1176 - 400 - 840


ELSEWHERE = {"rbf", "subsample", "spatial_pyramid_pool", "upsample", "scale", "multiply", "relu6", "prelu"}
ELSEWHERE |= {"log_softmax", *SAMPLE_NORMS, *CURVES}
"""What the tools of other frameworks have no layer for."""

HANDED_ON = {"concat", "flatten", "reshape", "permute", "crop", "identity", "drop_path"}
"""The moves that Netscope knows, or has no need of."""

WITHOUT_MATMUL = CONVENTIONS.keys() - {"torch"}
"""The tools that were not run on a product of two inputs."""

_UNKNOWN: dict[str, set[str]] = {
    **{key: {"rbf", "subsample"} for key in ("torchinfo", "ptflops", "torch")},
    **{
        key: {"rbf", "subsample", "spatial_pyramid_pool"} for key in TOOLS - {"torchinfo", "ptflops", "torch"}
    },
    "onnx-tool": {"rbf", "subsample", "spatial_pyramid_pool", "group_norm", "selu", "gelu"},
    "distill": {*ELSEWHERE, "transposed_conv", "local_response_norm", "leaky_relu"},
    "convnet-burden": ELSEWHERE - {"scale", "sigmoid"},
    "netscope": {*ELSEWHERE, *MOVES} - {"scale", "multiply", "relu6", "prelu", "elu"} - HANDED_ON,
}
UNKNOWN = {
    tool: kinds | ({"matmul"} if tool in WITHOUT_MATMUL else set()) for tool, kinds in _UNKNOWN.items()
}
"""The types that a tool cannot count. Of a type that stands neither here nor in its table, nobody knows."""


@cache
def bundled_types() -> set[str]:
    return {node.type for name in bundled.names() for node in cnnstat.load(name).nodes}


@pytest.mark.parametrize("tool", CONVENTIONS.values(), ids=lambda tool: tool.name)
def test_a_tool_counts_what_its_table_has_and_no_more(tool: Convention) -> None:
    known = {*tool.weights, *tool.nothing}
    assert not known & UNKNOWN[tool.name]
    looked_at = {kind for each in CONVENTIONS.values() for kind in (*each.weights, *each.nothing)}
    # What bundled networks are made of has been looked at for each tool.
    assert bundled_types() & looked_at - known <= UNKNOWN[tool.name]


FAILING = {
    "calflops": {"upsample"},
    **{
        key: {"adaptive_avg_pool", "adaptive_max_pool"} for key in ("onnx-tool", "convnet-burden", "netscope")
    },
}
"""The types that a tool counts with some options, and fails at with others."""


@pytest.mark.parametrize("tool", CONVENTIONS)
def test_a_layer_is_counted_in_the_terms_of_its_type_or_left_out_by_name(tool: str) -> None:
    known = {*CONVENTIONS[tool].weights, *CONVENTIONS[tool].nothing}
    alone = [(line, inputs) for _, line, inputs, _ in PUBLISHED + BY_HAND if "+" not in inputs]
    for line, inputs in (*alone, *((line, "2x3x4") for line in ACTIVATIONS)):
        graph = cnnstat.loads(f"input: [{inputs.replace('x', ', ')}]\nlayers:\n  - {{{line.strip('{}')}}}\n")
        node = graph.layers[0]
        found = counted(cnnstat.analyze(graph), tool)
        failed = node.type in FAILING.get(tool, ()) and found.left_out
        if node.type in USUAL_AXES and re.search("axis:|axes: (height|width)", line):
            continue  # tools were not looked at along these
        assert found.left_out == ((node.type,) if failed or node.type not in known else ())
        if found.terms:
            work = work_of(node.type, node.layer.family)
            assert set(found.terms) <= {work.term, work.biases}


@pytest.mark.parametrize(
    "line",
    ["linear, units: 2, axis: channels", "softmax, axis: height", "layer_norm, axes: width"],
)
def test_along_an_axis_that_nobody_looked_at_a_type_is_left_out(line: str) -> None:
    analysis = cnnstat.analyze(cnnstat.loads(f"input: [3, 4, 5]\nlayers:\n  - {{type: {line}}}\n"))
    kind = line.split(",", maxsplit=1)[0]
    for name, tool in CONVENTIONS.items():
        known = kind in tool.nothing or (name == "torch" and kind == "linear")
        assert counted(analysis, name).left_out == (() if known else (kind,))


@pytest.mark.parametrize("tool", CONVENTIONS)
@pytest.mark.parametrize("line", ["conv, filters: 4, kernel: 3", "max_pool, kernel: 2", "relu"])
def test_a_tool_that_was_not_run_on_volumes_leaves_them_out(tool: str, line: str) -> None:
    found = counted(alone("6, 5, 7, 8", line), tool)
    assert found.left_out == (() if tool == "torch" else (line.split(",", maxsplit=1)[0],))


def test_torch_counts_products_on_tokens_and_of_two_inputs() -> None:
    """What FlopCounterMode of torch 2.13 prints for 5 units on 7 tokens of 6, and for two 4x5 by 5x5."""
    tokens = cnnstat.loads("input: [6, 7]\nlayers:\n  - {type: linear, units: 5, axis: channels}\n")
    assert counted(cnnstat.analyze(tokens), "torch").total == 420
    a = "{name: a, type: slice, axis: height, stop: 4}"
    matmul = "{type: matmul, from: [a, input]}"
    heads = cnnstat.loads(f"input: [2, 5, 5]\nlayers:\n  - {a}\n  - {matmul}\n")
    assert counted(cnnstat.analyze(heads), "torch").total == 400


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
