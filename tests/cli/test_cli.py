"""The program as its users start it."""

from __future__ import annotations

import csv
import io
import json
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


def test_the_help_says_what_a_spec_may_be() -> None:
    words = " ".join(within("--help").stdout.split())
    for each in ("a path", "- for standard input", "bundled architecture", ".onnx", "torch:file.py:callable"):
        assert each in words
