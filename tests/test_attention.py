"""Networks made of matrix products, tokens and gates: published figures, proved by a run on small inputs."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.bridge.gradients import check_gradients
from cnnstat.bridge.verify import verify

VIT = """
input: [3, $side, $side]
params: {side: 224, width: 768, depth: 12, heads: 12, size: 64, scale: 0.125, classes: 1000, patch: 16}
blocks:
  attention:
    layers:
      - {name: q, type: linear, axis: channels, units: $in}
      - {name: k, type: linear, from: input, axis: channels, units: $in}
      - {name: v, type: linear, from: input, axis: channels, units: $in}
      - {name: queries, type: reshape, from: q, shape: [$heads, $size, -1]}
      - {name: keys, type: reshape, from: k, shape: [$heads, $size, -1]}
      - {name: values, type: reshape, from: v, shape: [$heads, $size, -1]}
      - {name: scores, type: matmul, from: [queries, keys], transpose_a: true, scale: $scale}
      - {name: shares, type: softmax, axis: width}
      - {name: mixed, type: matmul, from: [values, shares], transpose_b: true}
      - {name: joined, type: reshape, shape: [$width, -1]}
      - {name: out, type: linear, axis: channels, units: $in}
  encoder:
    layers:
      - {name: norm1, type: layer_norm, axes: channels, eps: 1e-6}
      - {name: attention, type: attention}
      - {name: add1, type: add, from: [input, attention]}
      - {name: norm2, type: layer_norm, axes: channels, eps: 1e-6}
      - {name: wide, type: linear, axis: channels, units: 4 * $in}
      - {type: gelu}
      - {name: narrow, type: linear, axis: channels, units: $width}
      - {name: add2, type: add, from: [add1, narrow]}
layers:
  - {name: patches, type: conv, filters: $width, kernel: $patch, stride: $patch}
  - {name: tokens, type: reshape, shape: [0, -1]}
  - {name: class_token, type: parameter, shape: [0, 1]}
  - {name: all, type: concat, axis: length, from: [class_token, tokens]}
  - {name: positions, type: parameter}
  - {name: sum, type: add, from: [all, positions]}
  - {name: layers, type: encoder, repeat: $depth}
  - {name: norm, type: layer_norm, axes: channels, eps: 1e-6}
  - {name: first, type: slice, axis: length, stop: 1}
  - {type: flatten}
  - {name: head, type: linear, units: $classes}
"""
"""ViT-B/16 (Dosovitskiy et al., arXiv:2010.11929); queries, keys and values are one tensor in torchvision."""

CBAM = """
input: [$width, 6, 5]
params: {width: 8}
layers:
  - {name: mean, type: reduce, axes: [height, width]}
  - {name: mean1, type: conv, filters: $in / 4, kernel: 1, bias: false}
  - {type: relu}
  - {name: mean2, type: conv, filters: $width, kernel: 1, bias: false}
  - {name: largest, type: reduce, from: input, axes: [height, width], mode: max}
  - {name: largest1, type: conv, filters: $in / 4, kernel: 1, bias: false}
  - {type: relu}
  - {name: largest2, type: conv, filters: $width, kernel: 1, bias: false}
  - {type: add, from: [mean2, largest2]}
  - {name: gate, type: sigmoid}
  - {name: gated, type: multiply, from: [input, gate]}
  - {name: means, type: reduce, axes: [channels]}
  - {name: peaks, type: reduce, from: gated, axes: [channels], mode: max}
  - {type: concat, from: [means, peaks]}
  - {type: conv, filters: 1, kernel: 7, padding: 3, bias: false}
  - {name: where, type: sigmoid}
  - {type: multiply, from: [gated, where]}
"""
"""The block of Woo et al., arXiv:1807.06521, section 3; its two MLPs share their weights there."""

NON_LOCAL = """
input: [8, 6, 5]
layers:
  - {name: theta, type: conv, filters: $in / 2, kernel: 1}
  - {name: phi, type: conv, from: input, filters: $in / 2, kernel: 1}
  - {name: g, type: conv, from: input, filters: $in / 2, kernel: 1}
  - {name: a, type: reshape, from: theta, shape: [0, -1]}
  - {name: b, type: reshape, from: phi, shape: [0, -1]}
  - {name: c, type: reshape, from: g, shape: [0, -1]}
  - {type: matmul, from: [a, b], transpose_a: true}
  - {name: shares, type: softmax, axis: length}
  - {name: mixed, type: matmul, from: [c, shares], transpose_b: true}
  - {name: map, type: reshape, from: [mixed, input]}
  - {name: w, type: conv, filters: 2 * $in, kernel: 1}
  - {type: add, from: [w, input]}
"""
"""The embedded Gaussian of Wang et al., arXiv:1711.07971, figure 2."""


def test_vit_b_16_has_the_figures_that_torchvision_publishes() -> None:
    """Its weights' metadata: 86,567,656 parameters, 17.564 G multiply-adds, at 224x224."""
    totals = cnnstat.analyze(cnnstat.loads(VIT)).totals.counts
    assert totals.params == 86_567_656
    tokens, width = 197, 768
    projections, products = 12 * tokens * width * width, 2 * tokens * tokens * width
    assert totals.macs == 196 * width * width + 12 * (projections + products) + width * 1000
    assert round(totals.macs / 1e9, 3) == 17.564


def test_another_input_size_changes_the_positions_alone() -> None:
    """384x384: 577 tokens, as torchvision's vit_b_16 trained there: 86,859,496 parameters."""
    graph = cnnstat.loads(VIT, params={"side": 384})
    assert cnnstat.analyze(graph).totals.counts.params == 86_859_496


SMALL_VIT = {"side": 8, "width": 6, "depth": 2, "heads": 2, "size": 3, "patch": 4, "classes": 5}


@pytest.mark.parametrize("text", [VIT, CBAM, NON_LOCAL], ids=["vit", "cbam", "non-local"])
def test_a_small_one_is_proved(text: str) -> None:
    graph = cnnstat.loads(text, params=SMALL_VIT if text == VIT else None)
    assert verify(graph, batch=2).differences == ()
    assert all(checked.good for checked in check_gradients(graph))


def test_a_gate_over_the_whole_map_sees_all_of_it_and_one_over_the_channels_its_place() -> None:
    verified = verify(cnnstat.loads(CBAM))
    fields = {row.name: row.field for row in verified.analysis.rows}
    assert verified.unmeasured == ()
    assert fields["gated"].whole
    of_input = CBAM.replace("from: gated, axes", "from: input, axes")
    fields = {row.name: row.field for row in cnnstat.analyze(cnnstat.loads(of_input)).rows}
    assert fields["peaks"].sizes((1, 6, 5)) == (1, 1)
