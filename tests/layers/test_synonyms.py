"""What other tools call a layer is answered with our type, or with a way out."""

from __future__ import annotations

import re

import pytest

from cnnstat.base.axes import MOST_AXES
from cnnstat.layers import LAYERS, synonyms
from cnnstat.layers.synonyms import meant, way_out


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("conv2d", "conv"),
        ("Conv1d", "conv"),
        ("Conv2D", "conv"),
        ("ConvTranspose2d", "transposed_conv"),
        ("depthwise_conv2d", "depthwise_conv"),
        ("DepthwiseConv2D", "depthwise_conv"),
        ("MaxPool2d", "max_pool"),
        ("batchnorm2d", "batch_norm"),
        ("BatchNorm", "batch_norm"),
        ("Dense", "linear"),
        ("fullyconnected", "linear"),
        ("innerproduct", "linear"),
        ("resize", "upsample"),
        ("UpSampling2D", "upsample"),
        ("ZeroPad2d", "pad"),
        ("swish", "silu"),
        ("add", "add"),
    ],
)
def test_a_type_of_another_tool_is_answered_with_ours(theirs: str, ours: str) -> None:
    assert meant(theirs) == ours
    assert way_out(theirs, LAYERS) == f"; did you mean '{ours}'?"


@pytest.mark.parametrize(
    ("theirs", "way"),
    [
        ("bilinear", "write 'upsample' with 'mode: bilinear'"),
        ("se", "write a block of 'global_avg_pool', 'conv', 'relu', 'conv', 'sigmoid' and 'multiply'"),
        ("SqueezeExcitation", "write a block of 'global_avg_pool'"),
        ("lstm", "out of scope: it runs as often as its input is long"),
        ("spectral_norm", "out of scope: it changes how weights are trained"),
        ("roi_align", "out of scope: which inputs it reads depends on their values"),
        ("residual", "write a block that ends with 'add'"),
    ],
)
def test_what_there_is_no_type_for_has_a_way_out(theirs: str, way: str) -> None:
    assert way_out(theirs, LAYERS).startswith(f"; {way}")


@pytest.mark.parametrize("theirs", ["attention", "transformer", "mha", "matmul", "glu"])
def test_a_way_out_names_only_types_that_there_are(theirs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synonyms, "LAYERS", {**LAYERS, "matmul": LAYERS["add"]})
    assert way_out("attention", LAYERS) == "; write a block of 'linear', 'matmul' and 'softmax'"
    without = {name: kind for name, kind in LAYERS.items() if name not in ("matmul", "glu")}
    monkeypatch.setattr(synonyms, "LAYERS", without)
    assert way_out(theirs, without).startswith(("; out of scope", "; write 'split'"))


def test_axes_that_there_are_not_are_out_of_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synonyms, "MOST_AXES", 2)
    assert way_out("conv3d", LAYERS).startswith("; out of scope: inputs have at most 2 axes")
    monkeypatch.setattr(synonyms, "MOST_AXES", 3)
    assert way_out("conv3d", LAYERS) == "; did you mean 'conv'?"
    assert way_out("conv4d", LAYERS).endswith(f"at most {MOST_AXES} axes after the channels, (C, D, H, W)")


def test_every_synonym_means_one_type_and_none_is_a_type() -> None:
    names = [name.replace("_", "") for theirs in synonyms._SYNONYMS.values() for name in theirs]
    assert len(names) == len(set(names))
    assert not set(names) & {name.replace("_", "") for name in LAYERS}


@pytest.mark.parametrize("names_and_way", synonyms._WAYS, ids=lambda way: way[0][0])
def test_ways_out_are_written_with_words_of_the_language(names_and_way: tuple[tuple[str, ...], str]) -> None:
    assert set(re.findall(r"'(\w+)'", names_and_way[1])) <= LAYERS.keys() | {"matmul"}
