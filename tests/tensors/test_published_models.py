"""State dicts of other libraries are read right or not at all."""

from __future__ import annotations

import pytest

from tests.tensors.published_models import MODELS, Model, goes_by_execution, reading

REFUSED = {
    "torchvision-googlenet": "with batch norms, which the paper's network has not",
    "timm-efficientnetv2_rw_s": "another network",
    "timm-hrnet_w18": "branches and fusions interleaved more than two and two",
    "timm-botnet50ts_256": "another network",
    "transformers-ViT": "layernorm_before and layernorm_after: words that are no order",
}
"""Models whose state dicts are not read, and why."""
OTHERWISE = {
    "timm-mobilenetv1_100": "ReLU6 for ReLU",
    "timm-efficientnetv2_s": "1e-7 off",
    "timm-legacy_xception": "a ReLU in place changes what the skip adds",
}
"""Models that are read right, by the order of execution, but compute something else than the spec."""
LARGE = (
    *("convnext_small", "convnext_base", "convnext_large", "efficientnet_b6", "efficientnet_b7", "hrnet"),
    *("regnet_y_16gf", "regnet_y_32gf", "regnet_x_32gf", "resnet152", "resnext101", "wide_resnet101"),
    *("densenet161", "botnet"),
)
"""Of these, smaller ones of their kind are tested; `python -m tests.tensors.published_models` has all."""
QUICK = [model for model in MODELS if model.side < 200 and not any(word in str(model) for word in LARGE)]


@pytest.fixture(autouse=True)
def _one_thread(request: pytest.FixtureRequest) -> None:
    """Threads of several tests at once wait for each other."""
    if request.node.get_closest_marker("exchange"):
        pytest.importorskip("torch").set_num_threads(1)


@pytest.mark.exchange
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", QUICK, ids=lambda model: f"{model}-{model.spec}")
def test_outputs_are_pytorchs(model: Model) -> None:
    built = model.built()
    if str(model) in OTHERWISE:
        assert goes_by_execution(model, built)
        return
    for suffix, said in reading(model, built).items():
        assert said == "right" or (str(model) in REFUSED and "WRONG" not in said), f"{suffix}: {said}"
