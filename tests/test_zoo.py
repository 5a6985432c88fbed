"""The whole zoo: every bundled network meets every figure that was published for it."""

from __future__ import annotations

from functools import cache

import pytest

import cnnstat
from cnnstat import Analysis, SpecError, bundled

EXACT_PARAMS = {
    "convnext-tiny": 28_589_128,
    "densenet121": 7_978_856,
    "densenet161": 28_681_000,
    "densenet169": 14_149_480,
    "densenet201": 20_013_928,
    "efficientnet-b0": 5_288_548,
    "efficientnet-b7": 66_347_960,
    "inception-v3-aux": 27_161_264,
    "mnasnet1.0": 4_383_312,
    "mobilenet-v3-large": 5_483_032,
    "mobilenet-v3-small": 2_542_856,
    "regnet-y-400mf": 4_344_144,
    "resnext50": 25_028_904,
    "shufflenet-v2-1.0": 2_278_604,
    "squeezenet1.0": 1_248_424,
    "squeezenet1.1": 1_235_496,
    "wide-resnet50": 68_883_240,
}
"""The numbers of parameters that torchvision documents, apart from what the specs say of themselves."""


@cache
def analyzed(name: str) -> Analysis:
    return cnnstat.analyze(bundled.address(name))


@pytest.mark.parametrize("name", bundled.names())
def test_every_network_cites_its_source_and_meets_its_published_figures(name: str) -> None:
    analysis = analyzed(name)
    assert analysis.source
    assert analysis.checked > 0
    assert analysis.missed == ()


@pytest.mark.parametrize("name", bundled.names())
def test_every_network_adds_up(name: str) -> None:
    analysis = analyzed(name)
    for key in ("params", "macs", "connections", "activations"):
        assert sum(getattr(r.counts, key) for r in analysis.rows) == getattr(analysis.totals.counts, key)


@pytest.mark.parametrize("name", EXACT_PARAMS)
def test_parameters_as_torchvision_documents_them(name: str) -> None:
    assert analyzed(name).totals.counts.params == EXACT_PARAMS[name]


def test_names_are_found_with_and_without_the_ending_and_once_only() -> None:
    names = bundled.names()
    assert len(set(names)) == len(names)
    for name in ("efficientnet-b4", "resnet50-v1.5", "densenet161", "googlenet"):
        assert bundled.locate(name) == bundled.locate(f"{name}.yaml") is not None


def test_a_family_without_a_variant_is_its_first() -> None:
    assert analyzed("efficientnet").name == "EfficientNet-B0"
    assert analyzed("densenet").totals.counts.params == EXACT_PARAMS["densenet121"]


def test_a_mistyped_variant_is_suggested() -> None:
    with pytest.raises(SpecError, match="did you mean 'efficientnet-b7'"):
        cnnstat.load("efficientnet-b77")


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("autoencoder", (1, 28, 28)),
        ("efficientnet-b0", (3, 32, 32)),
        ("mobilenet-v3-small", (3, 32, 32)),
        ("regnet-y-400mf", (3, 32, 32)),
        ("shufflenet-v2-0.5", (3, 32, 32)),
        ("squeezenet1.1", (3, 64, 64)),
        ("waveform-m5", (1, 1600)),
        ("yolov2", (3, 32, 32)),
    ],
)
def test_new_shapes_of_network_run_as_told(name: str, shape: tuple[int, ...]) -> None:
    assert cnnstat.verify(name, input_shape=shape).good
