"""What a convention leaves out by name: types that a tool has not, or that nobody looked at."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.layer_kinds import CURVES, MOVES, SAMPLE_NORMS, USUAL_AXES, work_of
from cnnstat.analysis.tool_counts import ToolCount
from cnnstat.layers import LAYERS
from cnnstat.spec import bundled
from tests.analysis.tool_prints import TOOLS, alone, counted
from tests.layers.by_hand import ACTIVATIONS, BY_HAND
from tests.layers.published import PUBLISHED

if TYPE_CHECKING:
    from cnnstat.analysis.conventions import Convention


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


def test_a_type_that_nobody_thought_of_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYERS, "mystery", type("Mystery", (LAYERS["relu"],), {}, frozen=True))
    analysis = cnnstat.analyze(cnnstat.loads("input: [4]\nlayers:\n  - {type: mystery}\n"))
    for tool in CONVENTIONS:
        assert counted(analysis, tool) == ToolCount({}, ("mystery",))
