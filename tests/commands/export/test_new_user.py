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


def run(line: str) -> str:
    ended = within(*line.split())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.exchange
@pytest.mark.filterwarnings("ignore")  # of PyTorch's exporter
def test_from_a_spec_to_a_trained_model_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SPEC, encoding="utf-8")
    run("check small.yaml")
    run("export small.yaml --to pytorch -o small.py")
    text = Path("small.py").read_text(encoding="utf-8")
    found: dict[str, Any] = {"__name__": "small"}
    exec(compile(text, "small.py", "exec", dont_inherit=True), found)
    module = found[re.findall(r"^class (\w+)\(", text, re.MULTILINE)[-1]]()
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
