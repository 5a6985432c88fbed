"""`cnnstat trace` as it is started: what it prints in each format, and what it refuses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cnnstat.base.text import cells_of
from cnnstat.tensors import save_weights
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
name: Two layers
input: [3, 9, 9]
layers:
  - {name: conv, type: conv, filters: 40, kernel: 3, padding: 1}
  - {type: relu}
  - {name: pool, type: max_pool, kernel: 3, stride: 2, padding: 1}
  - {name: next, type: conv, filters: 2, kernel: 3}
  - {type: flatten}
  - {name: fc, type: linear, units: 4}
"""


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "two.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return str(path)


def printed(*arguments: str) -> str:
    ended = within("trace", *arguments)
    assert not ended.returncode, ended.stderr
    return ended.stdout


def refused(*arguments: str) -> str:
    ended = within("trace", *arguments)
    assert ended.returncode == 2, ended.stdout
    return ended.stderr


def test_the_sum_of_what_is_shown_and_left_out_is_that_of_all(spec: str) -> None:
    text = printed(spec, "--at", "next", "--unit", "1,2,0")
    found = json.loads(printed(spec, "--at", "next", "--unit", "1,2,0", "--format", "json"))
    (part,) = found["working"]["parts"]
    products = [[each for row in plane["matrices"][2]["rows"] for each in row] for plane in part["planes"]]
    assert len(products) == 40
    assert len(products[0]) == 9
    shown = (0, 1, 2, 39)
    assert [bool(re.search(rf"channel {i}\n", text)) for i in range(40)] == [i in shown for i in range(40)]
    rest = sum(sum(numbers) for i, numbers in enumerate(products) if i not in shown)
    said = re.search(r"324 of 360 are left out here; they add up to (\S+)", text)
    assert said is not None
    assert float(said[1].replace("−", "-")) == pytest.approx(rest, rel=1e-8)
    whole = sum(map(sum, products)) + part["steps"][1]["value"]
    assert whole == pytest.approx(found["working"]["value"], rel=1e-12)
    assert found["working"]["value"] == pytest.approx(found["executed"], rel=1e-12)


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize(
    ("layer", "unit"), [("conv", "3,0,0"), ("pool", "0,1,1"), ("fc", "2"), ("input", "0,4,4")]
)
def test_no_line_is_wider_than_the_terminal(
    spec: str, layer: str, unit: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnstat.commands.trace.command.width_of", lambda path: columns)
    lines = printed(spec, "--at", layer, "--unit", unit, "--backward").splitlines()
    assert max(map(cells_of, lines)) <= columns


def test_float32_differs_in_its_last_digits_and_says_so(spec: str) -> None:
    text = printed(spec, "--at", "next", "--unit", "1,2,0", "--dtype", "float32")
    assert re.search(r"value = \S+ \(in the run \S+\)", text)
    assert "in the run" not in printed(spec, "--at", "next", "--unit", "1,2,0")


def test_padding_is_named(spec: str) -> None:
    assert "rows −1 to 1" in printed(spec, "--at", "conv", "--unit", "0,0,4")
    assert "(0) is padding" in printed(spec, "--at", "conv", "--unit", "0,0,4")
    assert "(–) is padding, which is never the largest" in printed(spec, "--at", "pool", "--unit", "0,0,0")
    assert "is padding" not in printed(spec, "--at", "conv", "--unit", "0,4,4")


def test_the_activation_is_shown_behind(spec: str) -> None:
    text = printed(spec, "--at", "conv", "--unit", "0,4,4")
    assert "activation: relu1 (relu)" in text
    assert "activation" not in printed(spec, "--at", "pool", "--unit", "0,1,1")


def test_an_array_and_weights_are_taken(spec: str, tmp_path: Path) -> None:
    x = np.arange(243.0).reshape(3, 9, 9)
    np.save(tmp_path / "x.npy", x)
    weight = np.zeros((40, 3, 3, 3))
    weight[7, 1, 1, 1] = 2
    tensors = {"conv.weight": weight, "conv.bias": np.ones(40), "next.weight": np.ones((2, 40, 3, 3))}
    tensors |= {"next.bias": np.zeros(2), "fc.weight": np.ones((4, 18)), "fc.bias": np.zeros(4)}
    save_weights(tmp_path / "w.npz", tensors)
    given = ("--array", str(tmp_path / "x.npy"), "--weights", str(tmp_path / "w.npz"))
    found = json.loads(printed(spec, "--at", "conv", "--unit", "7,3,4", *given, "--format", "json"))
    assert found["executed"] == found["working"]["value"] == 2 * x[1, 3, 4] + 1
    assert found["weights"] == "w.npz"


def test_a_target_is_the_class_to_go_back_from(spec: str) -> None:
    for target in range(4):
        asked = ("--at", "fc", "--unit", "2", "--backward", "--target", str(target), "--format", "json")
        found = json.loads(printed(spec, *asked))["backward"]
        assert found["target"] == target
        assert (found["gradient"] < 0) == (target == 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--at", "cone", "--unit", "0,0,0"), "no layer 'cone' in Two layers; did you mean 'conv'?"),
        (("--at", "conv", "--unit", "0,0"), "a unit of conv has 3 coordinates, C,H,W; got 2"),
        (("--at", "fc", "--unit", "4"), "fc has units 0 to 3, not 4"),
        (("--at", "conv", "--unit", "0,9,0"), "conv has height 0 to 8, not 9"),
        (("--at", "conv", "--unit", "0,-1,0"), "expected numbers such as 0,3,5, got '0,-1,0'"),
        (("--at", "conv", "--unit", "0,0,0", "--sample", "1"), "there are samples 0 to 0, not 1"),
        (("--at", "conv", "--unit", "0,0,0", "--target", "1"), "need --backward"),
        (("--at", "conv", "--unit", "0,0,0", "--names", "x.yaml"), "--names needs --weights"),
        (("--at", "conv", "--unit", "0,0,0", "--invert"), "--invert needs --image"),
        (
            ("--at", "conv", "--unit", "0,0,0", "--backward", "--target", "4"),
            "target: the network has the classes 0 to 3, not 4",
        ),
        (
            ("--at", "conv", "--unit", "0,0,0", "--backward", "--weight", "0,3,0,0"),
            "--weight: conv.weight is 40x3x3x3; got 0,3,0,0",
        ),
        (("--at", "conv", "--unit", "0,0,0", "--max-memory", "1K"), "are allowed by --max-memory"),
    ],
)
def test_what_cannot_be_is_refused(spec: str, arguments: tuple[str, ...], message: str) -> None:
    assert message in refused(spec, *arguments)


HOSTILE = r"\write18{x} $x$ <script> `a` | # & % _ ^ ~ \\ [x](y) {z}"


@pytest.mark.parametrize("form", ["latex", "markdown", "table"])
def test_names_are_words_and_nothing_else(tmp_path: Path, form: str) -> None:
    path = tmp_path / "hostile.yaml"
    spec = {
        "name": HOSTILE + "\x1b[31m\n",
        "source": HOSTILE,
        "input": [1, 3, 3],
        "layers": [{"type": "relu"}],
    }
    path.write_text(json.dumps(spec), encoding="utf-8")
    text = printed(str(path), "--at", "relu1", "--unit", "0,0,0", "--format", form)
    assert "\x1b" not in text
    words = [line for line in text.splitlines() if "write18" in line]
    assert len(words) == 2
    for line in words:
        if form == "latex":
            assert r"\textbackslash{}write18\{x\}" in line
            assert r"\$x\$" in line
            assert not re.search(r"(?<!\\)[%&#_](?!\w*\*?\{)", line.removeprefix(r"\section*"))
        if form == "markdown":
            assert r"\<script\>" in line
            assert r"\`a\`" in line
            assert r"\[x\]" in line


@pytest.mark.parametrize("form", ["latex", "markdown"])
def test_a_hand_out_has_the_numbers_of_the_table(form: str) -> None:
    text = printed("lenet5", "--at", "C3", "--unit", "0,0,0", "--backward", "--format", form)
    table = printed("lenet5", "--at", "C3", "--unit", "0,0,0", "--backward")
    (value,) = re.findall(r"^  value = (\S+)", table, re.MULTILINE)[:1]
    assert value.replace("−", "$-$" if form == "latex" else "−") in text
    arrays = re.findall(r"\\begin\{array\}\{(r+)\} (.*?) \\end\{array\}", text)
    assert arrays
    for columns, body in arrays:
        for row in body.split(r" \\ "):
            assert row.count("&") == len(columns) - 1
    assert text.count("{") == text.count("}")


def test_ties_go_to_the_first(tmp_path: Path) -> None:
    path = tmp_path / "tie.yaml"
    path.write_text(
        "input: [1, 2, 2]\nlayers: [{name: pool, type: max_pool, kernel: 2}]\n"
        "values: {input: [[1, 3], [3, 3]], pool.delta: 5}\n"
    )
    won = [
        printed(str(path), "--at", "input", "--unit", f"0,{y},{x}", "--backward")
        for y in (0, 1)
        for x in (0, 1)
    ]
    assert ["delta = 5" in text for text in won] == [False, True, False, False]


@pytest.mark.parametrize(
    ("layer", "number"),
    [
        ("{name: layer, type: power, exponent: 0.5}", -4.0),
        ("{name: layer, type: power, exponent: 3}", 1e120),
        ("{name: layer, type: gelu, approximate: tanh}", 1e110),
    ],
)
def test_numbers_that_are_none_or_too_large_are_refused(layer: str, number: float, tmp_path: Path) -> None:
    path, array = tmp_path / "large.yaml", tmp_path / "x.npy"
    path.write_text(f"input: [2]\nlayers: [{layer}]\n", encoding="utf-8")
    np.save(array, np.array([number, 1.0]))
    said = refused(str(path), "--at", "layer", "--unit", "0", "--backward", "--array", str(array))
    assert "layer has numbers that are not finite" in said or "too large to be traced" in said
