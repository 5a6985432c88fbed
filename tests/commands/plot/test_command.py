"""The command: files by their suffix, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from tests.program import run, within

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    'name: "<script>x</script>\'\\\\\\" \\e[31m \\u202e ::error:: ##vso["\n'
    'source: "x"\ninput: [3, 8, 8]\nlayers:\n'
    "  - {name: a, type: conv, filters: 2, kernel: 3}\n  - {name: b, type: relu}\n"
)


@pytest.fixture
def _library() -> None:
    pytest.importorskip("vl_convert", reason="the extra draw")


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("kind", ["layers", "memory", "rf", "sizes"])
@pytest.mark.parametrize(
    ("name", "start"),
    [("a.svg", b"<svg "), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.json", b'{\n "$schema"')],
)
def test_the_suffix_says_what_is_written(tmp_path: Path, name: str, start: bytes, kind: str) -> None:
    ended = within("plot", "lenet5", kind, "-o", str(tmp_path / name))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.usefixtures("_library")
def test_text_goes_to_standard_output() -> None:
    assert within("plot", "lenet5", "rf", "--to", "svg").stdout.startswith("<svg ")
    assert "vega-lite/v6" in within("plot", "lenet5", "rf", "--to", "json", "-o", "-").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["lenet5", "memry"],
            "Invalid value for 'KIND': 'memry' is not one of 'layers', 'memory', 'rf', 'sizes', 'roofline'",
        ),
        (["lenet5"], "Invalid value for 'KIND': 'lenet5' is not one of 'layers', 'memory'"),
        (
            ["lenet5", "roofline"],
            "a roofline is that of a machine: --machine v100, or --peak and --bandwidth",
        ),
        (["lenet5", "rf", "--machine", "v100"], "a machine is for 'roofline', not for 'rf'"),
        (["memory"], "a network comes first: cnnstat plot resnet50 memory"),
        (["-", "-", "memory"], "only one network can be standard input"),
        ([], "Missing argument 'KIND'"),
        (["lenet5", "rf", "-o", "net.jpg"], "net.jpg does not say what it is to be: give --to"),
        (["lenet5", "rf", "--to", "png"], "a PNG goes to a file: -o chart.png"),
        (["lenet5", "rf", "--figures", "macs"], "--figures is for 'layers' and 'sizes', not for 'rf'"),
        (["lenet5", "layers", "--figures", "param"], "has no figure 'param'; did you mean 'params'?"),
        (["lenet5", "sizes", "--figures", "flops"], "'sizes' has no figure 'flops'; known: macs, params,"),
        (["lenet5", "layers", "--figures", ","], "'layers' has no figure ''"),
        (["lenet5", "rf", "--depth", "1"], "--depth is for 'layers', not for 'rf'"),
        (["lenet5", "rf", "--sizes", "1:64"], "--sizes is for 'sizes', not for 'rf'"),
        (["lenet5", "sizes", "--sizes", "64"], "expected sizes such as 128:448 or 128:448:32, got '64'"),
        (["lenet5", "sizes", "--sizes", "1:64:0"], "expected a size such as 128 or 128x256"),
        (["lenet5", "sizes", "--sizes", "1:64:2x3"], "sizes grow by one step on every axis, got '2x3'"),
        (["lenet5", "layers", "--training"], "--training is for 'memory', not for 'layers'"),
        (["lenet5", "sizes", "--sizes", "9:8"], "there is no size from 9x9 to 8x8"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], said: str) -> None:
    ended = within("plot", *arguments)
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())


def test_a_spec_that_was_read_is_not_written_over(tmp_path: Path) -> None:
    spec = tmp_path / "net.json"
    spec.write_text(HOSTILE)
    ended = within("plot", "lenet5", str(spec), "memory", "-o", str(spec))
    assert ended.returncode == 2
    assert "is the spec that was read" in ended.stderr
    assert spec.read_text() == HOSTILE


def test_a_library_that_is_missing_is_named(tmp_path: Path) -> None:
    with mock.patch.dict(sys.modules, {"vl_convert": None}):
        for name in ("a.svg", "a.png", "a.pdf"):
            ended = within("plot", "lenet5", "memory", "-o", str(tmp_path / name))
            assert ended.returncode == 2
            assert "pip install 'cnnstat[draw]'" in ended.stderr
            assert not (tmp_path / name).exists()
        assert within("plot", "lenet5", "memory", "-o", str(tmp_path / "a.json")).returncode == 0
        assert within("plot", "lenet5", "memory").returncode == 0


def test_pictures_in_characters_need_no_library() -> None:
    program = (
        "import sys; from cnnstat.cli.group import cli\n"
        "for kind in ('layers', 'memory', 'rf', 'sizes'):\n"
        "    cli.main(['plot', 'lenet5', kind], standalone_mode=False)\n"
        "assert not {'numpy', 'rich', 'vl_convert', 'altair', 'pygraphviz'} & set(sys.modules)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("kind", ["layers", "memory", "rf", "sizes"])
def test_a_hostile_name_is_a_text(tmp_path: Path, kind: str) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(HOSTILE)
    for form in ((), ("--to", "json")):
        shown = within("plot", str(spec), kind, *form).stdout
        assert "<script>" in shown
        assert all(sign.isprintable() or sign == "\n" for sign in shown)
        assert "::" not in shown
        assert "##" not in shown


@pytest.mark.parametrize("kind", ["layers", "memory", "rf", "sizes"])
def test_long_names_leave_room_for_the_chart(tmp_path: Path, kind: str) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(HOSTILE.replace("<script>", "x" * 5000))
    for networks in ([str(spec)], [str(spec), "lenet5"]):
        shown = within("plot", *networks, kind, "--to", "json").stdout
        texts = [text for text in json.loads(shown)["title"]["subtitle"] if text]
        assert sum(map(len, texts)) < 2000
        assert "x" * 30 in shown
        assert "x" * 400 not in shown
    assert len(within("plot", str(spec), kind).stdout.splitlines()) < 50


@pytest.mark.parametrize("kind", ["layers", "memory", "rf"])
def test_a_very_long_network_shares_places(tmp_path: Path, kind: str) -> None:
    """Neighbours share one place, and what is shown is still the sum, or the largest, of all layers."""
    spec = tmp_path / "long.yaml"
    count = 20_001
    spec.write_text(
        f'name: Long\nsource: "x"\ninput: [1, 9, 9]\nlayers:\n'
        f"  - {{name: c, type: conv, filters: 1, kernel: 3, padding: 1, repeat: {count}}}\n"
    )
    chart = json.loads(within("plot", str(spec), kind, "--to", "json").stdout)
    rows = chart["vconcat"][0]["layer"][0]["data"]["values"]
    assert len(rows) < 3_000
    assert "Of every 21 layers" in chart["description"]
    if kind == "layers":
        assert sum(row["value"] for row in rows) == count * 81 * 9
    elif kind == "memory":
        assert max(row["top"] for row in rows) == 2 * 81 * 4
    else:
        assert max(row["y"] for row in rows if row["y"]) == 1 + 2 * count


def test_a_shell_completes_networks_and_kinds() -> None:
    line = {"_CNNSTAT_COMPLETE": "bash_complete", "COMP_WORDS": "cnnstat plot lenet5 me", "COMP_CWORD": "3"}
    assert run(env=line).stdout == "plain,memory\n"
    line["COMP_WORDS"] = "cnnstat plot lenet5 lenet"
    assert run(env=line).stdout == "plain,lenet5\nplain,lenet5-full\nplain,lenet5-gap\n"


def test_it_reads_standard_input_and_replaced_parameters() -> None:
    spec = "input: [1, 9, 9]\nlayers:\n  - {name: c, type: conv, filters: 1, kernel: 3}\n"
    ended = run("plot", "-", "layers", "--input", "2x5x5", input=spec)
    assert ended.returncode == 0
    assert "input 2×5×5: 162 MACs, 19 params" in ended.stdout
    assert "10,020 MACs" not in ended.stdout
