"""The program as its users start it."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

import cnnstat
from tests.program import in_terminal, run, within

if TYPE_CHECKING:
    from pathlib import Path

LENET = ("156", "12", "1,516", "32", "48,120", "10,164")


def test_summary_of_lenet5_shows_the_published_figures() -> None:
    ended = run("summary", "lenet5.yaml")
    assert (ended.returncode, ended.stderr) == (0, "")
    for figure in (*LENET, "60,000 of 60,840", "340,908"):
        assert figure in ended.stdout
    assert "\x1b" not in ended.stdout


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
@pytest.mark.parametrize("command", ["summary", "flops", "rf", "explain"])
def test_tables_keep_within_a_terminal(command: str, columns: int) -> None:
    shown = in_terminal(columns, command, "googlenet", "--depth", "1")
    text = "".join(part.split("m", 1)[-1] if i else part for i, part in enumerate(shown.split("\x1b[")))
    assert max(map(len, text.split("\n"))) <= columns
    assert "\x1b[" in shown  # a terminal has colour


@pytest.mark.parametrize("command", ["summary", "flops", "rf"])
@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_every_command_in_every_format(command: str, form: str, tmp_path: Path) -> None:
    target = tmp_path / "out"
    printed = run(command, "resnet18", "--format", form)
    written = within(command, "resnet18", "--format", form, "-o", str(target))
    assert printed.returncode == written.returncode == 0
    assert written.stdout == ""
    assert target.read_text("utf-8") == printed.stdout
    assert "conv1" in printed.stdout


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_flops_as_other_tools_print_them(form: str) -> None:
    one = run("flops", "resnet34", "--convention", "fvcore", "--format", form)
    every = within("flops", "resnet34", "--conventions", "--format", form)
    assert one.returncode == every.returncode == 0
    shown = "3,671,262,720" if form in ("table", "markdown") else "3671262720"
    assert shown in every.stdout
    assert shown in one.stdout or form == "csv"
    if form == "csv":
        assert sum(int(row["count"]) for row in csv.DictReader(io.StringIO(one.stdout))) == 3_671_262_720
    if form == "json":
        found = json.loads(one.stdout)["convention"]
        assert found["total"] == sum(layer["total"] for layer in found["layers"]) == 3_671_262_720
        assert found["terms"] == {"multiply-adds": 3_663_761_408, "norms": 7_476_224, "pooling": 25_088}


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_tools_side_by_side_keep_within_a_terminal(columns: int) -> None:
    shown = re.sub("\x1b\\[[0-9;]*m", "", in_terminal(columns, "flops", "alexnet", "--conventions"))
    assert max(map(len, shown.split("\n"))) <= columns
    assert all(tool in shown for tool in ("fvcore", "netscope"))


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_flops_of_training(form: str) -> None:
    ended = run("flops", "resnet34", "--training", "--depth", "1", "--format", form)
    assert ended.returncode == 0
    together = 10_873_270_272
    if form == "json":
        found = json.loads(ended.stdout)["training"]
        assert found["training"] == sum(layer["training"] for layer in found["layers"]) == together
        assert found["input_gradients"] == found["forward"] - found["layers"][0]["forward"]
    elif form == "csv":
        rows = csv.DictReader(io.StringIO(ended.stdout))
        assert sum(int(row["training"]) for row in rows) == together
    else:
        assert f"{together:,}" in ended.stdout


def test_training_as_torch_counts_it() -> None:
    ended = run("flops", "resnet34", "--training", "--convention", "torch", "--format", "json")
    assert json.loads(ended.stdout)["training"]["training"] == 21_746_540_544
    text = run("flops", "resnet34", "--training", "--convention", "torch", "--format", "markdown").stdout
    assert "together: all of one sample, forward and backward" in text
    assert (
        "to weights: what torch counts for the gradient of the weights, for each layer that is trained"
        in text
    )
    assert "MACs of one sample" not in text
    assert "layers that it counts as nothing are not listed" in text
    refused = within("flops", "resnet34", "--training", "--convention", "thop")
    assert refused.returncode == 2
    assert "thop counts no backward pass; --training goes with torch" in refused.stderr


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_training_keeps_within_a_terminal(columns: int) -> None:
    text = in_terminal(columns, "flops", "resnet34", "--training")
    shown = re.sub("\x1b\\[[0-9;]*m", "", text)
    assert max(map(len, shown.split("\n"))) <= columns
    assert "together" in shown


def test_conventions_are_refused_with_a_way_out() -> None:
    unknown = within("flops", "lenet5", "--convention", "fvcor")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "unknown convention 'fvcor'; did you mean 'fvcore'?" in unknown.stderr
    both = within("flops", "lenet5", "--convention", "thop", "--conventions")
    assert both.returncode == 2
    assert "exclude each other" in both.stderr


def test_columns_add_up_to_the_totals() -> None:
    totals = json.loads(within("summary", "resnet18", "--format", "json").stdout)["totals"]
    rows = list(csv.DictReader(io.StringIO(within("summary", "resnet18", "--format", "csv").stdout)))
    for key in ("params", "macs", "connections"):
        assert sum(int(row[key]) for row in rows) == totals[key]
    folded = within("summary", "resnet18", "--format", "csv", "--depth", "1").stdout
    assert sum(int(row["params"]) for row in csv.DictReader(io.StringIO(folded))) == totals["params"]


def test_the_json_contract() -> None:
    data = json.loads(run("summary", "lenet5", "--format", "json").stdout)
    assert (data["schema_version"], data["name"], data["input_shape"]) == (1, "LeNet-5", [1, 32, 32])
    figures = {"output_shape", "params", "trainable", "macs", "padding_macs", "flops", "operations"}
    figures |= {"connections", "activations", "receptive_field"}
    layers = {layer["name"]: layer for layer in data["layers"]}
    assert all({"name", "type", "inputs"} | figures <= set(layer) for layer in data["layers"])
    assert figures | {"inference_memory_bytes", "training_memory_bytes"} <= set(data["totals"])
    assert layers["C3"]["receptive_field"] == {
        "size": [14, 14],
        "stride": [2, 2],
        "padding": [0, 0],
        "aligned": True,
        "global": False,
    }
    assert layers["F6"]["receptive_field"]["size"] == [32, 32]
    assert layers["F6"]["receptive_field"]["global"] is True
    assert layers["C3"]["operations"]["multiply_adds"] == layers["C3"]["macs"] == 150_000


def test_one_unit() -> None:
    # C3's last unit sees 14 x 14 pixels that end at (9·2 + 13) = 31.
    ended = run("rf", "lenet5", "--at", "C3", "--unit", "9,9", "--format", "json")
    assert json.loads(ended.stdout)["region"] == [[18, 31], [18, 31]]
    padded = json.loads(run("rf", "vgg16", "--at", "pool5", "--unit", "0,6", "--format", "json").stdout)
    assert padded["region"] == [[-90, 121], [102, 313]]
    assert padded["region_on_input"] == [[0, 121], [102, 223]]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("summary", "nothing.yaml"), 1, "no such file"),
        (("summary", "lenet"), 1, "did you mean 'lenet5'?"),
        (("summary", "."), 1, "is a folder"),
        (("summary",), 2, "Missing argument"),
        (("sumary", "lenet5"), 2, "No such command 'sumary'; did you mean 'summary'?"),
        (("summary", "lenet5", "--input", "3xx"), 2, "expected sizes such as 3x224x224"),
        (("summary", "unet", "--input", "1x100x100"), 1, "shape/too-small"),
        (("summary", "lenet5", "--input", "1x8x8"), 1, "shape/too-small"),
        (("summary", "lenet5", "--columns", "parms"), 2, "did you mean 'params'?"),
        (("summary", "lenet5", "-o", "/nowhere/at/all"), 2, "cannot write"),
        (("rf", "lenet5", "--at", "C3"), 2, "go together"),
        (("rf", "lenet5", "--at", "C33", "--unit", "0,0"), 2, "did you mean 'C3'?"),
        (("rf", "lenet5", "--at", "C3", "--unit", "10,0"), 2, "units 0 to 9"),
        (
            ("rf", "lenet5", "--at", "F6", "--unit", "99999"),
            2,
            "F6 has units 0 to 83 on this axis, not 99999",
        ),
        (("rf", "lenet5", "--at", "F6", "--unit", "3,4"), 2, "a unit of F6 has 1 coordinate, got 2"),
        (("rf", "squeezenet1.1", "--at", "avgpool", "--unit", "0"), 2, "avgpool has 2 coordinates, got 1"),
        (("summary", "resnet18", "--strict"), 1, "cannot apply a 7x7 filter with stride 2"),
        (("explain", "dense"), 2, "did you mean 'linear'?"),
        (("explain", "conexions"), 2, "did you mean 'connections'?"),
        (("explain", "lenet"), 2, "did you mean 'lenet5'?"),
        (("explain", "qqqq"), 2, "'cnnstat explain' lists types and figures"),
        (("explain", "nothing.yaml"), 1, "no such file"),
        (("explain", "lenet5", "C33"), 2, "did you mean 'C3'?"),
        (("explain", "lenet5", "macs"), 2, "of a figure, 'cnnstat explain macs' says more"),
        (("explain", "conv", "C1"), 2, "'conv' is a layer type, and has no layers"),
        (("explain", "macs", "lenet5"), 2, "'macs' is a figure, and has no layers"),
        (("explain", "shape/leftovr"), 2, "no file and no code; did you mean 'shape/leftover'?"),
        (("explain", "rule/bias-before-nrom"), 2, "no code; did you mean 'rule/bias-before-norm'?"),
        (("explain", "yaml/qqqqqqq"), 2, "no file and no code; 'cnnstat explain' lists the codes"),
        (("explain", "shape/leftover", "C3"), 2, "'shape/leftover' is a problem's code, and has no layers"),
        (("explain", "shapes/leftover"), 1, "file/unreadable: no such file"),
        (("explain", "C3", "lenet5"), 2, "'C3' is no network, but 'lenet5' is: the SPEC comes first"),
        (("explain", "groups"), 2, "'groups' is an option of conv and 3 more; 'cnnstat explain conv'"),
        (("explain", "lenet5", "qqqq"), 2, "no layer 'qqqq' in LeNet-5"),
        (("explain", "lenet5", "--answers"), 2, "--answers needs --quiz"),
        (("explain", "lenet5", "C3", "--depth", "1"), 2, "not both"),
        (("explain", "conv", "--quiz", "--input", "3x8x8"), 2, "need a SPEC"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = within(*arguments)
    assert ended.returncode == code
    assert said in ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_what_goes_with_no_network_ends_with_the_usage_of_the_command() -> None:
    """The layers, units and sizes that are asked for are checked below the commands, where no click is."""
    for command, *arguments in (
        ("rf", "lenet5", "--at", "C33", "--unit", "0,0"),
        ("sizes", "lenet5", "--from", "9", "--to", "8"),
        ("explain", "lenet5", "C33"),
    ):
        usage, hint = within(command, *arguments).stderr.splitlines()[:2]
        assert usage.startswith(f"Usage: cnnstat {command} [OPTIONS] ")
        assert hint.startswith(f"Try 'cnnstat {command} -")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lenet5", "C3"), "(14 - 5 + 2·0)/1 + 1 = 10"),
        (("lenet5", "--depth", "1", "--input", "1x36x36"), "(36 - 5 + 2·0)/1 + 1 = 32"),
        (("efficientnet", "total", "--set", "width=1.4"), "(width=1.4)"),
        (("resnet18", "layer1"), "layer1.0 + layer1.1 = 73,984 + 73,984 = 147,968"),
        (("conv",), "conv, a layer type"),
        (("MACs",), "multiply-adds (MACs)"),
        (("inference memory",), "alive at once"),
        (("shape/leftover",), "no whole number"),
        ((), "connections"),
        ((), "windows that do not fit"),
        (("lenet5", "--quiz"), "conv of input: kernel 5, filters 6"),
        (("lenet5", "--quiz", "--answers"), "28·28·6·1·5·5 = 117,600"),
    ],
)
def test_explanations(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    ended = run("explain", *arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert said in ended.stdout
    data = json.loads(within("explain", *arguments, "--format", "json").stdout)
    assert (data["schema_version"], data["command"]) == (1, "explain")
    file = tmp_path / "out.md"
    assert within("explain", *arguments, "--format", "markdown", "-o", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8").startswith("## ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "net.yaml"),
        ("summary", "net.yaml"),
        ("sizes", "net.yaml"),
        ("diff", "lenet5", "net.yaml#two"),
    ],
)
def test_the_spec_that_was_read_is_not_written_over(arguments: tuple[str, ...], tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    text = "input: [1, 8, 8]\nvariants: {one: {}, two: {}}\nlayers:\n  - {type: relu}\n"
    spec.write_text(text)
    ended = run(*arguments, "-o", "./net.yaml", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "net.yaml is the spec that was read; write to another file" in ended.stderr
    assert spec.read_text() == text


def test_a_file_comes_before_a_type_and_a_figure(tmp_path: Path) -> None:
    (tmp_path / "conv").write_text("name: Mine\ninput: [1, 8, 8]\nlayers:\n  - {type: relu}\n")
    (tmp_path / "linear").mkdir()
    (tmp_path / "shape").mkdir()
    (tmp_path / "shape" / "leftover").write_text("input: [1]\nlayers:\n  - {type: relu}\n")
    assert run("explain", "conv", cwd=tmp_path).stdout.startswith("Mine, input")
    assert run("explain", "shape/leftover", cwd=tmp_path).stdout.startswith("shape/leftover, input")
    assert run("explain", "linear", cwd=tmp_path).stdout.startswith("linear, a layer type")


def test_a_missed_expectation_is_shown_and_fails(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "input: [1, 8, 8]\nlayers:\n  - {type: conv, filters: 2, kernel: 3, expect: {params: 21}}\n"
    )
    ended = run("summary", "spec.yaml", cwd=tmp_path)
    assert ended.returncode == 1
    assert "0 of 1 met" in ended.stdout
    assert (
        "spec.yaml:3:58: expect/missed: conv1: params: expected 21 (spec.yaml), computed 20" in ended.stderr
    )


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\x80 not utf-8", b"", b"\x00", b"{" * 5000, b"- " * 5000]
)
def test_files_that_are_no_specs(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "spec").write_bytes(data)
    ended = run("summary", "spec", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("spec:1:")
    assert "Traceback" not in ended.stderr


def test_standard_input() -> None:
    ended = run("summary", "-", input="input: [1, 8, 8]\nlayers:\n  - {type: relu}\n")
    assert ended.returncode == 0
    ended = run("summary", "-", input="input: [1, 8, 8]\n")
    assert ended.stderr.startswith("<stdin>:1:1: spec/missing")


def test_text_from_a_spec_is_only_text(tmp_path: Path) -> None:
    hostile = r'"\e[31m [bold]x[/] <script> ::error::x ##vso[x] | =1+1"'
    text = f"name: {hostile}\nsource: {hostile}\ninput: [1, 8, 8]\nlayers:\n  - {{type: relu}}\n"
    for form in ("table", "markdown"):
        shown = run("summary", "-", "--format", form, input=text).stdout
        assert "\x1b" not in shown
        assert "::error" not in shown
        assert "##vso" not in shown
        assert "bold" in shown
    assert r"\<script\>" in run("summary", "-", "--format", "markdown", input=text).stdout
    assert json.loads(run("summary", "-", "--format", "json", input=text).stdout)["name"].startswith(
        "\x1b[31m"
    )


def test_a_closed_pipe_and_an_interrupt_end_quietly() -> None:
    program = [sys.executable, "-m", "cnnstat"]
    with subprocess.Popen([*program, "summary", "resnet1202"], stdout=-1, stderr=-1) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    # A background job of a shell may have been asked to ignore interrupts.
    listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        [*program, "summary", "-"],
        stdin=-1,
        stdout=-1,
        stderr=-1,
        preexec_fn=listen,  # noqa: PLW1509 - there are no threads
    ) as process:
        time.sleep(1.0)  # until it waits for its input
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert (out, err, process.returncode) == (b"", b"interrupted\n", 130)


def test_listing_names_every_architecture() -> None:
    ended = run("list", "--format", "csv")
    names = [row["name"] for row in csv.DictReader(io.StringIO(ended.stdout))]
    assert names == list(cnnstat.spec.bundled.names())
    assert names.index("resnet20") < names.index("resnet110")


def test_a_report_in_a_file_needs_no_standard_output(tmp_path: Path) -> None:
    to_file = f"'{sys.executable}' -m cnnstat summary lenet5 -o '{tmp_path}/out' >&-"
    assert subprocess.run(["sh", "-c", to_file], check=False).returncode == 0


def test_an_encoding_without_line_drawing() -> None:
    ended = run("summary", "lenet5", env={"PYTHONIOENCODING": "ascii"})
    assert ended.returncode == 0
    assert "6x28x28" in ended.stdout
    assert ended.stdout.isascii()


def test_a_parameter_from_the_command_line() -> None:
    ended = run("summary", "efficientnet", "--set", "width=1.1", "--set", "depth=1.2", "--format", "json")
    found = json.loads(ended.stdout)
    assert found["name"] == "EfficientNet-B0 (width=1.1, depth=1.2)"
    assert (found["totals"]["params"], found["expectations"]["checked"]) == (9_109_994, 0)
    shown = run("summary", "resnet20", "--set", "n=4")
    assert shown.returncode == 0
    assert "not compared: they are those of the spec's own parameters" in shown.stdout


@pytest.mark.parametrize("command", ["summary", "flops", "rf", "run"])
@pytest.mark.parametrize(
    ("spec", "given", "code", "said"),
    [
        ("resnet20", "m=4", 1, "param/unknown: the network has no parameter 'm' (parameters: n, classes)"),
        ("lecture-39x39", "width=2", 1, "the network has no parameter 'width' (it has no 'params:')"),
        ("resnet20", "n", 2, "expected NAME=VALUE, got 'n'"),
        ("resnet20", "n={}", 2, "n: expected a plain value"),
    ],
)
def test_a_parameter_that_cannot_be_set(command: str, spec: str, given: str, code: int, said: str) -> None:
    ended = within(command, spec, "--set", given)
    assert ended.returncode == code
    assert said in ended.stderr


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("net.pth", "a pickle can run code"),
        ("net.npz", "cnnstat run SPEC --weights net.npz"),
        ("net.bin", ""),
    ],
)
def test_a_file_of_weights_is_no_spec(name: str, way: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    ended = within("summary", str(file))
    assert ended.returncode == 1
    assert "is not UTF-8 text (byte 4)" in ended.stderr
    assert "a file of weights is no network" in ended.stderr
    assert way in ended.stderr


def test_the_help_says_what_a_spec_may_be() -> None:
    words = " ".join(within("--help").stdout.split())
    for each in ("a path", "- for standard input", "bundled architecture", ".onnx", "torch:file.py:callable"):
        assert each in words


@pytest.mark.parametrize("name", ["gone.onnx", "gone.pth", "gone.npz"])
def test_a_model_that_is_not_there_is_not_taken_for_a_name(name: str) -> None:
    ended = within("summary", name)
    assert ended.stderr.splitlines()[0] == f"{name}:1:1: file/unreadable: no such file"
