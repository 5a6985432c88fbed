"""Models as ONNX Runtime's own tool quantises them: read as what they quantise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("onnxruntime")

import numpy as np
import onnxruntime.quantization as quantization

import cnnstat
from cnnstat.exporters.onnx.model import model
from cnnstat.importers import read

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.exchange

SPEC = """
input: [3, 16, 16]
layers:
  - {name: conv, type: conv, filters: 8, kernel: 3, padding: 1}
  - {name: act, type: relu}
  - {name: deep, type: depthwise_conv, kernel: 3, padding: 1}
  - {name: sum, type: add, from: [act, deep]}
  - {name: pool, type: max_pool, kernel: 2}
  - {name: flat, type: flatten}
  - {name: fc, type: linear, units: 10}
"""


class Given(quantization.CalibrationDataReader):  # type: ignore[misc]
    """Four inputs by which ranges are chosen."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.left = [{"input": rng.standard_normal((1, 3, 16, 16)).astype(np.float32)} for _ in range(4)]

    def get_next(self) -> Any:
        return self.left.pop() if self.left else None


@pytest.mark.parametrize("per_channel", [False, True])
def test_a_quantised_model_has_the_figures_of_what_it_quantises(per_channel: bool, tmp_path: Path) -> None:
    network = cnnstat.Network(cnnstat.loads(SPEC))
    whole, small = tmp_path / "model.onnx", tmp_path / "quantised.onnx"
    made, _ = model(cnnstat.analyze(network.graph), network.parameters)
    whole.write_bytes(made.SerializeToString())
    quantization.quantize_static(
        str(whole),
        str(small),
        Given(),
        quant_format=quantization.QuantFormat.QDQ,
        per_channel=per_channel,
        weight_type=quantization.QuantType.QInt8,
    )
    assert small.stat().st_size < whole.stat().st_size
    before, after = cnnstat.analyze(network.graph), cnnstat.analyze(small)
    assert after.without == {}
    assert after.totals.counts.params == before.totals.counts.params
    assert after.totals.counts.macs == before.totals.counts.macs
    assert after.totals.output_shape == before.totals.output_shape
    assert "\ndtype: int8\n" in read(str(small))[0]
    whole_memory, small_memory = (each.totals.inference_memory_bytes for each in (before, after))
    assert 4 * small_memory == whole_memory
    assert cnnstat.analyze(small, dtype="float32").totals.inference_memory_bytes == whole_memory
