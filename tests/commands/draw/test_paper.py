"""Feature maps as boxes: to scale, beside each other, and in greys."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from cnnstat.analysis import analyze_graph
from cnnstat.commands.draw.network_picture import Chosen, picture_of
from cnnstat.commands.draw.paper import HIGHEST, SLANT, Paper, paper_of
from cnnstat.commands.draw.paper_svg import paper_svg
from cnnstat.graph.load import load
from cnnstat.spec import bundled


def paper(name: str, depth: int | None = None) -> Paper:
    return paper_of(picture_of(analyze_graph(load(name)), Chosen(depth, repeats=True)))


def test_boxes_are_to_scale() -> None:
    volumes = paper("lenet5").volumes
    assert [volume.items[0].title for volume in volumes] == [
        *("input", "C1", "S2", "C3", "S4", "C5", "F6", "output")
    ]
    for volume in volumes[:5]:
        rows = volume.items[0].size[1]
        assert volume.fronts[0].height == pytest.approx(HIGHEST * rows / 32)
        assert volume.depth == pytest.approx(SLANT * HIGHEST * rows / 32)
    # The square roots of 16 and of 6 channels.
    assert (volumes[3].fronts[0].width / volumes[1].fronts[0].width) ** 2 == pytest.approx(16 / 6)


def test_equal_maps_share_a_label() -> None:
    volumes = paper("vgg16").volumes
    assert [len(volume.fronts) for volume in volumes if volume.items[0].family == "conv"] == [2, 2, 3, 3, 3]


def test_the_skips_of_unet_lead_over_the_boxes() -> None:
    found = paper("unet")
    over = [way for way in found.ways if way.level]
    names = {
        (found.volumes[way.source].items[-1].path, found.volumes[way.target].items[0].path) for way in over
    }
    assert ("down1.conv2", "up1.crop") in names
    top = min(volume.top for volume in found.volumes)
    assert all(0 <= way.height < top for way in over)


@pytest.mark.parametrize(
    "name", ["lenet5", "alexnet", "vgg16", "unet", "unet3d", "waveform-m5", "siamese", "vit-b-16"]
)
def test_boxes_and_their_texts_stand_beside_each_other(name: str) -> None:
    volumes = paper(name).volumes
    for before, after in pairwise(volumes):
        assert before.right < after.left


def test_the_colours_are_greys() -> None:
    text = paper_svg(paper("alexnet"))
    ElementTree.fromstring(text)
    colours = set(re.findall(r"#([0-9a-f]{3,6})\b", text))
    assert colours
    assert all(
        len({colour[i : i + len(colour) // 3] for i in range(0, len(colour), len(colour) // 3)}) == 1
        for colour in colours
    )


@pytest.mark.parametrize("name", bundled.names()[::9])
def test_bundled_networks_can_be_drawn_folded(name: str) -> None:
    ElementTree.fromstring(paper_svg(paper(name, 1)))
