"""Bundled networks as sources for Keras: executed, with the same weights, and linted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cnnstat
from cnnstat.spec import bundled
from tests.exporters.keras.compared import apart, written
from tests.small import reduced

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras

ROOT = Path(__file__).parents[3]
FOLDER = Path(__file__).parent / "reference"
NAMES = ("lenet5", "resnet18")
AT_ONCE = ("lenet5", "resnet20", "tcn", "wavenet")
"""Those that take seconds; the others are slow."""


@pytest.mark.exchange
@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=() if each in AT_ONCE else pytest.mark.slow) for each in bundled.names()],
)
def test_a_bundled_network_is_the_same_in_keras(name: str) -> None:
    graph = cnnstat.load(name)
    if len(graph.inputs) == 1:
        graph = graph.on(reduced(name)[1])
    assert apart(graph) < 1e-9


def test_every_bundled_network_can_be_said() -> None:
    for name in bundled.names():
        compile(written(cnnstat.load(name)), name, "exec", dont_inherit=True)


@pytest.mark.exchange
def test_ruff_has_nothing_to_say(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in bundled.names():
        title = name.replace("-", "_").replace(".", "_")
        (tmp_path / f"{title}.py").write_text(written(cnnstat.load(name)), encoding="utf-8")
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
        ended = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]


@pytest.mark.exchange
def test_run_it_prints_the_parameters(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    (tmp_path / "network.py").write_text(written(cnnstat.load("resnet20")), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "network.py"],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=False,
    )
    counts = cnnstat.analyze("resnet20").totals.counts
    said = f"{counts.params + counts.buffers:,} parameters, {counts.trainable:,} of them trained\n"
    assert ended.stdout == said, ended.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_source_is_as_it_was(name: str) -> None:
    """Run as a module, this writes those that stand beside it anew."""
    assert written(cnnstat.load(name)) == (FOLDER / f"{name}.py.txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in NAMES:
        (FOLDER / f"{each}.py.txt").write_text(written(cnnstat.load(each)), encoding="utf-8")
