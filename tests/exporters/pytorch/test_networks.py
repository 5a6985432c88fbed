"""Every bundled network as the source of a PyTorch module: executed, with the same weights, and linted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cnnstat
from cnnstat.spec import bundled
from cnnstat.tensors import matched, read_weights
from tests.exporters.pytorch.compared import apart, module_of, written
from tests.small import reduced

ROOT = Path(__file__).parents[3]
WITH_HARD_SIGMOIDS = ("ghostnet", "mobilenet-v3")
"""Of these PyTorch computes gradients with a float32: 1/6."""
DEEP = ("efficientnet-b6", "efficientnet-b7")
"""Of these the drawn weights let rounding grow from layer to layer, in both alike."""
LARGE = {
    *(
        "unet3d",
        "fcn32s",
        "convnext-small",
        "convnext-base",
        "convnext-large",
        "dcgan-generator",
        "hourglass",
    ),
    *("efficientnet-b5", "efficientnet-b6", "efficientnet-b7", "efficientnet-v2", "inception-v3-aux", "unet"),
    *("resnext101-32x8d", "resnext101-64x4d", "wide-resnet101", "regnet-y-32gf", "resnet1202", "sppnet"),
    *("vgg16-torchvision", "alexnet-torchvision", "pspnet50", "deeplabv3-resnet50", "darknet53", "hrnet"),
}
"""These take longest; smaller ones of their kind stand for them in the quick run."""


def _slow_where_large(name: str) -> object:
    return pytest.param(name, marks=pytest.mark.slow) if name in LARGE else name


@pytest.mark.exchange
@pytest.mark.parametrize("name", [_slow_where_large(name) for name in bundled.names()])
def test_a_bundled_network_is_the_same_in_pytorch(name: str) -> None:
    graph = cnnstat.load(name)
    if len(graph.inputs) == 1:
        graph = graph.on(reduced(name)[1])
    values, slopes = apart(graph)
    assert values < 1e-9
    assert slopes < (1e-6 if name.startswith(WITH_HARD_SIGMOIDS + DEEP) else 1e-9)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the source of every bundled network."""
    folder = tmp_path_factory.mktemp("sources")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in bundled.names():
        title = name.replace("-", "_").replace(".", "_")
        (folder / f"{title}.py").write_text(written(cnnstat.load(name)), encoding="utf-8")
    return folder


@pytest.mark.exchange
@pytest.mark.parametrize("command", ["check", "format --check"])
def test_ruff_has_nothing_to_say(sources: Path, command: str) -> None:
    ruff = [sys.executable, "-m", "ruff", *command.split(), "--no-cache", "."]
    ended = subprocess.run(ruff, cwd=sources, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]


@pytest.mark.exchange
@pytest.mark.parametrize("name", ["lenet5", "resnet18", "siamese"])
def test_run_it_prints_the_parameters(name: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    graph = cnnstat.load(name)
    (tmp_path / "network.py").write_text(written(graph), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "network.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.stdout == f"{cnnstat.analyze(graph).totals.counts.params:,} parameters\n", ended.stderr


def test_the_source_is_the_same_each_time() -> None:
    assert written(cnnstat.load("hrnet")) == written(cnnstat.load("hrnet"))


@pytest.mark.exchange
def test_weights_go_both_ways_without_a_map(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    graph = cnnstat.load("resnet20")
    ours = cnnstat.Network(graph, seed=5)
    module = module_of(written(graph)).float()
    module.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in ours.parameters.items()})
    file = tmp_path / "resnet20.npz"
    np.savez(file, **{name: tensor.numpy() for name, tensor in module.state_dict().items()})
    again = cnnstat.Network(graph, seed=6)
    again.load(matched(again.parameters, read_weights(file), file.name))
    assert all((ours.parameters[name] == tensor).all() for name, tensor in again.parameters.items())
