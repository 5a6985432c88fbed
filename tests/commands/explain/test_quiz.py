"""Quizzes: all that is needed is given, and no answer."""

from __future__ import annotations

import cnnstat
from cnnstat.commands.explain.quiz_document import ASKED
from tests.commands.explain.explained import asked, of_text, quiz_shown


def test_a_quiz_leaves_figures_out_and_the_answers_fill_them_in() -> None:
    analysis = cnnstat.analyze("lenet5")
    quiz = asked(analysis)
    assert len(quiz.layers) == len(analysis.rows)
    assert all(getattr(layer, key) is None for layer in quiz.layers for key in ASKED)
    sheet = quiz_shown(analysis)
    assert sum(line.split()[1:] == ["?"] * len(ASKED) for line in sheet.splitlines()) == len(analysis.rows)
    assert "117,600" not in sheet
    answered = quiz_shown(analysis, answers=True)
    assert "117,600" in answered
    assert "= 28·28·6·1·5·5 = 117,600" in answered
    assert "C3            conv of scaled_tanh2: kernel 5, filters 16, table 6 reading 3 maps" in answered


def test_a_quiz_can_be_solved() -> None:
    analysis = cnnstat.analyze("resnet34")
    given = {layer.name: layer.text for layer in asked(analysis, "layer2.0").given}
    above = "layer1.2.relu2 (64×56×56, field 59×59, stride 4, padding 29)"
    assert given["layer2.0"] == f"basic of {above}: 9 layers"
    assert (
        given["layer2.0.conv1"]
        == "conv of layer1.2.relu2: kernel 3, stride 2, padding 1, bias false, filters 128"
    )
    assert given["layer2.0.add"] == "add of layer2.0.bn2, layer2.0.downsample.bn"


def test_a_quiz_gives_no_answer_away() -> None:
    analysis = cnnstat.analyze("lenet5")
    given = {layer.name: layer.text for layer in asked(analysis, "S2", "C3").given}
    assert given["S2"].startswith("subsample of scaled_tanh1 (6×28×28, field 5×5, stride 1, padding 0)")
    assert given["C3"].startswith("conv of scaled_tanh2 (shape and field as S2): kernel 5")
    sheet = quiz_shown(analysis, "S2", "C3")
    assert "14×14" not in sheet
    assert "  subsample  kernel 2, stride none (step of the window; the kernel's size" in sheet


def test_answers_explain_joins_and_blocks() -> None:
    analysis = cnnstat.analyze("resnet34")
    explained = asked(analysis, "layer2.0.add", "layer2.0", answers=True).explained
    assert isinstance(explained, tuple)
    assert [entry.name for entry in explained] == ["layer2.0.add", "layer2.0"]
    sheet = quiz_shown(analysis, "layer2.0.add", "layer2.0", answers=True)
    assert "union of the branches: 83×83, stride 8, padding 41, set by layer2.0.bn2" in sheet
    assert "conv1 + bn1 + conv2 + bn2 + downsample = 73,728" in sheet


def test_several_inputs_are_given() -> None:
    layers = "[{name: a, type: relu, from: left}, {name: b, type: relu, from: right}]"
    text = f"input: {{left: [1, 2, 2], right: [3]}}\nlayers: {layers}\noutputs: [a, b]\n"
    assert [each.text for each in asked(of_text(text)).given] == ["relu of left", "relu of right"]
