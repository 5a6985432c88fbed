"""Drafts folded into blocks, parameters and repeats: shorter, and the same network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import cnnstat
from cnnstat.commands.import_.same import same
from cnnstat.importers.draft import Draft, DraftLayer
from cnnstat.importers.spec_text import folded_text, spec_text
from cnnstat.spec import bundled
from tests.importers.drafts import draft_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn

Row: TypeAlias = tuple[str, str, str, dict[str, Any]]
"""A layer: its name, its type, what it reads, its options."""

LONGEST = "resnet1202"
"""Its family has others of the same blocks, which take no seconds."""


def draft(*rows: Row, outputs: str = "") -> Draft:
    """Return a network of these layers."""
    layers = tuple(
        DraftLayer(name=name, type=kind, inputs=tuple(reads.split()), options=options)
        for name, kind, reads, options in rows
    )
    ends = tuple(outputs.split()) or (rows[-1][0],)
    return Draft(name="drafted", inputs={"x": (4, 8, 8)}, layers=layers, outputs=ends)


def folded(network: Draft) -> list[str]:
    """Return the lines of a folded network, behind those of the head, held against what is not folded."""
    text = folded_text(network).text
    assert_same(network, text)
    return text.splitlines()[2:]


def assert_same(network: Draft, text: str) -> None:
    assert same(cnnstat.loads(text), cnnstat.loads(spec_text(network).text)), text


def conv(filters: int, **more: Any) -> dict[str, Any]:
    return {"filters": filters, "kernel": 1, **more}


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=pytest.mark.slow if each == LONGEST else ()) for each in bundled.names()],
)
def test_every_bundled_network_folds_into_the_same(name: str) -> None:
    graph = cnnstat.load(name)
    network = draft_of(graph)
    text = folded_text(network).text
    assert_same(network, text)
    lines = [line for line in text.splitlines() if not line.startswith("params: {classes:")]
    assert len(lines) <= len(spec_text(network).text.splitlines())


def test_resnet_50_reads_as_a_person_would_have_written_it() -> None:
    network = draft_of(cnnstat.load("resnet50-v1.5"))
    text = folded_text(network).text
    assert len(text.splitlines()) <= 60
    assert (
        """
  - {name: layer1, type: bottleneck, repeat: 3, filters:  64, first: {project: true}}
  - {name: layer2, type: bottleneck, repeat: 4, filters: 128, first: {stride: 2, project: true}}
  - {name: layer3, type: bottleneck, repeat: 6, filters: 256, first: {stride: 2, project: true}}
  - {name: layer4, type: bottleneck, repeat: 3, filters: 512, first: {stride: 2, project: true}}
"""
        in text
    )


def test_equal_modules_are_one_block_and_what_differs_a_parameter() -> None:
    rows: tuple[Row, ...] = (
        ("a.c", "conv", "x", conv(6, stride=2)),
        ("a.r", "relu", "a.c", {}),
        ("b.c", "conv", "a.r", conv(8)),
        ("b.r", "relu", "b.c", {}),
    )
    assert folded(draft(*rows)) == [
        "blocks:",
        "  conv_relu:",
        "    params: {filters, stride: 1}",
        "    layers:",
        "      - {name: c, type: conv, filters: $filters, kernel: 1, stride: $stride}",
        "      - {name: r, type: relu}",
        "layers:",
        "  - {name: a, type: conv_relu, filters: 6, stride: 2}",
        "  - {name: b, type: conv_relu, filters: 8}",
    ]


def test_modules_in_a_row_are_a_repeat_whose_first_differs() -> None:
    rows: list[Row] = [("stem", "conv", "x", conv(4)), *block("s.0", "stem", 6, project=True)]
    for number in range(1, 4):
        rows += block(f"s.{number}", f"s.{number - 1}.add", 6, project=False)
    assert folded(draft(*rows))[-7:] == [
        "      - {name: conv1, type: conv, filters: 6, kernel: 3, padding: 1}",
        "      - {name: conv2, type: conv, filters: 6, kernel: 3, padding: 1}",
        "      - {name: skip, type: conv, from: input, when: $skip, filters: 6, kernel: 1}",
        "      - {name: add, type: add, from: [conv2, skip]}",
        "layers:",
        "  - {name: stem, type: conv, filters: 4, kernel: 1}",
        "  - {name: s, type: residual, repeat: 4, first: {skip: true}}",
    ]


def block(name: str, reads: str, filters: int, *, project: bool) -> list[Row]:
    three = {"filters": filters, "kernel": 3, "padding": 1}
    return [
        (f"{name}.conv1", "conv", reads, three),
        (f"{name}.conv2", "conv", f"{name}.conv1", three),
        *([(f"{name}.skip", "conv", reads, conv(filters))] if project else []),
        (f"{name}.add", "add", f"{name}.conv2 {name}.skip" if project else f"{name}.conv2 {reads}", {}),
    ]


@pytest.mark.parametrize(("times", "written"), [(1, "$filters"), (2, "2 * $filters")])
def test_what_one_module_alone_has_is_written_by_the_parameters_of_the_block(
    times: int, written: str
) -> None:
    rows: list[Row] = [("stem", "conv", "x", conv(6 * times))]
    above = "stem"
    for name, filters, stride in (("a", 6, 1), ("b", 6, 1), ("c", 8, 2)):
        wide = times * filters
        rows += [
            (f"{name}.c1", "conv", above, conv(filters, stride=stride)),
            (f"{name}.c2", "conv", f"{name}.c1", conv(wide)),
            *([(f"{name}.down", "conv", above, conv(wide, stride=2))] if stride > 1 else []),
            (f"{name}.add", "add", f"{name}.c2 {name}.down" if stride > 1 else f"{name}.c2 {above}", {}),
        ]
        above = f"{name}.add"
    text = " ".join(" ".join(folded(draft(*rows))).split())
    line = f"from: input, when: $stride > 1, filters: {written}, kernel: 1, stride: $stride}}"
    assert f"{{name: down, type: conv, {line}" in text


def test_widths_are_multiples_of_what_is_known() -> None:
    rows: list[Row] = []
    above = "x"
    for name, filters in (("a", 4), ("b", 8), ("c", 6)):
        rows += [
            (f"{name}.up", "conv", above, conv(3 * filters)),
            (f"{name}.deep", "conv", f"{name}.up", conv(3 * filters, groups=3 * filters)),
            (f"{name}.down", "conv", f"{name}.deep", conv(filters)),
        ]
        above = f"{name}.down"
    assert folded(draft(*rows))[2:6] == [
        "    params: {filters}",
        "    layers:",
        "      - {name: up, type: conv, filters: $filters, kernel: 1}",
        "      - {name: deep, type: conv, filters: $filters, kernel: 1, groups: $filters}",
    ]


def test_activations_are_a_parameter() -> None:
    rows: list[Row] = [
        ("a.0", "conv", "x", conv(4, bias=False)),
        ("a.1", "batch_norm", "a.0", {}),
        ("a.2", "relu", "a.1", {}),
        ("b.0", "conv", "a.2", conv(4, bias=False)),
        ("b.1", "batch_norm", "b.0", {}),
        ("b.2", "hard_swish", "b.1", {}),
    ]
    assert "  - {name: b, type: conv_bn_act, act: hard_swish}" in folded(draft(*rows))


def test_what_is_the_default_of_its_type_is_not_written() -> None:
    rows: tuple[Row, ...] = (
        ("a", "conv", "x", conv(4, stride=1, bias=True, padding=0)),
        ("b", "relu", "a", {}),
    )
    assert folded(draft(*rows))[1] == "  - {name: a, type: conv, filters: 4, kernel: 1}"


def test_shared_weights_stay_where_a_block_sees_them() -> None:
    layers = (
        DraftLayer(name="m.a", type="conv", inputs=("x",), options=conv(4)),
        DraftLayer(name="m.b", type="conv", inputs=("m.a",), options=conv(4), weights="m.a"),
    )
    network = Draft(name="tied", inputs={"x": (4, 8, 8)}, layers=layers, outputs=("m.b",))
    assert "      - {name: b, type: conv, filters: 4, kernel: 1, weights: a}" in folded(network)


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        # what is left out would stand for the convolution, and its reader reads the block's input
        (
            [("c", "conv", "."), ("r", "relu", "c"), ("s", "tanh", "c"), ("a", "maximum", "r s")],
            [("c", "conv", "."), ("r", "relu", "c"), ("a", "maximum", "r .")],
        ),
        # the block would put out the convolution, and puts out the activation
        (
            [("c", "conv", "."), ("r", "relu", "c"), ("m", "maximum", "c r")],
            [("c", "conv", "."), ("r", "relu", "c")],
        ),
    ],
)
def test_modules_that_lack_what_others_need_are_blocks_of_their_own(
    whole: list[tuple[str, str, str]], part: list[tuple[str, str, str]]
) -> None:
    rows: list[Row] = []
    above = "x"
    for name, lines in (("one", whole), ("two", part), ("three", whole)):
        for line, kind, reads in lines:
            read = " ".join(above if each == "." else f"{name}.{each}" for each in reads.split())
            rows.append((f"{name}.{line}", kind, read, conv(4) if kind == "conv" else {}))
        above = rows[-1][0]
    lines_of = folded(draft(*rows))
    assert sum(line == "    layers:" for line in lines_of) == 2
    assert not any("when" in line for line in lines_of)


def test_blocks_are_called_as_the_classes_of_modules() -> None:
    rows: list[Row] = [("a.c", "conv", "x", conv(4)), ("a.r", "relu", "a.c", {}), ("b", "tanh", "a.r", {})]
    network = replace(draft(*rows), classes={"a": "HTTPConvBlock", "b": "Tanh"})
    assert folded(network)[1] == "  http_conv_block:"
    assert folded(replace(network, classes={"a": "Sequential"}))[1] == "  conv_relu:"


def test_a_numbered_block_of_one_layer_is_called_after_it() -> None:
    rows: list[Row] = [
        ("f.0.0", "layer_norm", "x", {}),
        ("f.1.0", "conv", "f.0.0", conv(4)),
        ("f.2.0", "layer_norm", "f.1.0", {"eps": 0.5}),
        ("f.2.1", "relu", "f.2.0", {}),
        ("f.3", "tanh", "f.2.1", {}),
    ]
    names = [line.strip() for line in folded(draft(*rows)) if line.startswith("  ") and line[2] not in " -"]
    assert names[:3] == ["norm:", "conv_layer:", "ln_relu:"]


def test_blocks_of_one_name_are_numbered_as_they_stand() -> None:
    rows: list[Row] = []
    above = "x"
    for name, kinds in (
        ("0", "conv relu conv tanh"),
        ("1", "conv tanh conv tanh"),
        ("2", "conv selu selu conv"),
    ):
        for number, kind in enumerate(kinds.split()):
            rows.append((f"{name}.l{number}", kind, above, conv(4) if kind == "conv" else {}))
            above = rows[-1][0]
    blocks = [line.strip() for line in folded(draft(*rows)) if line.startswith("  block")]
    assert blocks == ["block:", "block_2:"]


def test_a_later_call_that_needs_another_value_has_it() -> None:
    """Values of parameters that a module lacks are not taken for those of others."""
    rows: list[Row] = []
    above = "x"
    for name, filters, skip in (("a", 4, False), ("b", 8, True), ("c", 6, True), ("d", 6, False)):
        three = {"filters": filters, "kernel": 3, "padding": 1}
        rows += [
            (f"{name}.c1", "conv", above, three),
            (f"{name}.c2", "conv", f"{name}.c1", three),
            *([(f"{name}.s", "conv", above, conv(filters))] if skip else []),
            (f"{name}.m", "maximum", f"{name}.c2 {name}.s" if skip else f"{name}.c2 {above}", {}),
        ]
        above = f"{name}.m"
    text = "\n".join(folded(draft(*rows)))
    assert text.count("layers:") == 2
    assert "{name: s, type: conv, from: input, when: $s, filters: $filters, kernel: 1}" in text


# -- any network ---------------------------------------------------------------------------------------

_PARTS = st.sampled_from(("0", "1", "2", "a", "b", "conv", "relu", "add", "downsample"))
_NAMES = st.lists(_PARTS, min_size=1, max_size=4).map(".".join)


@st.composite
def anything(draw: DrawFn) -> Draft:
    """Draw layers under names of few words, so that modules meet, part, and are alike by chance."""
    inputs = draw(st.sampled_from(({"x": (4, 6, 6)}, {"x": (4, 6, 6), "y.0": (4, 6, 6)})))
    names = [*dict.fromkeys(draw(st.lists(_NAMES, min_size=1, max_size=24)))]
    layers: list[DraftLayer] = []
    for name in names:
        above = [*inputs, *(layer.name for layer in layers)]
        near = st.sampled_from(above[-3:])
        kind, reads, options, lender = (
            draw(st.sampled_from(("conv", "conv", "relu", "tanh", "add", "concat"))),
            [],
            {},
            "",
        )
        reads = [draw(near)] if kind not in ("add", "concat") else [draw(near), draw(st.sampled_from(above))]
        if kind == "concat":
            kind = "maximum"
        if kind == "conv":
            options = {"filters": 4, "kernel": draw(st.sampled_from((1, 3))), "bias": draw(st.booleans())}
            options["padding"] = options["kernel"] // 2
            options["groups"] = draw(st.sampled_from((1, 2, 4)))
            alike = [each.name for each in layers if each.options == options and not each.weights]
            lender = draw(st.sampled_from(("", "", "", *alike)))
        layers.append(DraftLayer(name=name, type=kind, inputs=tuple(reads), options=options, weights=lender))
    return finished(inputs, layers)


def finished(inputs: Mapping[str, tuple[int, ...]], layers: list[DraftLayer]) -> Draft:
    """Return a draft whose outputs are all that nobody reads, inputs without a reader left out."""
    read = {name for layer in layers for name in layer.inputs}
    ends = tuple(layer.name for layer in layers if layer.name not in read)
    used = {name: shape for name, shape in inputs.items() if name in read}
    return Draft(name="drawn", inputs=used, layers=tuple(layers), outputs=ends)


@settings(deadline=None, max_examples=150)
@given(anything())
def test_any_network_folds_into_the_same(network: Draft) -> None:
    assert_same(network, folded_text(network).text)


@st.composite
def alike(draw: DrawFn) -> Draft:
    """Draw a network of modules that are alike, but for widths, strides, activations, sums, projections."""
    layers: list[DraftLayer] = []
    above, channels = "x", 4

    def add(name: str, kind: str, *reads: str, **options: Any) -> str:
        layers.append(DraftLayer(name=name, type=kind, inputs=reads, options=options))
        return name

    def unit(name: str, reads: str) -> str:
        nonlocal channels
        filters = draw(st.sampled_from((4, 4, 8, 12)))
        kernel, stride = draw(st.sampled_from((1, 3))), draw(st.sampled_from((1, 1, 1, 2)))
        inner = draw(st.sampled_from((filters, 2 * filters, 6 * channels)))
        at = add(
            f"{name}.0.conv", "conv", reads, filters=inner, kernel=kernel, padding=kernel // 2, stride=stride
        )
        if draw(st.booleans()):
            at = add(f"{name}.0.act", draw(st.sampled_from(("relu", "silu"))), at)
        at = add(f"{name}.1", "conv", at, filters=filters, kernel=1, groups=draw(st.sampled_from((1, 1, 2))))
        project = stride > 1 or filters != channels
        if draw(st.booleans()):
            skip = (
                add(f"{name}.downsample.0", "conv", reads, filters=filters, kernel=1, stride=stride)
                if project
                else reads
            )
            at = add(f"{name}.add", "add", *draw(st.permutations((at, skip))))
        channels = filters
        return at

    for stage in range(draw(st.integers(1, 4))):
        for number in range(draw(st.integers(1, 4))):
            above = unit(f"stage{stage}.{number}", above)
    return finished({"x": (4, 32, 32)}, layers)


@settings(deadline=None, max_examples=150)
@given(alike())
def test_networks_of_like_modules_fold_into_the_same(network: Draft) -> None:
    text = folded_text(network).text
    assert_same(network, text)
    assert len(text.splitlines()) <= len(spec_text(network).text.splitlines())


# -- names that are the importer's -----------------------------------------------------------------------


def without_names(network: Draft) -> Draft:
    """Return a draft as of a file whose nodes have no names: each layer is its type and a number."""
    counts: Counter[str] = Counter()
    names = {name: name for name in network.inputs} | {"": ""}
    for layer in network.layers:
        counts[layer.type] += 1
        names[layer.name] = f"{layer.type}_{counts[layer.type]}" if counts[layer.type] > 1 else layer.type
    layers = tuple(
        replace(
            layer,
            name=names[layer.name],
            inputs=tuple(names[name] for name in layer.inputs),
            weights=names[layer.weights],
        )
        for layer in network.layers
    )
    return replace(network, layers=layers, outputs=tuple(names[name] for name in network.outputs))


def test_rows_of_equal_layers_without_names_are_repeats() -> None:
    network = without_names(draft_of(cnnstat.load("resnet20")))
    assert folded(network)[-6:-3] == [
        "  - {name: block1, type: residual, repeat: 3, filters: 16}",
        "  - {name: block2, type: residual, repeat: 3, filters: 32, first: {stride: 2}}",
        "  - {name: block3, type: residual, repeat: 3, filters: 64, first: {stride: 2}}",
    ]


@settings(deadline=None, max_examples=100)
@given(st.one_of(anything(), alike()))
def test_networks_without_names_fold_into_the_same(network: Draft) -> None:
    bare = without_names(network)
    assert_same(bare, folded_text(bare).text)
    graph, named = cnnstat.loads(spec_text(bare).text), cnnstat.loads(spec_text(network).text)
    assert [(node.type, {*node.inputs}, node.layer, node.owner) for node in graph.layers] == [
        (node.type, {*node.inputs}, node.layer, node.owner) for node in named.layers
    ]


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "mobilenet-v2", "vgg16", "unet", "hrnet"])
def test_bundled_networks_without_names_fold_into_the_same(name: str) -> None:
    network = without_names(draft_of(cnnstat.load(name)))
    text = folded_text(network).text
    assert_same(network, text)
    assert len(text.splitlines()) < len(network.layers)


def test_what_stands_between_the_layers_of_a_module_is_its_own() -> None:
    rows: list[Row] = [
        ("m.conv1", "conv", "x", conv(4)),
        ("relu", "relu", "m.conv1", {}),
        ("m.conv2", "conv", "relu", conv(4)),
        ("relu_2", "relu", "m.conv2", {}),
    ]
    graph = cnnstat.loads(folded_text(draft(*rows)).text)
    assert [node.path for node in graph.layers] == ["m.conv1", "m.relu", "m.conv2", "relu_2"]


def test_a_module_that_is_called_several_times_is_named_once() -> None:
    rows: list[Row] = [
        ("m.conv1", "conv", "x", conv(4)),
        ("m.act.relu", "relu", "m.conv1", {}),
        ("m.conv2", "conv", "m.act.relu", conv(4)),
        ("m.act.relu_2", "relu", "m.conv2", {}),
    ]
    graph = cnnstat.loads(folded_text(draft(*rows)).text)
    assert [node.path for node in graph.layers] == ["m.conv1", "m.act", "m.conv2", "m.act_2"]


def test_what_joins_more_in_each_module_stands_before_it() -> None:
    rows: list[Row] = [("d.l1.conv", "conv", "x", conv(2)), ("d.l1.relu", "relu", "d.l1.conv", {})]
    for number in (2, 3):
        reads = " ".join(["x", *(f"d.l{each}.relu" for each in range(1, number))])
        rows += [
            (f"d.l{number}.concat", "concat", reads, {}),
            (f"d.l{number}.conv", "conv", f"d.l{number}.concat", conv(2)),
            (f"d.l{number}.relu", "relu", f"d.l{number}.conv", {}),
        ]
    assert folded(draft(*rows))[-7:] == [
        "      - {name: l1, type: conv_relu}",
        "      - {name: l2_concat, type: concat, from: [input, l1]}",
        "      - {name: l2, type: conv_relu}",
        "      - {name: l3_concat, type: concat, from: [input, l1, l2]}",
        "      - {name: l3, type: conv_relu}",
        "layers:",
        "  - {name: d, type: block}",
    ]
