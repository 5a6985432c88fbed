"""Files that commands write: refused before the work, replaced as a whole, pipes and devices written to."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cnnstat.tensors import read_weights
from tests.program import run, within

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = ("summary nothing", "rf nothing", "flops nothing", "sizes nothing", "diff nothing nothing")
"""They fail once they read their spec, so that what fails before is another thing."""

WRITING = ("-o", "--save", "--activations")
REPORT = run("summary", "lenet5").stdout
PROGRAM = f"'{sys.executable}' -m cnnstat"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "file", ["nowhere/at/all.npz", "folder", "loop.npz", "file/x.npz", f"{'x' * 252}.npz"]
)
@pytest.mark.parametrize(
    "line", [*(f"{command} -o" for command in COMMANDS), *(f"run nothing {option}" for option in WRITING)]
)
def test_what_cannot_be_written_is_refused_before_the_work(line: str, file: str, folder: Path) -> None:
    Path("folder").mkdir()
    Path("file").touch()
    Path("loop.npz").symlink_to("loop.npz")
    ended = within(*line.split(), file)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "no such file" not in ended.stderr
    assert file in ended.stderr
    assert sorted(os.listdir()) == ["file", "folder", "loop.npz"]


@pytest.mark.parametrize("line", ["--save w.pt", "--save w", "--activations a.csv", "--activations -"])
def test_another_kind_of_file_is_refused_before_the_work(line: str) -> None:
    ended = within("run", "nothing", *line.split())
    assert ended.returncode == 2
    assert "expected .npz" in ended.stderr


def test_a_missing_library_is_found_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    ended = within("run", "nothing", "--save", "w.safetensors")
    assert ended.returncode == 2
    assert "pip install safetensors" in ended.stderr


@pytest.mark.parametrize("option", WRITING)
def test_a_full_disk_leaves_the_old_file(option: str, folder: Path) -> None:
    Path("old.npz").write_text("old")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))

    ended = run("run", "lenet5", option, "old.npz", preexec_fn=limited)
    assert ended.returncode == 2
    assert "old.npz: File too large" in ended.stderr
    assert "Usage" not in ended.stderr
    assert Path("old.npz").read_text() == "old"
    assert os.listdir() == ["old.npz"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_old_file_and_nothing_beside_it(number: signal.Signals) -> None:
    Path("old.npz").write_text("old")
    program = f"""
import os, sys
from numpy.lib import format
from cnnstat.__main__ import main
def killed(file, *rest, **more):
    file.write(b"half of it")
    os.kill(os.getpid(), {number:d})
format.write_array = killed
sys.argv[1:] = ["run", "lenet5", "--save", "old.npz"]
main()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + number, "", "")
    assert Path("old.npz").read_text() == "old"
    assert os.listdir() == ["old.npz"]


def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    """As under nohup."""

    def ignoring() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    program = "import signal\nfrom cnnstat.__main__ import main\n" + (
        "import atexit; atexit.register(lambda: print(signal.getsignal(signal.SIGHUP).name))\nmain()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, "--version"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=ignoring,
    )
    assert ended.stdout.splitlines()[-1] == "SIG_IGN"


def read_in_background(path: str) -> Callable[[], bytes]:
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(Path(path).read_bytes()), daemon=True)
    thread.start()

    def result() -> bytes:
        thread.join(30)
        return found[0]

    return result


def test_a_pipe_is_written_to() -> None:
    os.mkfifo("pipe.npz")
    text = read_in_background("pipe.npz")
    assert run("summary", "lenet5", "-o", "pipe.npz").returncode == 0
    assert text().decode() == REPORT
    weights = read_in_background("pipe.npz")
    assert run("run", "lenet5", "--save", "pipe.npz").returncode == 0
    Path("w.npz").write_bytes(weights())
    assert "C1.weight" in read_weights("w.npz")
    assert stat.S_ISFIFO(os.stat("pipe.npz").st_mode)
    assert sorted(os.listdir()) == ["pipe.npz", "w.npz"]


def test_a_pipe_that_is_read_no_more_is_no_failure() -> None:
    Path("missed.yaml").write_text("input: [1]\nlayers: [{type: relu, expect: {params: 2}}]\n")
    for spec, code in (("lenet5", 0), ("missed.yaml", 1)):
        line = f"set -o pipefail; {PROGRAM} summary {spec} -o /dev/stdout | exec 0<&-"
        ended = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
        assert ended.returncode == code
        assert "cannot write" not in ended.stderr


def test_a_device_is_written_to() -> None:
    assert run("summary", "lenet5", "-o", "/dev/null").returncode == 0
    full = run("summary", "lenet5", "-o", "/dev/full")
    assert full.returncode == 2
    assert "cannot write /dev/full: No space left on device" in full.stderr
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("place", ["-", "/dev/stdout", "/dev/fd/1", "out"])
def test_standard_output_by_any_name(place: str) -> None:
    shell = f"unset COLUMNS; (echo before; {PROGRAM} summary lenet5 -o {place}; echo behind) > out"
    assert subprocess.run(["bash", "-c", shell], check=False).returncode == 0
    assert Path("out").read_text("utf-8") == f"before\n{REPORT}behind\n"
    assert os.listdir() == ["out"]


def test_a_file_called_minus_is_written_with_its_folder() -> None:
    assert within("summary", "lenet5", "-o", "./-").stdout == ""
    assert Path("./-").read_text("utf-8") == REPORT


def test_a_link_stays_a_link_and_a_file_keeps_its_mode() -> None:
    Path("real").write_text("old")
    Path("real").chmod(0o640)
    Path("link").symlink_to("real")
    Path("dangling").symlink_to("new")
    for name in ("link", "dangling"):
        assert within("summary", "lenet5", "-o", name).returncode == 0
        assert Path(name).is_symlink()
    assert Path("real").read_text("utf-8") == Path("new").read_text("utf-8") == REPORT
    assert stat.S_IMODE(os.stat("real").st_mode) == 0o640


def test_a_file_that_cannot_be_replaced_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is mounted by itself, or another user's in a folder where each may move his own only."""

    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", refuse)
    Path("old").write_text("old" * 10_000)
    number = os.stat("old").st_ino
    assert within("summary", "lenet5", "-o", "old").returncode == 0
    assert Path("old").read_text("utf-8") == REPORT
    assert os.stat("old").st_ino == number
    assert os.listdir() == ["old"]


@pytest.mark.parametrize("option", ["-o", "--save", "--activations", "--weights", "--array", "--image"])
def test_a_name_that_is_missing_is_said_to_be(option: str) -> None:
    ended = within("run", "lenet5", option, "")
    assert ended.returncode == 2
    assert "the name of a file is missing" in ended.stderr


def test_a_long_name_of_many_bytes() -> None:
    name = "\U0001f600" * 62 + ".txt"  # 252 bytes
    assert within("summary", "lenet5", "-o", name).returncode == 0
    assert os.listdir() == [name]
