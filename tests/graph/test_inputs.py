"""Networks with several inputs of different shapes: figures, fields on each, and what runs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

import cnnstat
from cnnstat.base.errors import ArgumentError, SpecError
from cnnstat.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

STEREO = """
input: {left: [3, 16, 16], right: [3, 16, 16], meta: [5]}
blocks:
  trunk:
    layers:
      - {name: conv, type: conv, filters: 4, kernel: 3, padding: 1}
      - {name: pool, type: max_pool, kernel: 2}
layers:
  - {name: a, type: trunk, from: left}
  - {name: b, type: trunk, from: right, weights: a}
  - {name: again, type: conv, filters: 4, kernel: 5, padding: 2}
  - {name: join, type: concat, from: [a, again]}
  - {name: sum, type: add, from: [a, b]}
  - {name: mixed, type: concat, from: [join, sum]}
  - {name: conv, type: conv, filters: 4, kernel: 3}
  - {name: flat, type: flatten}
  - {name: all, type: concat, from: [flat, meta]}
  - {name: fc, type: linear, units: 3}
"""


def test_each_input_has_a_field_of_its_own() -> None:
    fields = {}
    for name in ("left", "right", "meta"):
        analysis = cnnstat.analyze(cnnstat.loads(STEREO), fields_of=name)
        fields[name] = {
            row.name: "none" if row.field.unseen else row.field.sizes(row.output_shape)
            for row in analysis.rows
            if row.name in ("a.conv", "b.pool", "again", "join", "sum", "fc")
        }
    assert fields["left"] == {
        **{"a.conv": (3, 3), "b.pool": "none", "again": "none"},
        **{"join": (4, 4), "sum": (4, 4), "fc": (16, 16)},
    }
    assert fields["right"] == {
        **{"a.conv": "none", "b.pool": (4, 4), "again": (12, 12)},
        **{"join": (12, 12), "sum": (4, 4), "fc": (16, 16)},
    }
    assert fields["meta"] == {
        **dict.fromkeys(("a.conv", "b.pool", "again", "join", "sum"), "none"),
        "fc": (5,),
    }


def test_figures_are_measured_on_each_input_and_gradients_of_each_are_right() -> None:
    verification = cnnstat.verify(cnnstat.loads(STEREO), batch=2)
    assert verification.good
    assert verification.unmeasured == ()
    checked = cnnstat.check_gradients(cnnstat.loads(STEREO))
    assert all(each.good for each in checked)
    assert [each.tensor for each in checked if not each.layer] == [
        *("input left", "input right", "input meta"),
        "parameters",
    ]


def test_forward_and_backward_go_by_name() -> None:
    network = cnnstat.Network(cnnstat.loads(STEREO))
    x = network.sample(2)
    assert {name: array.shape for name, array in x.items()} == {
        **{"left": (2, 3, 16, 16), "right": (2, 3, 16, 16)},
        "meta": (2, 5),
    }
    y = network.forward(x)
    assert isinstance(y, np.ndarray)
    gradients = network.backward(np.ones_like(y)).input
    assert {name: array.shape for name, array in gradients.items()} == {n: a.shape for n, a in x.items()}
    with pytest.raises(ValueError, match="expected the inputs left, right, meta, got left"):
        network.forward({"left": x["left"]})
    with pytest.raises(ValueError, match="expected a batch of shape 2x5 of meta, got 1x5"):
        network.forward({**x, "meta": x["meta"][:1]})


def test_another_shape_is_given_by_name() -> None:
    graph = cnnstat.loads(STEREO, input_shape={"left": (3, 24, 24), "right": (3, 24, 24)})
    assert cnnstat.analyze(graph).totals.output_shape == (3,)
    with pytest.raises(ArgumentError, match="left, right, meta: name the one that is meant"):
        cnnstat.loads(STEREO, input_shape=(3, 24, 24))
    with pytest.raises(ArgumentError, match="no input 'up'"):
        cnnstat.loads(STEREO, input_shape={"up": (3, 24, 24)})
    with pytest.raises(ArgumentError, match="no input 'up'"):
        cnnstat.analyze(graph, fields_of="up")


def test_inputs_as_large_as_the_first_change_with_it() -> None:
    found = cnnstat.sizes(cnnstat.loads(STEREO), first=14, last=18)
    assert [outcome.accepted for outcome in found.outcomes] == [True] * 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("from: right", "from: left"), "graph/unread"),
        (("from: right", "from: input"), "graph/unknown-name"),
        (("meta: [5]", "input: [5]"), "spec/name"),
        (("meta: [5]", "meta: [0]"), "spec/input"),
        (("{left: [3, 16, 16], right: [3, 16, 16], meta: [5]}", "{}"), "spec/input"),
    ],
)
def test_wrong_inputs_have_a_code(change: tuple[str, str], code: str) -> None:
    with pytest.raises(SpecError) as caught:
        cnnstat.loads(STEREO.replace(*change))
    assert code in {problem.code for problem in caught.value.problems}


def test_the_command_line_names_inputs_and_files(tmp_path: Path) -> None:
    file = tmp_path / "left.npy"
    np.save(file, np.zeros((3, 20, 20)))
    shapes = ["--input", "left=3x20x20", "--input", "right=3x20x20"]
    invoke = CliRunner().invoke
    ended = invoke(cli, ["run", "-", *shapes, "--array", f"left={file}"], input=STEREO)
    assert ended.exit_code == 0, ended.output
    assert "inputs left 3×20×20, right 3×20×20, meta 5" in ended.output
    assert ended.output.splitlines()[-1].startswith("proved")
    for options, words in (
        (["--array", str(file)], "several inputs: left, right, meta"),
        (["--array", f"up={file}"], "no input 'up'"),
        (["--array", f"left={file}", "--array", f"left={file}"], "NAME=FILE"),
        (["--array", f"left={file}"], "the network wants 3x16x16"),
    ):
        ended = invoke(cli, ["run", "-", *options], input=STEREO)
        assert ended.exit_code == 2
        assert words in ended.output
    ended = invoke(cli, ["summary", "-", "--input", "3x20x20"], input=STEREO)
    assert ended.exit_code == 2
    assert "name the one that is meant" in ended.output
