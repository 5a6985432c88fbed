"""`torch:...` on the command line: whose code is run, where, and what becomes of what it does."""

from __future__ import annotations

import json
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnstat
from cnnstat.importers.torch_export.aten import ATEN
from cnnstat.importers.torch_export.library import torch_library
from tests.program import run, within

NET = """
import torch
from torch import nn

print("imported")


class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        print("built")
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(True))
        self.fc = nn.Linear(8, classes)

    def forward(self, x):
        print("followed")
        return self.fc(self.stem(x).mean((2, 3)))


def make(classes=10):
    return Net(classes)


net = Net(4)
number = 3


def no_module():
    return [1]


def ends():
    import sys
    sys.exit("enough")


def broken():
    raise ValueError("no such width")


class Needs(nn.Module):
    def __init__(self, n):
        super().__init__()


class Asks(Net):
    def forward(self, x):
        if x.sum() > 0:
            return super().forward(x)
        return x


class Two(nn.Module):
    def forward(self, left, right, scale=1.0):
        return (left + right) * scale


def huge():
    return nn.Sequential(*(nn.Linear(1 << 16, 1 << 16, bias=False) for _ in range(32)))


class Drawn(nn.Module):
    def __init__(self):
        super().__init__()
        self.all = nn.ParameterList([nn.Parameter(torch.randn(1 << 16, 1 << 16) * 0.1) for _ in range(2)])
        self.scale = float(torch.linspace(0, 1, 3)[1])

    def forward(self, x):
        for each in self.all:
            x = nn.functional.linear(x, each) * self.scale
        return x
"""
HARM = """
import ctypes
import os
import sys
import threading
import time
from torch import nn


class Prints(nn.Linear):
    def __init__(self):
        super().__init__(8, 4)
        os.write(1, b"by descriptor\\n")
        os.system("echo by a program")
        ctypes.CDLL(None).puts(b"by C")
        sys.__stdout__.write("by the first stream\\n")
        sys.stdout.close()
        sys.__stdout__.close()
        os.close(1)


class Forks(nn.Linear):
    def __init__(self):
        super().__init__(8, 4)
        os.fork()


class Waits(nn.Linear):
    def __init__(self):
        super().__init__(8, 4)
        threading.Thread(target=time.sleep, args=(1000,)).start()


class Leaves(nn.Linear):
    def __init__(self):
        super().__init__(8, 4)

    def forward(self, x):
        os._exit(0)


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError("no words")


def mute():
    raise MuteError


def operator():
    raise RuntimeError("operator torchvision::nms does not exist")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise RuntimeError(f"{name} is not made")
"""
MARK = "import pathlib\npathlib.Path('ran').write_text('')\nraise SystemExit(0)\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    Path("net.py").write_text(NET, encoding="utf-8")
    Path("harm.py").write_text(HARM, encoding="utf-8")
    Path("marks.py").write_text(MARK, encoding="utf-8")
    return tmp_path


@pytest.fixture
def installed() -> None:
    pytest.importorskip("torch")


with_torch = [pytest.mark.exchange, pytest.mark.usefixtures("installed")]


def summary(what: str, *more: str) -> Any:
    return within("summary", f"torch:{what}", *more)


class TestRun:
    """With PyTorch."""

    pytestmark = with_torch

    @pytest.mark.parametrize(
        ("name", "params"), [("net.py:Net", 322), ("net.py:make", 322), ("net.py:net", 268), ("net:Net", 322)]
    )
    def test_a_class_a_function_or_an_instance(self, name: str, params: int) -> None:
        sys.modules.pop("net", None)
        ended = summary(name, "--input", "3x8x8", "--format", "json")
        assert ended.returncode == 0, ended.stderr
        document = json.loads(ended.stdout)  # what the code prints is not in it
        assert document["totals"]["params"] == params
        assert [layer["name"] for layer in document["layers"]] == [
            "stem.0",
            "stem.1",
            "stem.2",
            "reduce",
            "fc",
        ]
        assert "imported\nbuilt\n" in ended.stderr

    def test_parameters_are_arguments(self) -> None:
        assert "295 params" in summary("net.py:make", "--input", "3x8x8", "--set", "classes=7").stdout
        assert "takes no options" in summary("net.py:net", "--input", "3x8x8", "--set", "classes=7").stderr

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("net.py:make", "the shape of its input is not known; give it, such as --input 3x224x224"),
            (
                "net.py:Two",
                "the shape of its input is not known; give it, such as --input left=3x224x224 --input",
            ),
            (
                "net.py:none",
                "net.py has no 'none'; write torch:package.module:callable or torch:file.py:callable",
            ),
            ("other.py:make", "there is no file other.py"),
            ("no_such_module:make", "there is no module 'no_such_module'"),
            ("net.py", "names no callable"),
            ("net.py:number", "'number' is neither a module of PyTorch nor a callable that makes one"),
            ("net.py:no_module", "'no_module' makes no torch.nn.Module, but a list"),
            ("net.py:ends", "calling ends: its code ends the program (sys.exit('enough')) (net.py, line 34)"),
            ("net.py:broken", "calling broken: ValueError: no such width (net.py, line 38)"),
            ("net.py:Needs", "missing 1 required positional argument: 'n'; --set NAME=VALUE gives arguments"),
        ],
    )
    def test_what_goes_wrong_is_one_line(self, name: str, message: str) -> None:
        ended = summary(name)
        assert (ended.returncode, ended.stdout) == (1, "")
        lines = [line for line in ended.stderr.splitlines() if line not in ("imported", "built", "followed")]
        assert len(lines) == 1
        assert message in lines[0]

    def test_an_input_with_the_axis_of_samples_is_explained(self) -> None:
        ended = summary("net.py:make", "--input", "1x3x8x8")
        (line,) = (line for line in ended.stderr.splitlines() if "unreadable" in line)
        assert "of [13, 1, 3, 8, 8], 13 are samples: --input is one without their axis, 3x8x8" in line

    @pytest.mark.parametrize("name", ["Prints", "Forks", "Waits"])
    def test_what_code_does_besides_does_not_touch_the_report(self, name: str) -> None:
        ended = run("summary", f"torch:harm.py:{name}", "--input", "8", "--format", "json")
        assert ended.returncode == 0, ended.stderr
        assert json.loads(ended.stdout)["totals"]["params"] == 36
        if name == "Prints":
            words = ("by descriptor", "by a program", "by C", "by the first stream")
            assert {*words} <= {*ended.stderr.splitlines()}

    def test_code_that_leaves_the_program_is_an_error(self) -> None:
        ended = run("summary", "torch:harm.py:Leaves", "--input", "8")
        assert (ended.returncode, ended.stdout) == (1, "")
        assert "torch.export: its code ends the program (os._exit(0)) (harm.py, line 39)" in ended.stderr

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("mute", "calling mute: MuteError (harm.py, line 48)"),
            ("lost", "lost: RuntimeError: lost is not made (harm.py, line 58)"),
            (
                "operator",
                "RuntimeError: operator torchvision.nms does not exist; this torchvision was built for",
            ),
        ],
    )
    def test_an_error_of_any_kind_is_one_line(self, name: str, message: str) -> None:
        ended = summary(f"harm.py:{name}", "--input", "8")
        assert (ended.returncode, ended.stdout) == (1, "")
        (line,) = ended.stderr.splitlines()
        assert message in line

    @pytest.mark.parametrize("name", ["random", "json", "onnx", "inspect"])
    def test_a_file_may_be_called_like_a_library(self, name: str) -> None:
        Path(f"{name}.py").write_text(NET, encoding="utf-8")
        path = Path(f"{name}.py").resolve()
        ended = run("summary", f"torch:{path}:make", "--input", "3x8x8", "--format", "json", cwd="/")
        assert ended.returncode == 0, ended.stderr
        assert json.loads(ended.stdout)["totals"]["params"] == 322

    def test_the_logs_of_pytorch_are_not_shown(self) -> None:
        ended = run("summary", "torch:net.py:Asks", "--input", "3x8x8")
        words = ("imported", "built", "followed")
        assert len([line for line in ended.stderr.splitlines() if line not in words]) == 1

    def test_code_that_depends_on_values_is_named(self) -> None:
        ended = summary("net.py:Asks", "--input", "3x8x8")
        assert ended.returncode == 1
        assert "torch.export: " in ended.stderr
        line = NET.splitlines().index("        if x.sum() > 0:") + 1
        assert f"(net.py, line {line})" in ended.stderr
        lines = [line for line in ended.stderr.splitlines() if line not in ("imported", "built", "followed")]
        assert len(lines) == 1

    def test_several_inputs_by_name(self) -> None:
        ended = summary("net.py:Two", "--input", "left=3x8x8", "--input", "right=3x8x8", "--format", "json")
        assert json.loads(ended.stdout)["layers"][0]["inputs"] == ["left", "right"]
        ended = summary("net.py:Two", "--input", "3x8x8")
        assert "its forward takes left, right; give each: --input left=3x224x224" in ended.stderr
        ended = summary("net.py:Two", "--input", "left=3x8x8", "--input", "up=3x8x8")
        assert "no input 'up': its forward takes left, right, scale" in ended.stderr

    @pytest.mark.parametrize(("name", "params"), [("huge", 32 << 32), ("Drawn", 2 << 32)])
    def test_137_billion_parameters_need_no_memory(self, name: str, params: int) -> None:
        ended = summary(f"net.py:{name}", "--input", "65536", "--format", "json")
        assert json.loads(ended.stdout)["totals"]["params"] == params

    def test_every_command_takes_it(self) -> None:
        spec, given = "torch:net.py:make", ("--input", "3x8x8")
        for command in ("flops", "rf", "explain"):
            ended = within(command, spec, *given)
            assert ended.returncode == 0, ended.stderr
        assert "no difference" in within("diff", spec, spec, *given).stdout
        assert within("sizes", spec, *given).returncode == 0
        assert within("export", spec, *given, "--to", "pytorch", "-o", "out.py").returncode == 0
        ended = within("import", spec, *given)
        assert "{name: fc, type: linear, units: " in ended.stdout

    def test_a_run_has_the_weights_of_the_module(self) -> None:
        ended = within(
            "run", "torch:net.py:make", "--input", "3x8x8", "--against", "torch", "--save", "w.npz"
        )
        assert ended.returncode == 0, ended.stderr
        assert "PyTorch's in an export, and 1 output of torch:net.py:make itself is the same" in ended.stdout
        torch = pytest.importorskip("torch")
        made = runpy.run_path("net.py")["make"]
        torch.manual_seed(0)
        module = made()
        stored = np.load("w.npz")
        assert np.array_equal(stored["stem.0.weight"], module.stem[0].weight.detach().numpy())
        assert np.array_equal(stored["fc.bias"], module.fc.bias.detach().numpy())

    def test_an_export_has_the_weights_of_the_module(self) -> None:
        ended = within("export", "torch:net.py:make", "--input", "3x8x8", "-o", "w.npz")
        assert ended.returncode == 0, ended.stderr
        torch = pytest.importorskip("torch")
        made = runpy.run_path("net.py")["make"]
        torch.manual_seed(0)
        assert np.array_equal(np.load("w.npz")["stem.0.weight"], made().stem[0].weight.detach().numpy())

    @pytest.mark.parametrize(
        "command", [("run",), ("export", "-o", "w.npz"), ("trace", "--at", "fc", "--unit", "0")]
    )
    def test_a_module_is_made_once(self, command: tuple[str, ...]) -> None:
        name, *more = command
        ended = within(name, "torch:net.py:make", "--input", "3x8x8", *more)
        assert ended.returncode == 0, ended.stderr
        assert ended.stderr.count("imported") == 1
        assert ended.stderr.count("built") == 2  # by the file itself, and by the function
        drawn = {"trace": "torch:net.py:make's own weights; all else drawn from seed 0"}.get(name, "")
        assert ended.stdout.count("drawn from seed") == bool(drawn)
        assert drawn in ended.stdout

    def test_the_outputs_of_the_module_itself_are_compared(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was misread is in all that cnnstat writes of it; the user's own module has no part in that."""
        monkeypatch.setitem(ATEN, "relu", ATEN["sigmoid"])
        ended = within("run", "torch:net.py:make", "--input", "3x8x8", "--against", "torch")
        assert ended.returncode == 1
        assert (
            "OTHER OUTPUT: the model's own 'output 0' of PyTorch is off by" in ended.stdout.splitlines()[-1]
        )

    @pytest.mark.parametrize(
        ("more", "code", "end"),
        [
            ("y", 0, "and 2 outputs of torch:net.py:Twice itself are the same"),
            ("x", 1, "NOT COMPARED: no layer of the network works out the model's own 'output 1'"),
        ],
    )
    def test_each_output_of_the_module_is_compared(self, more: str, code: int, end: str) -> None:
        written = "class Twice(Net):\n    def forward(self, x):\n        y = super().forward(x)\n"
        Path("net.py").write_text(f"{NET}{written}        return y, {more}\n", encoding="utf-8")
        ended = within("run", "torch:net.py:Twice", "--input", "3x8x8", "--against", "torch")
        assert ended.returncode == code, ended.stderr
        assert ended.stdout.splitlines()[-1].endswith(end)

    def test_from_python_it_is_a_graph(self) -> None:
        nn = pytest.importorskip("torch").nn
        module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
        graph = cnnstat.from_torch(module, (3, 9, 9))
        assert cnnstat.analyze(graph).totals.counts.params == 3 * 4 * 9 + 4
        assert cnnstat.analyze(graph).totals.output_shape == (4, 7, 7)
        with pytest.raises(cnnstat.SpecError, match="is no torch"):
            cnnstat.from_torch(lambda x: x, (3, 9, 9))


@pytest.mark.exchange
@pytest.mark.usefixtures("installed")
def test_the_example_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(cnnstat.__file__).parents[1] / "docs" / "python.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(from torch import nn\n.*?)```", page, re.DOTALL)
    exec(code, {})
    assert capsys.readouterr().out.strip() == re.findall(r"  # (.*)$", code, re.MULTILINE)[-1]


def test_nothing_but_a_command_line_runs_code() -> None:
    """Neither Python's own functions, nor a spec, nor what check finds in a folder or a configuration."""
    word = "torch:marks.py:make"
    for function in (cnnstat.load, cnnstat.analyze, cnnstat.Network):
        with pytest.raises(cnnstat.SpecError, match="names code, which is run only where a command line"):
            function(word)
    specs = {
        "type.yaml": f"input: [3, 4, 4]\nlayers:\n  - {{type: '{word}'}}\n",
        "extends.yaml": f"extends: '{word}'\ninput: [3, 4, 4]\nlayers: [{{type: relu}}]\n",
        word: "input: [3, 4, 4]\nlayers: [{type: relu}]\n",
    }
    Path("specs").mkdir()
    Path("specs", "torch:marks.py").mkdir()
    for name, text in specs.items():
        Path("specs", name).write_text(text, encoding="utf-8")
    Path("pyproject.toml").write_text(f"[tool.cnnstat.check]\nfiles = ['{word}']\n", encoding="utf-8")
    Path("cnnstat.toml").write_text(f"files = ['{word}']\n", encoding="utf-8")
    for arguments in (["specs"], [word], ["specs", "--against", "specs"], ["specs", "--against", word], []):
        within("check", *arguments)
    within("summary", "specs/type.yaml")
    within("diff", "specs/type.yaml", "specs/extends.yaml")
    within("run", "lenet5", "--weights", word)
    assert not Path("ran").exists()


def test_pytorch_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    ended = summary("net.py:make", "--input", "3x8x8")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "reading it needs PyTorch: pip install torch" in ended.stderr
    ended = within("run", "lenet5", "--against", "torch")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "pip install 'cnnstat[torch]'" in ended.stderr
    with pytest.raises(ValueError, match="pip install torch"):
        torch_library()


@pytest.mark.exchange
@pytest.mark.usefixtures("installed")
def test_what_trains_in_evaluation_is_opaque(tmp_path: Path) -> None:
    nn = pytest.importorskip("torch").nn

    class Trains(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm2d(3)

        def forward(self, x: Any) -> Any:
            norm = self.norm
            return nn.functional.batch_norm(x, norm.running_mean, norm.running_var, training=True)

    assert cnnstat.analyze(cnnstat.from_torch(Trains(), (3, 9, 9))).without

    class Drops(nn.Module):  # type: ignore[name-defined]
        def forward(self, x: Any) -> Any:
            return nn.functional.dropout(x, 0.5, training=True)

    assert cnnstat.analyze(cnnstat.from_torch(Drops(), (3, 9, 9))).without
