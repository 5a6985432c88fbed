"""What the program refuses: words that are wrong, and files that are no specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.program import run, within

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\x80 not utf-8", b"", b"\x00", b"{" * 5000, b"- " * 5000]
)
def test_files_that_are_no_specs(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "spec").write_bytes(data)
    ended = run("summary", "spec", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("spec:1:")
    assert "Traceback" not in ended.stderr


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


@pytest.mark.parametrize("name", ["gone.onnx", "gone.pth", "gone.npz"])
def test_a_model_that_is_not_there_is_not_taken_for_a_name(name: str) -> None:
    ended = within("summary", name)
    assert ended.stderr.splitlines()[0] == f"{name}:1:1: file/unreadable: no such file"
