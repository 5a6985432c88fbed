"""Models as both of PyTorch's exporters write them, folded: as short as a person's, and the same networks."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("onnx")

import cnnstat
from cnnstat.commands.import_.same import same
from tests.program import within

pytestmark = pytest.mark.exchange

MODELS = sorted((Path(__file__).parent / "models").glob("*.onnx"))
MOST_LINES = {
    "convnext-dynamo": 55,
    "convnext-opset13": 55,
    "deeplabv3-opset17": 70,
    "efficientnet-v2-dynamo": 95,
    "repvgg-dynamo": 50,
    "seresnet50-opset13": 50,
    "tcn-dynamo": 40,
    "vit-opset20": 55,
}
"""Lines that networks may take, which unfolded have 172 to 1,159."""


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_folded_model_is_the_same_network(path: Path) -> None:
    ended = within("import", str(path))
    assert ended.returncode == 0, ended.stderr
    assert "not folded" not in ended.stderr
    assert same(cnnstat.loads(ended.stdout), cnnstat.load(path))
    assert len(ended.stdout.splitlines()) <= MOST_LINES.get(path.stem, 10_000)


def test_a_network_goes_out_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    within("export", "resnet18", "--to", "onnx", "-o", "resnet18.onnx")
    assert within("import", "resnet18.onnx", "-o", "resnet18.yaml").returncode == 0
    back, out = cnnstat.analyze("resnet18.yaml").totals.counts, cnnstat.analyze("resnet18").totals.counts
    assert (back.params, back.buffers, back.macs) == (out.params, out.buffers, out.macs)
