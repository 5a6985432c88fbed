"""Explanations: the arithmetic gives the figures told, fields grow as they should, slips are found."""

from __future__ import annotations

import re
from typing import Any

import pytest

import cnnstat
from cnnstat.analysis.model import KINDS, STORED, Counts
from cnnstat.analysis.outline import find, folded
from cnnstat.base.arithmetic import Term, term, total
from cnnstat.base.errors import ArgumentError
from cnnstat.base.figures import FIGURES, OF_NETWORK, figure_named, words
from cnnstat.commands.explain import errata
from cnnstat.commands.explain import report as explain
from cnnstat.commands.explain.derivations import terms
from cnnstat.commands.explain.quiz import ASKED, BLANK, quiz
from cnnstat.commands.explain.slips import slips
from cnnstat.layers import LAYERS
from cnnstat.report.columns import COLUMNS
from cnnstat.report.data import layer_data, network_totals
from cnnstat.report.render import render
from cnnstat.report.text import encodable
from cnnstat.spec import bundled

JOIN = """
input: [2, 16, 16]
layers:
  - {name: a, type: conv, filters: 2, kernel: 1}
  - {name: b, type: conv, filters: 2, kernel: 3, padding: 1}
  - {name: c, type: add, from: [b, a]}
  - {name: d, type: upsample, scale: 2}
  - {name: e, type: conv, filters: 2, kernel: 3}
"""


def of(spec: str, *layers: str) -> dict[str, dict[str, Any]]:
    """Return what is explained, by the name of the layer."""
    explained = explain.network(cnnstat.analyze(spec), layers).data["explained"]
    return {item["name"]: item for item in explained}


def said(item: dict[str, Any], label: str) -> list[str]:
    """Return the steps of a label as they are read."""
    steps = (step for step in item["steps"] if step["label"] == label)
    return [step.get("text") or f"{step['numbers']} = {step['result']}" for step in steps]


def test_c3_of_lenet5() -> None:
    c3 = of("lenet5", "C3")["C3"]
    params = "6·(3·5·5 + 1) + 6·(4·5·5 + 1) + 3·(4·5·5 + 1) + 1·(6·5·5 + 1) = 1516"
    assert said(c3, "params") == [params]
    assert said(c3, "height, width") == ["(14 - 5 + 2·0)/1 + 1 = 10"]
    assert said(c3, "field above") == ["scaled_tanh2: r = 6, S = 2, P = 0"]
    assert said(c3, "field") == ["6 + (5 - 1)·2 = 14"]
    assert said(c3, "field stride") == ["2·1 = 2"]
    assert said(c3, "field padding") == ["0 + 0·2 = 0"]


@pytest.mark.parametrize(
    "name",
    [
        "lenet5",
        "lenet5-full",
        "alexnet",
        "googlenet",
        "resnet18",
        "unet",
        "densenet121",
        "mobilenet-v2",
    ],
)
def test_every_step_gives_its_result(name: str) -> None:
    analysis = cnnstat.analyze(name)
    everything = [*explain.network(analysis).data["explained"]]
    everything += explain.network(analysis, [group.name for group in analysis.groups]).data["explained"]
    for item in everything:
        for step in item["steps"]:
            if "result" in step and "⌈" not in step["numbers"]:
                assert evaluated(step["numbers"]) == step["result"], (item["name"], step)


def evaluated(numbers: str) -> int:
    whole = re.sub("[⌊⌋]", lambda sign: {"⌊": "(", "⌋": ")"}[sign[0]], numbers)
    return int(eval(whole.replace("·", "*").replace("/", "//")))


@pytest.mark.parametrize("name", ["googlenet", "vgg16", "resnet50"])
def test_totals_and_blocks_are_the_figures_told(name: str) -> None:
    analysis = cnnstat.analyze(name)
    item = of(name, "total")["total"]
    found = {
        step["figure"]: step["result"]
        for step in item["steps"]
        if step["label"] not in ("alive at once", "read back") and "result" in step
    }
    totals = analysis.totals
    assert found["macs"] == totals.counts.macs
    assert found["inference_memory_bytes"] == totals.inference_memory_bytes
    assert found["training_memory_bytes"] == totals.training_memory_bytes
    group = analysis.groups[0]
    block = {step["figure"]: step.get("result") for step in of(name, group.name)[group.name]["steps"]}
    assert block["params"] == group.counts.params


def test_a_join_names_the_branch_that_sets_it() -> None:
    analysis = cnnstat.analyze(cnnstat.loads(JOIN))
    told = {item["name"]: item for item in explain.network(analysis).data["explained"]}
    assert said(told["c"], "field") == [
        "b brings 3×3, stride 1, padding 1",
        "a brings 1×1, stride 1, padding 0",
        "union of the branches: 3×3, stride 1, padding 1, set by b",
    ]
    crossed = of("inception-v3", "mixed8.1.concat")["mixed8.1.concat"]
    assert said(crossed, "field")[-1].endswith(
        "height set by mixed8.1.twice_b.relu, width set by mixed8.1.twice_a.relu"
    )
    assert "followed unit by unit" in said(told["e"], "field")[0]
    assert "all" not in said(told["e"], "field")[0]


def test_sizes_that_only_happen_to_be_equal_have_their_arithmetic() -> None:
    conv = of("vgg16", "stage1.1.conv")["stage1.1.conv"]
    assert said(conv, "height, width") == ["(224 - 3 + 2·1)/1 + 1 = 224"]
    layers = (
        "  - {name: a, type: crop, size: 4}\n  - {type: flatten}\n  - {name: c, type: linear, units: 32}\n"
    )
    analysis = cnnstat.analyze(cnnstat.loads(f"input: [2, 8, 8]\nlayers:\n{layers}"))
    told = {item["name"]: item for item in explain.network(analysis).data["explained"]}
    assert said(told["a"], "channels") == ["2, as its input"]
    assert said(told["a"], "height") == ["4"]
    assert said(told["a"], "field padding") == ["0 - 2·1 = -2"]
    assert said(told["c"], "units") == ["32"]


def test_slips_are_found_in_the_arithmetic() -> None:
    maps, side, bias = term("maps", 6), term("kernel", 5), term("bias", 1)
    params = term("filters", 16) * (maps * side * side + bias)
    assert [(slip.forgotten, slip.arithmetic.numbers) for slip in slips(params, 416)] == [
        ((maps,), "16·(5·5 + 1)")
    ]
    assert [slip.forgotten for slip in slips(params, 2400)] == [(bias,)]
    assert [(slip.forgotten, slip.every) for slip in slips(params, 16 * 7)] == [((side, side), True)]
    assert slips(params, params.value) == ()
    assert slips(params, 999) == ()
    size = (term("height", 32) - side).over(term("stride", 2)) + 1
    assert [slip.forgotten[0].name for slip in slips(size, 28)] == ["stride"]
    assert slips(total(term(f"part {i}", i) for i in range(300)), 7) == ()


@pytest.mark.parametrize(
    ("layer", "printed", "words"),
    [
        ("CONV2", "416", "16·(5·5 + 1) = 416 forgets that there are 6 input maps"),
        ("FC3", "48,000", "120·400 = 48,000 forgets the biases"),
    ],
)
def test_errata_are_explained(layer: str, printed: str, words: str) -> None:
    shown = render(explain.network(cnnstat.analyze("lenet5-full"), [layer]), "table")
    assert f"parameters printed as {printed}; right is " in shown
    assert words in shown
    assert "the spec says: " in shown
    resized = cnnstat.analyze("lenet5-full", input_shape=(1, 64, 64))
    assert "erratum" not in render(explain.network(resized, [layer]), "table")


@pytest.mark.parametrize(
    ("layer", "printed", "words"),
    [
        (
            "type: conv, filters: 8, kernel: 3, padding: 1",
            "macs: 32768",
            "32·32·8·4 = 32,768 forgets the kernel",
        ),
        (
            "type: conv, filters: 8, kernel: 3, padding: 1",
            "macs: 98304",
            "32·32·8·4·3 = 98,304 forgets one side of the kernel",
        ),
        (
            "type: conv, filters: 8, kernel: 3, groups: 2",
            "params: 80",
            "8·(3·3 + 1) = 80 forgets that each group reads 2 maps",
        ),
        (
            "type: conv, filters: 8, kernel: 1",
            "flops: 32768",
            "MACs = 32,768 forgets that a multiply-add is two",
        ),
        ("type: batch_norm", "params: 4", "4·1 = 4 forgets the scales or the shifts"),
        (
            "type: conv, filters: 8, kernel: 3",
            "params: 37",
            "4·3·3 + 1 = 37 forgets that there are 8 filters",
        ),
        ("type: linear, units: 10", "params: 10", "10·1 = 10 forgets that there are 4 inputs"),
    ],
)
def test_a_slip_is_said_in_words(layer: str, printed: str, words: str) -> None:
    figure, value = printed.split(": ")
    expect = f"expect: {{{figure}: {{value: {value}, erratum: wrong}}}}"
    shape = [4] if "linear" in layer else [4, 32, 32]
    text = f"input: {shape}\nlayers: [{{name: a, {layer}, {expect}}}]\n"
    shown = render(explain.network(cnnstat.analyze(cnnstat.loads(text)), ["a"]), "table")
    (said_of_it,) = (line for line in shown.splitlines() if "forgets" in line)
    assert words in said_of_it


def test_each_name_that_has_words_is_one_that_layers_use() -> None:
    rows = (*cnnstat.analyze("lenet5").rows, *cnnstat.analyze("resnext50").rows)
    figures = [how for row in rows if row.calculated for how in terms(row.calculated).values()]
    assert set(errata._WORDS) <= {name for how in figures for name in names_in(how)}


def names_in(how: Term) -> set[str]:
    return {how.name}.union(*map(names_in, how.operands))


def test_slips_in_a_connection_table_are_true_words() -> None:
    table = "table: [[0], [0, 1], [1, 2], [0, 1, 2]]"
    printed = (("params", 57), ("macs", 1764), ("flops", 2))
    expect = f"expect: {{{', '.join(f'{key}: {{value: {value}, erratum: x}}' for key, value in printed)}}}"
    text = f"input: [3, 9, 9]\nlayers: [{{name: a, type: conv, filters: 4, kernel: 3, {table}, {expect}}}]\n"
    shown = render(explain.network(cnnstat.analyze(cnnstat.loads(text)), ["a"]), "table")
    assert "= 57 forgets how many filters there are" in shown
    assert "= 1764 forgets that filters read 1, 2 or 3 maps" in shown
    assert "= 2 forgets" not in shown


def test_nothing_is_forgotten_that_is_itself_a_sum() -> None:
    fan = term("inputs", 7) + term("bias", 1)
    assert [slip.forgotten[0].name for slip in slips(term("units", 10) * fan, 10)] == ["inputs"]


def test_a_rounded_erratum_is_not_guessed_at() -> None:
    (erratum,) = of("vgg16", "total")["total"]["errata"]
    assert erratum["printed"] == "15.3G"
    assert erratum["slips"] == []


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_fit(width: int) -> None:
    analysis = cnnstat.analyze("googlenet")
    for report in (explain.network(analysis), quiz(analysis, folded(analysis, 1), answers=True)):
        assert max(map(len, render(report, "table", width=width).splitlines())) <= width


def test_a_quiz_leaves_figures_out_and_the_answers_fill_them_in() -> None:
    analysis = cnnstat.analyze("lenet5")
    asked = quiz(analysis, analysis.rows, answers=False)
    assert all(line.cells[1:] == (BLANK,) * len(ASKED) for line in asked.tables[0].lines)
    assert all(layer[key] is None for layer in asked.data["layers"] for key in ASKED)
    assert "117,600" not in render(asked, "table")
    answered = render(quiz(analysis, analysis.rows, answers=True), "table")
    assert "117,600" in answered
    assert "= 28·28·6·1·5·5 = 117,600" in answered
    assert "C3            conv of scaled_tanh2: kernel 5, filters 16, table 6 reading 3 maps" in answered


def test_a_quiz_can_be_solved() -> None:
    analysis = cnnstat.analyze("resnet34")
    block = next(row for row in analysis.groups if row.name == "layer2.0")
    given = {item["name"]: item["text"] for item in quiz(analysis, [block], answers=False).data["given"]}
    above = "layer1.2.relu2 (64×56×56, field 59×59, stride 4, padding 29)"
    assert given["layer2.0"] == f"basic of {above}: 9 layers"
    assert (
        given["layer2.0.conv1"]
        == "conv of layer1.2.relu2: kernel 3, stride 2, padding 1, bias false, filters 128"
    )
    assert given["layer2.0.add"] == "add of layer2.0.bn2, layer2.0.downsample.bn"


def test_a_quiz_gives_no_answer_away() -> None:
    analysis = cnnstat.analyze("lenet5")
    rows = [row for row in analysis.rows if row.name in ("S2", "C3")]
    given = {item["name"]: item["text"] for item in quiz(analysis, rows, answers=False).data["given"]}
    assert given["S2"].startswith("subsample of scaled_tanh1 (6×28×28, field 5×5, stride 1, padding 0)")
    assert given["C3"].startswith("conv of scaled_tanh2 (shape and field as S2): kernel 5")
    sheet = render(quiz(analysis, rows, answers=False), "table")
    assert "14×14" not in sheet
    assert "  subsample  kernel 2, stride none (step of the window; the kernel's size" in sheet


def test_answers_explain_joins_and_blocks() -> None:
    analysis = cnnstat.analyze("resnet34")
    rows = [find(analysis, name) for name in ("layer2.0.add", "layer2.0")]
    answered = quiz(analysis, rows, answers=True)
    assert [item["name"] for item in answered.data["explained"]] == ["layer2.0.add", "layer2.0"]
    shown = render(answered, "table")
    assert "union of the branches: 83×83, stride 8, padding 41, set by layer2.0.bn2" in shown
    assert "conv1 + bn1 + conv2 + bn2 + downsample = 73,728" in shown


def test_what_training_leaves_as_it_is() -> None:
    text = """
input: [1, 8, 8]
blocks:
  pair: {layers: [{name: a, type: conv, filters: 2, kernel: 3}, {name: b, type: batch_norm}]}
layers: [{name: held, type: pair, frozen: true}, {name: free, type: pair}, {name: total, type: relu}]
"""
    analysis = cnnstat.analyze(cnnstat.loads(text))
    told = {
        item["name"]: item for item in explain.network(analysis, ["held", "held.a", "free"]).data["explained"]
    }
    assert said(told["held"], "trainable") == said(told["held.a"], "trainable")
    assert said(told["held"], "trainable") == ["0, as training leaves them as they are"]
    assert said(told["free"], "trainable") == []
    (row,) = (row for row in analysis.rows if row.name == "held.a")
    assert (
        quiz(analysis, [row], answers=False).data["layers"][0]["options"]
        == "kernel 3, filters 2, frozen true"
    )
    # A layer that is called so does not hide the sums.
    assert [len(item["steps"]) > 9 for item in explain.network(analysis, ["total"]).data["explained"]] == [
        False,
        True,
    ]


def test_names_that_look_like_arithmetic_are_in_quotes() -> None:
    layers = "[{name: 1, type: relu}, {name: 2-1, type: relu}, {name: b, type: relu}]"
    (total_,) = explain.network(
        cnnstat.analyze(cnnstat.loads(f"input: [1, 2, 2]\nlayers: {layers}\n")), ["total"]
    ).data["explained"]
    (activations,) = (step for step in total_["steps"] if step["figure"] == "activations")
    assert activations["formula"] == "'1' + '2-1' + b"
    (params,) = (step for step in of("resnet34", "layer1")["layer1"]["steps"] if step["figure"] == "params")
    assert params["formula"] == "layer1.0 + layer1.1 + layer1.2"


def test_what_backward_reads_is_summed_up() -> None:
    (read,) = said(of("lenet5", "total")["total"], "read back")
    assert read == "1024 + 4704 + 1176 + 1600 + 400 + 120 + 120 + 84 = 9228"


def test_an_erratum_that_is_right_is_no_erratum() -> None:
    expect = "expect: {params: {value: 20, erratum: wrong}}"
    text = f"input: [1, 8, 8]\nlayers: [{{name: a, type: conv, filters: 2, kernel: 3, {expect}}}]\n"
    shown = render(explain.network(cnnstat.analyze(cnnstat.loads(text)), ["a"]), "table")
    assert "20 is marked as an erratum, but it is what is computed" in shown
    assert "right is" not in shown


def test_unknown_layers() -> None:
    with pytest.raises(ArgumentError, match="did you mean 'C3'"):
        explain.network(cnnstat.analyze("lenet5"), ["C33"])


def test_every_figure_is_defined_once_under_names_of_its_own() -> None:
    assert len(set(words())) == len(words())
    assert not {*words()} & {*LAYERS}
    assert not {*words(), *LAYERS} & {*bundled.names()}
    for word, key in (
        ("MACs", "macs"),
        ("inference memory", "inference_memory_bytes"),
        ("rf", "receptive_field"),
    ):
        assert figure_named(word) == key
    assert figure_named("nothing") is None


def test_layers_totals_and_columns_have_the_figures_of_the_table() -> None:
    analysis = cnnstat.analyze("lenet5")
    keys = {figure.layer_key or figure.key for figure in FIGURES.values()}
    of_layers = keys - set(OF_NETWORK)
    inside = {"field_stride", "field_padding"}  # parts of the field, in the JSON
    layer = layer_data(analysis.rows[0], analysis.input_shape)
    assert set(layer) - {"name", "type", "inputs", "folded_layers"} == of_layers - inside
    assert set(network_totals(analysis)) == keys - inside - {"leftover"}
    assert set(COLUMNS) - {"name", "type", "inputs"} == of_layers - {"operations"}
    assert (*STORED, *KINDS) == Counts.__struct_fields__


def test_rounding_is_said_in_plain_signs_where_there_are_no_others() -> None:
    shown = render(explain.network(cnnstat.analyze("resnet18"), ["conv1"]), "table")
    assert "⌊(224 - 7 + 2·3)/2⌋ + 1 = 112" in shown
    assert "floor((224 - 7 + 2*3)/2) + 1 = 112" in encodable(shown, "ascii")


def test_text_from_a_spec_is_only_text() -> None:
    text = (
        'name: "\\e[31m<b>"\ninput: [1, 8, 8]\nlayers:\n'
        "  - {name: a, type: conv, filters: 2, kernel: 3,"
        ' expect: {params: {value: 18, source: "\\e[1m::error::", erratum: "\\e[2J<script>"}}}\n'
    )
    analysis = cnnstat.analyze(cnnstat.loads(text))
    for form in ("table", "markdown"):
        shown = render(explain.network(analysis), form)
        assert "\x1b" not in shown
        assert "::error" not in shown
    assert r"\<script\>" in shown
