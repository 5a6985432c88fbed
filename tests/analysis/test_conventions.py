"""What other tools print: each figure held against the tool, or against its source where it did not run.

PyTorch's tools ran in torch 2.13.0, each in the version that its table gives, on torchvision's networks at
224x224 and on LeNet-5 (28x28 padded by 2, ReLU, max pool, C3 reads all maps); on bundled networks made of
modules (``tests/reference/tools-networks.csv``); on single layers (``tools-layers.csv``); and on one module
that a network calls twice (``tools-shared.csv``; ``block`` is a convolution, a batch norm and a ReLU).
Netscope's parser and analyzer of 2018-07-12 ran in node 20 on single layers and networks in Caffe's terms. An
empty cell is what did not run or has no counterpart; ``fails`` is a tool that ends with an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat.analysis.conventions import CONVENTIONS, convention_of
from cnnstat.analysis.layer_kinds import TERMS
from cnnstat.analysis.tool_counts import tool_counts, total
from cnnstat.base.errors import ArgumentError
from cnnstat.spec import bundled
from tests.analysis.tool_prints import LAYERS_PRINTED, NETWORKS_PRINTED, SHARED_PRINTED, TOOLS, alone, counted
from tests.measured import NETWORKS, network
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis import Analysis

TOTALS: dict[str, tuple[str, str, str, str, str]] = {
    "torchinfo": ("423,038", "714.683", "15,483.821", "19,646.924", "3,663.779"),
    "fvcore": ("416,520", "714.198", "15,470.289", "19,632.088", "3,671.263"),
    "ptflops": ("423,038", "714.683", "15,483.821", "19,646.924", "3,663.762"),
    "thop": ("416,520", "714.207", "15,470.314", "19,632.113", "3,678.739"),
    "calflops": ("852,156", "1,429.741", "30,973.778", "39,299.984", "7,339.389"),
    "torch": ("833,040", "1,428.377", "30,940.529", "39,264.125", "7,327.523"),
}
"""Printed by the tools: LeNet-5 exactly, the others in millions."""


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


def test_conventions_say_how_they_are_known_and_for_what_networks() -> None:
    notes = within("flops", "lenet5", "--conventions").stdout
    assert "held against the tool itself, in torch 2.13.0: fvcore, torchinfo, ptflops," in notes
    assert "held against its source: distill\n" in notes
    assert (
        "figures are for networks written with modules; passed over where called: x.mean (fvcore);" in notes
    )


def test_torch_counts_products_on_tokens_and_of_two_inputs() -> None:
    """What FlopCounterMode of torch 2.13 prints for 5 units on 7 tokens of 6, and for two 4x5 by 5x5."""
    tokens = cnnstat.loads("input: [6, 7]\nlayers:\n  - {type: linear, units: 5, axis: channels}\n")
    assert counted(cnnstat.analyze(tokens), "torch").total == 420
    a = "{name: a, type: slice, axis: height, stop: 4}"
    matmul = "{type: matmul, from: [a, input]}"
    heads = cnnstat.loads(f"input: [2, 5, 5]\nlayers:\n  - {a}\n  - {matmul}\n")
    assert counted(cnnstat.analyze(heads), "torch").total == 400


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
