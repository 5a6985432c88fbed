"""The whole zoo: every bundled network meets every figure that was published for it."""

from __future__ import annotations

from functools import cache

import pytest

import cnnstat
from cnnstat import Analysis, SpecError
from cnnstat.analysis.model import Counts
from cnnstat.analysis.outline import folded
from cnnstat.spec import bundled


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
def test_folded_blocks_add_up_to_the_totals(name: str) -> None:
    analysis = analyzed(name)
    for depth in (1, 2, None):
        assert sum((row.counts for row in folded(analysis, depth)), Counts()) == analysis.totals.counts


def test_names_are_found_with_and_without_the_ending() -> None:
    for name in ("efficientnet-b4", "resnet50-v1.5", "densenet161", "googlenet"):
        assert bundled.locate(name) == bundled.locate(f"{name}.yaml") is not None


def test_a_family_without_a_variant_is_its_first() -> None:
    assert analyzed("efficientnet").name == "EfficientNet-B0"
    assert analyzed("densenet").totals == analyzed("densenet121").totals


def test_a_mistyped_variant_is_suggested() -> None:
    with pytest.raises(SpecError, match="did you mean 'efficientnet-b7'"):
        cnnstat.load("efficientnet-b77")


UNCLASSED = ("autoencoder", "lecture-32x32x3", "lecture-39x39", "siamese")
"""What puts out a vector and is no classifier."""


@pytest.mark.parametrize("name", bundled.names())
def test_every_classifier_has_any_number_of_classes(name: str) -> None:
    if len(analyzed(name).rows[-1].output_shape) > 1 or name in UNCLASSED:
        return
    analysis = cnnstat.analyze(cnnstat.load(name, params={"classes": 7}))
    assert analysis.rows[-1].output_shape == (7,)


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
def test_new_shapes_of_network_run_as_calculated(name: str, shape: tuple[int, ...]) -> None:
    assert cnnstat.verify(name, input_shape=shape).good
