"""`cnnstat sizes` as its users start it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.program import in_terminal, run, within

if TYPE_CHECKING:
    from pathlib import Path


def test_facts_of_alexnet() -> None:
    done = run("sizes", "alexnet")
    assert (done.returncode, done.stderr) == (0, "")
    for fact in (
        "smallest            67\n",
        "nothing left over   32k + 3 (67, 99, ..., 451)",
        "size fixed by       fc6 (linear)",
        "trained weights     fit 227 to 258",
        "pool5 refuses       32 sizes, 35 to 66; at 66: kernel 3 exceeds the height 2 of a 2x2 input",
    ):
        assert fact in done.stdout
    assert "\x1b" not in done.stdout


def test_facts_of_networks_that_take_any_size() -> None:
    shown = run("sizes", "resnet34").stdout
    assert "nothing: behind avgpool (global_avg_pool) no shape depends on it" in shown
    assert "that of 62 layers at 224; the first is layer3.0.conv2 with 227×227" in shown
    assert "nothing: no layer's weights depend on it" in run("sizes", "unet").stdout


PYRAMID = """
input: [2, 8, 8]
layers:
  - {name: half, type: conv, filters: 2, kernel: 3, stride: 2, padding: 1}
  - {name: top, type: global_avg_pool}
  - {name: up, type: upsample, size: 4}
  - {name: join, type: concat, from: [half, up]}
"""


def test_a_layer_that_keeps_its_size_fixes_that_of_the_network(tmp_path: Path) -> None:
    spec = tmp_path / "pyramid.yaml"
    spec.write_text(PYRAMID, encoding="utf-8")
    shown = within("sizes", str(spec)).stdout
    assert "accepted            7 to 8\n" in shown
    fixed = "up (upsample): what it puts out does not follow the size, and join (concat) refuses others"
    assert f"size fixed by       {fixed}\n" in shown
    found = json.loads(within("sizes", str(spec), "--format", "json").stdout)
    assert (found["fixed_by"], found["independent_behind"]) == (["up"], None)


def test_a_range_in_which_nothing_is_accepted() -> None:
    done = run("sizes", "alexnet", "--from", "30", "--to", "32")
    assert done.returncode == 0
    assert "tried               30 to 32: 0 of 3 sizes are accepted" in done.stdout
    assert "none of these sizes is accepted" in done.stdout
    assert "fit none of these sizes" in done.stdout
    assert "size fixed by       fc6 (linear)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sizes"),
    [
        (("--input", "3x224x224", "--strict"), [*range(67, 224, 32), 224, *range(227, 420, 32)]),
        (("--input", "3x60x60"), [60, *range(67, 121, 4)]),  # no period in 54 sizes from 67 on
    ],
)
def test_an_own_size_that_is_refused(arguments: tuple[str, ...], sizes: list[int]) -> None:
    shown = run("sizes", "alexnet", *arguments).stdout
    for fact in ("trained weights   ", "field beyond input"):
        assert f"{fact}  unknown, as the own size is refused\n" in shown
    found = json.loads(within("sizes", "alexnet", *arguments, "--format", "json").stdout)
    assert [each["size"][0] for each in found["sizes"]] == sizes
    refused = [each for each in found["sizes"] if each["refused_by"]]
    assert [each["size"] for each in refused] == [found["input_shape"][1:]]
    assert refused[0]["macs"] is None
    assert {each["same_params"] for each in found["sizes"]} == {None}


def test_a_sweep_as_csv() -> None:
    done = run("sizes", "lenet5", "--from", "31", "--to", "36", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["size"] for row in rows] == [f"{n}x{n}" for n in range(31, 37)]
    assert [row["same_params"] for row in rows] == ["", "yes", "yes", "yes", "yes", "no"]
    assert (rows[0]["refused_by"], rows[0]["params"]) == ("C5", "")
    assert rows[0]["reason"] == "kernel 5 exceeds the height 4 of a 4x4 input"
    assert (rows[1]["params"], rows[1]["macs"], rows[1]["leftover_layers"]) == ("60840", "328096", "0")


def test_the_json_contract() -> None:
    arguments = ("lenet5", "--from", "28", "--to", "40", "--step", "4", "--batch", "2", "--format", "json")
    found = json.loads(run("sizes", *arguments).stdout)
    assert (found["command"], found["input_shape"], found["batch"]) == ("sizes", [1, 32, 32], 2)
    assert found["tried"] == {"first": [28, 28], "last": [40, 40], "step": 4, "count": 4}
    assert found["smallest"] == [32, 32]
    assert found["accepted"] == found["nothing_left_over"] == [[[32, 32], [40, 40]]]
    assert found["trained_weights"] == [[[32, 32], [32, 32]]]
    assert (found["fixed_by"], found["independent_behind"], found["field_beyond_input"]) == (["F6"], None, [])
    assert found["refusals"] == [
        {
            "layer": "C5",
            "type": "conv",
            "count": 1,
            "largest": [28, 28],
            "code": "shape/too-small",
            "reason": "kernel 5 exceeds the height 4 of a 4x4 input",
        }
    ]
    memory = json.loads(run("summary", "lenet5", "--batch", "2", "--format", "json").stdout)["totals"]
    assert found["sizes"][1] == {
        "size": [32, 32],
        "output_shape": [10],
        "same_params": True,
        "params": 60_840,
        "macs": 328_096,
        "activations": 16_298,
        "inference_memory_bytes": memory["inference_memory_bytes"],
        "leftover_layers": 0,
        "refused_by": None,
        "reason": None,
    }


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_every_format_goes_to_a_file(form: str, tmp_path: Path) -> None:
    target = tmp_path / "out"
    arguments = ("sizes", "alexnet", "--from", "60", "--to", "70", "--format", form)
    printed = run(*arguments)
    assert within(*arguments, "-o", str(target)).returncode == printed.returncode == 0
    assert target.read_text("utf-8") == printed.stdout
    assert "pool5" in printed.stdout


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_it_keeps_within_a_terminal(columns: int) -> None:
    shown = in_terminal(columns, "sizes", "alexnet", "--from", "60", "--to", "70")
    text = "".join(part.split("m", 1)[-1] if i else part for i, part in enumerate(shown.split("\x1b[")))
    assert max(map(len, text.split("\n"))) <= columns


def test_height_and_width_may_differ() -> None:
    done = run("sizes", "resnet18", "--from", "128x256", "--to", "512", "--step", "128", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["size"] for row in rows] == ["128x256", "256x384", "384x512"]


def test_parameters_and_input_change_the_network() -> None:
    found = json.loads(within("sizes", "efficientnet", "--set", "resolution=96", "--format", "json").stdout)
    assert found["input_shape"] == [3, 96, 96]
    found = json.loads(within("sizes", "vgg16", "--input", "3x256x256", "--format", "json").stdout)
    assert found["trained_weights"] == [[[256, 256], [287, 287]]]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("alexnet", "--from", "1", "--to", "1000000"), 2, "at most 10,000 are tried; take a larger step"),
        (("alexnet", "--from", "300", "--to", "200"), 2, "there is no size from 300x300 to 200x200"),
        (("alexnet", "--from", "0"), 2, "expected a size such as 128 or 128x256"),
        (("alexnet", "--from", "1x2x3x4"), 2, "expected a size such as 128 or 128x256"),
        (("alexnet", "--from", "1x2x3"), 2, "1x2x3 has 3 sizes, but the input has"),
        (("alexnet", "--to", "big"), 2, "expected a size such as 128 or 128x256"),
        (("alexnet", "--step", "0"), 2, "is not in the range"),
        (("waveform", "--from", "3x3"), 2, "3x3 has 2 sizes, but the input has a length only"),
        (("alexnet", "--input", "100"), 2, "input is a map such as 3x227x227, got 100"),
        (("alexnet", "--input", "320x300"), 2, "did you mean 3x320x300?"),
        (("nothing",), 1, "no such file"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], code: int, said: str) -> None:
    done = within("sizes", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_text_from_a_spec_is_only_text() -> None:
    hostile = r'"\e[31m <script> ::error::x ##vso[x]"'
    text = f"name: {hostile}\nsource: {hostile}\ninput: [1, 8, 8]\nlayers:\n  - {{type: relu}}\n"
    for form in ("table", "markdown"):
        shown = run("sizes", "-", "--format", form, input=text).stdout
        assert shown
        assert not any(part in shown for part in ("\x1b", "::error", "##vso"))


def test_a_terminal_that_waits_has_a_bar() -> None:
    assert "trying sizes" in in_terminal(100, "sizes", "resnet34")
    assert "trying sizes" not in in_terminal(100, "sizes", "lenet5")
    assert run("sizes", "resnet34").stderr == ""
