"""The way of somebody new: size a network, check it, train it in PyTorch, and look at what came of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnstat
from tests.program import within

SPEC = """
name: Small
params: {width: 8, classes: 10}
input: [3, 32, 32]
blocks:
  residual:
    params: {filters: null, stride: 1, project: false}
    layers:
      - {name: conv1, type: conv, filters: $filters, kernel: 3, stride: $stride, padding: 1, bias: false}
      - {name: bn1, type: batch_norm}
      - {name: relu1, type: relu}
      - {name: conv2, type: conv, filters: $filters, kernel: 3, padding: 1, bias: false}
      - {name: bn2, type: batch_norm}
      - {name: side, type: conv, from: input, filters: $filters, kernel: 1, stride: $stride, when: $project}
      - {name: add, type: add, from: [bn2, side]}
      - {name: relu2, type: relu}
layers:
  - {name: conv1, type: conv, filters: $width, kernel: 3, padding: 1, bias: false}
  - {name: bn1, type: batch_norm}
  - {name: relu, type: relu}
  - {name: layer1, type: residual, filters: $width, repeat: 2}
  - {name: layer2, type: residual, filters: 2 * $width, repeat: 2, first: {stride: 2, project: true}}
  - {name: avgpool, type: global_avg_pool}
  - {name: flatten, type: flatten}
  - {name: fc, type: linear, units: $classes}
"""

WITH_NAMES = """
name: Named
input: [8, 16, 16]
blocks:
  se:
    layers:
      - {name: gap, type: global_avg_pool}
      - {name: fc1, type: conv, filters: $in / 4, kernel: 1}
      - {name: relu, type: relu}
      - {name: fc2, type: conv, filters: 4 * $in, kernel: 1}
      - {name: gate, type: sigmoid}
      - {name: scaled, type: multiply, from: [input, gate]}
layers:
  - {name: conv, type: conv, filters: 12, kernel: 3, padding: 1}
  - {name: se1, type: se}
  - {name: se2, type: se}
  - {name: flatten, type: flatten}
  - {name: drop, type: dropout}
  - {name: fc, type: linear, units: 10}
"""


def run(line: str) -> str:
    ended = within(*line.split())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def made(file: str) -> Any:
    """Return the module whose source stands in a file."""
    text = Path(file).read_text(encoding="utf-8")
    found: dict[str, Any] = {"__name__": Path(file).stem}
    exec(compile(text, file, "exec", dont_inherit=True), found)
    return found[re.findall(r"^class (\w+)\(", text, re.MULTILINE)[-1]]()


@pytest.mark.exchange
@pytest.mark.filterwarnings("ignore")  # of PyTorch's exporter
def test_from_a_spec_to_a_trained_model_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SPEC, encoding="utf-8")
    run("check small.yaml")
    run("export small.yaml --to pytorch -o small.py")
    module = made("small.py")
    before = module.fc.weight.detach().clone()
    loss = torch.nn.functional.cross_entropy(module(torch.randn(4, 3, 32, 32)), torch.tensor([1, 2, 3, 4]))
    loss.backward()
    torch.optim.SGD(module.parameters(), lr=0.1).step()
    assert not torch.equal(before, module.fc.weight)
    x = torch.randn(1, 3, 32, 32)
    torch.onnx.export(module.eval(), (x,), "trained.onnx", dynamo=True, optimize=False)
    assert "no difference" in run("diff small.yaml trained.onnx")
    run("export small.yaml --weights trained.onnx -o trained.npz")
    network = cnnstat.Network("small.yaml")
    network.load_weights("trained.npz")
    ours, theirs = network.forward(x.numpy()), module(x).detach().numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.exchange
@pytest.mark.filterwarnings("ignore")  # of PyTorch's exporter
def test_what_is_lost_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropout and the names of products are not in the file; widths that follow from channels are numbers."""
    torch = pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    Path("named.yaml").write_text(WITH_NAMES, encoding="utf-8")
    run("export named.yaml --to pytorch -o named.py")
    module = made("named.py").eval()
    x = torch.randn(1, 8, 16, 16)
    torch.onnx.export(module, (x,), "trained.onnx", dynamo=True, optimize=False)
    last = run("diff named.yaml trained.onnx").splitlines()[-1]
    assert last == "layers: 0 changed, 2 renamed, 0 added, 1 removed, 13 the same"
    run("export named.yaml --weights trained.onnx -o trained.npz")
    run("export trained.onnx --to pytorch -o again.py")
    assert made("again.py").state_dict().keys() == module.state_dict().keys()
    network = cnnstat.Network("named.yaml")
    network.load_weights("trained.npz")
    np.testing.assert_allclose(network.forward(x.numpy()), module(x).detach().numpy(), rtol=1e-4, atol=1e-5)
