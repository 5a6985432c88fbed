"""Published models through both roads: parameters, multiply-adds and output shapes are PyTorch's own."""

from __future__ import annotations

import pytest

from tests.importers.zoo import TIMM, check, models

FAST = (
    *(("torchvision.squeezenet1_1", road) for road in ("torch", "onnx")),
    *(("torchvision.mobilenet_v3_small", road) for road in ("torch", "onnx")),
    ("torchvision.shufflenet_v2_x0_5", "torch"),
    ("torchvision.googlenet", "torch"),
    ("torchvision.vit_b_16", "torch"),
    ("timm.ecaresnet50t", "torch"),
    ("timm.convnextv2_atto", "torch"),
    ("timm.resnetblur50", "torch"),
    ("timm.nf_resnet50", "torch"),
)


@pytest.mark.exchange
@pytest.mark.parametrize(("model", "road"), FAST)
def test_figures_are_those_of_pytorch(model: str, road: str) -> None:
    assert check(model, road).why == ""


@pytest.mark.exchange
@pytest.mark.slow
@pytest.mark.parametrize("name", TIMM)
def test_every_convolutional_model_of_timm(name: str) -> None:
    assert check(f"timm.{name}", "torch").why == ""


@pytest.mark.exchange
@pytest.mark.slow
def test_torchvision_has_at_least_60_classifiers_that_are_read() -> None:
    names = [name for name in models() if name.startswith("torchvision.")]
    missed = {name for name in names if check(name, "torch").why}
    assert len(names) - len(missed) >= 60
    assert all(name.startswith(("torchvision.swin", "torchvision.maxvit")) for name in missed), missed
