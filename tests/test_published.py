"""Every figure of tests/reference, calculated from the bundled architectures."""

from __future__ import annotations

from functools import cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import cnnstat
from cnnstat import Analysis
from cnnstat.base.errors import SpecError
from cnnstat.spec import bundled

if TYPE_CHECKING:
    from cnnstat.analysis import Row

REFERENCE = Path(__file__).parent / "reference"
PUBLISHED = {net["id"]: net for net in yaml.safe_load((REFERENCE / "published.yaml").read_text("utf-8"))}


@cache
def analyzed(name: str) -> Analysis:
    return cnnstat.analyze(name)


@cache
def analyzed_text(text: str) -> Analysis:
    return cnnstat.analyze(cnnstat.loads(text))


def row(name: str, layer: str) -> Row:
    return analyzed(name).named[layer]


def figure(network: str, name: str) -> Any:
    """Return the reference's entry whose name begins with ``name``."""
    return next(f for f in PUBLISHED[network]["figures"] if f["name"].startswith(name))["exact"]


def field(r: Row) -> dict[str, int]:
    """Return a square field as the reference writes it."""
    (size, other), (stride, _) = r.field.sizes(r.output_shape), r.field.strides
    assert size == other
    assert stride is not None
    return {"r": size, "S": int(stride), "P": r.field.paddings[0]}


# -- LeNet-5 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["C1", "S2", "C3", "S4", "C5", "F6"])
def test_lenet5_layers(layer: str) -> None:
    counts = row("lenet5", layer).counts
    exact = figure("lenet5_1998", layer)
    assert {key: getattr(counts, key) for key in exact} == exact


def test_lenet5_totals_and_rbf() -> None:
    counts = analyzed("lenet5").totals.counts
    assert counts.trainable == figure("lenet5_1998", "total trainable") == 60_000
    assert counts.connections == figure("lenet5_1998", "total connections") == 340_908
    output = row("lenet5", "output").counts
    assert {"connections": output.connections, "trainable": output.trainable} == figure(
        "lenet5_1998", "output RBF"
    )
    assert analyzed("lenet5-full").totals.counts.params == figure("lenet5_1998", "modern full-C3")


def test_lenet5_receptive_fields() -> None:
    for layer, (size, stride) in figure("lenet5_1998", "receptive fields").items():
        assert field(row("lenet5", layer)) == {"r": size, "S": stride, "P": 0}
    # "the centres of C3's units cover a 20 x 20 area" (section II-B): 10 units, 2 apart.
    c3 = row("lenet5", "C3")
    centres = [sum(c3.field.region((unit, unit))[0]) / 2 for unit in (0, c3.output_shape[1] - 1)]
    assert centres[1] - centres[0] + 2 == figure("lenet5_1998", "C3 centres")["span"]


# -- AlexNet ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"])
def test_alexnet_layers(layer: str) -> None:
    exact = figure("alexnet_2012", f"{layer} (227")
    counts = row("alexnet", layer).counts
    assert (counts.params, counts.macs) == (exact["params"], exact["macs"])


def test_alexnet_totals() -> None:
    counts = analyzed("alexnet").totals.counts
    assert counts.params == figure("alexnet_2012", "parameters")
    assert counts.macs == figure("alexnet_2012", "MACs 227")
    neurons = [row("alexnet", n).counts.activations for n in ("conv1", "conv2", "conv3", "conv4", "conv5")]
    neurons += [row("alexnet", n).counts.activations for n in ("fc6", "fc7", "fc8")]
    assert sum(neurons) == figure("alexnet_2012", "neurons total")["corrected_sum"]


def test_alexnet_without_groups() -> None:
    text = (bundled.folder() / "alexnet.yaml").read_text("utf-8").replace("groups: 2", "groups: 1")
    counts = analyzed_text(text).totals.counts
    assert [counts.params, counts.macs] == figure("alexnet_2012", "ungrouped")


def test_alexnet_on_224_does_not_fit() -> None:
    with pytest.raises(SpecError, match=r"\(224 - 11\)/4 \+ 1 = 54\.25"):
        cnnstat.analyze("alexnet", input_shape=(3, 224, 224), strict=True)


def test_alexnet_torchvision() -> None:
    counts = analyzed("alexnet-torchvision").totals.counts
    assert counts.params == figure("alexnet_torchvision", "params")
    assert counts.macs == figure("alexnet_torchvision", "GMAC")
    assert field(row("alexnet-torchvision", "pool5")) == figure("alexnet_torchvision", "RF features")


# -- VGG --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "letter"), [("vgg11", "A"), ("vgg13", "B"), ("vgg16", "D"), ("vgg19", "E")])
def test_vgg(name: str, letter: str) -> None:
    exact = next(f for f in PUBLISHED["vgg_2014"]["figures"] if f["name"] == f"params {letter}")
    counts = analyzed(name).totals.counts
    assert (counts.params, counts.macs) == (exact["exact"], exact["macs"])
    convolutions = sum(r.counts.params for r in analyzed(name).rows if r.type == "conv")
    assert convolutions == exact["conv_params"]


def test_vgg16_fields_and_conventions() -> None:
    exact = figure("vgg_2014", "RF pool5")
    assert field(row("vgg16", "pool5")) == exact["pool5"]
    assert field(row("vgg16", "stage5.2.conv")) == exact["conv5_3"]
    assert analyzed("vgg19").totals.counts.macs == figure("vgg_2014", "VGG-19 FLOPs")
    convolutions = sum(r.counts.flops for r in analyzed("vgg16").rows if r.type == "conv")
    assert convolutions == figure("vgg_2014", "VGG-16 30.69")
    assert analyzed("vgg16").totals.counts.flops == figure("vgg_2014", "VGG-16 30.94")


def test_vgg16_fc6_as_a_convolution() -> None:
    text = (bundled.folder() / "vgg.yaml").read_text("utf-8")
    body = text[text.index("blocks:") : text.index("  - {name: avgpool")]
    head = "input: [3, 224, 224]\nparams: {early: 2, late: 3}\n"
    analysis = analyzed_text(f"{head}{body}  - {{name: fc6, type: conv, filters: 8, kernel: 7}}\n")
    last = analysis.rows[-1]
    assert last.field.sizes(last.output_shape)[0] == figure("vgg_2014", "RF pool5")["fc6_r"]


@pytest.mark.parametrize(("kernel", "times"), [(3, 3), (7, 1)])
def test_three_3x3_see_what_one_7x7_sees(kernel: int, times: int) -> None:
    layer = f"{{type: conv, filters: 4, kernel: {kernel}, padding: {kernel // 2}, bias: false}}"
    analysis = analyzed_text("input: [4, 20, 20]\nlayers:\n" + f"  - {layer}\n" * times)
    assert analysis.rows[-1].field.sizes((4, 20, 20)) == (7, 7)
    assert analysis.totals.counts.params == times * kernel**2 * 16


# -- Network in Network, SPP ------------------------------------------------------------------------


def test_nin() -> None:
    counts = analyzed("nin").totals.counts
    assert counts.params == figure("nin_2013", "ImageNet snapshot")["params"]
    assert counts.macs == figure("nin_2013", "ImageNet MACs")
    assert [row("nin", f"pool{i}").output_shape[1] for i in (1, 2, 3)] == [27, 13, 6]
    cifar = analyzed("nin-cifar10").totals.counts
    assert cifar.params == figure("nin_2013", "CIFAR-10 params")
    assert cifar.macs == figure("nin_2013", "CIFAR-10 FLOPs")
    wider = cnnstat.analyze(cnnstat.load("nin-cifar10", params={"classes": 100}))
    assert wider.totals.counts.params == figure("nin_2013", "CIFAR-100 params")
    assert row("nin", "pool4").counts.params == figure("nin_2013", "GAP parameters")


def pyramid(size: int, *levels: int, bins: str = "sliding") -> Analysis:
    layer = f"{{type: spatial_pyramid_pool, levels: {list(levels)}, bins: {bins}}}"
    return analyzed_text(f"input: [256, {size}, {size}]\nlayers:\n  - {layer}\n")


def test_spp_vectors() -> None:
    assert row("sppnet", "spp").output_shape == (figure("sppnet_2014", "vector 256x50"),)
    assert pyramid(13, 4, 2, 1).totals.output_shape == (figure("sppnet_2014", "Fig. 3")["length"],)
    assert pyramid(13, 3, 2, 1).totals.output_shape == (figure("sppnet_2014", "Fig. 4")["length_256"],)


def test_the_sliding_rule_is_refused_exactly_where_it_does_not_give_n_bins() -> None:
    failures = []
    for size in range(1, 41):
        for n in range(1, min(size, 7) + 1):
            window, stride = ceil(size / n), size // n
            try:
                assert pyramid(size, n).totals.output_shape == (256 * n * n,)
            except SpecError as error:
                failures.append([size, n, (size - window) // stride + 1])
                said = str(error)
                assert f"shape/bins: the sliding rule gives {failures[-1][2]} bins for level {n}" in said
            assert pyramid(size, n, bins="adaptive").totals.output_shape == (256 * n * n,)
    assert failures == figure("sppnet_2014", "rule failures")


# -- GoogLeNet --------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"])
def test_googlenet_rows(block: str) -> None:
    exact = figure("googlenet_2014", f"row {block}")
    counts = row("googlenet", f"inception{block}").counts
    assert (counts.params, counts.macs) == (exact["weights"] + exact["biases"], exact["macs"])


def test_googlenet_totals() -> None:
    for name, layer in (("row conv1", "conv1"), ("row conv2", "conv2"), ("row linear", "linear")):
        exact, counts = figure("googlenet_2014", name), row("googlenet", layer).counts
        assert (counts.params, counts.macs) == (exact["params"], exact["macs"])
    counts = analyzed("googlenet").totals.counts
    assert counts.params == figure("googlenet_2014", "sum of printed params")["exact_params"]
    assert counts.macs == figure("googlenet_2014", "sum of printed ops")["dense"]
    ratio = analyzed("alexnet").totals.counts.params / counts.params
    assert round(ratio, 2) == figure("googlenet_2014", "'12 times fewer")
    assert field(row("googlenet", "inception5b")) == figure("googlenet_2014", "RF before avgpool")


# -- ResNet -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_resnet(depth: int) -> None:
    entry = next(f for f in PUBLISHED["resnet_2015"]["figures"] if f["name"] == f"ResNet-{depth} FLOPs")
    counts = analyzed(f"resnet{depth}").totals.counts
    exact = entry["exact"]["optionB"]
    assert (counts.params, counts.macs) == (exact["params"], exact["macs_v1"])
    assert field(row(f"resnet{depth}", "layer4")) == entry["rf_last"]["v1"]


def test_resnet_variants() -> None:
    a, plain = analyzed("resnet34-a").totals.counts, analyzed("plain34").totals.counts
    exact = figure("resnet_2015", "ResNet-34 FLOPs")["optionA"]
    assert (a.params, a.macs) == (exact["params"], exact["macs_v1"])
    assert plain.macs == figure("resnet_2015", "plain-34")
    share = 100 * plain.macs / analyzed("vgg19").totals.counts.macs
    assert round(share, 2) == figure("resnet_2015", "34-layer is 18%")
    v15 = analyzed("resnet50-v1.5").totals.counts
    exact = figure("resnet_2015", "torchvision resnet50")
    assert (v15.params, v15.macs) == (exact["params"], exact["macs"])
    last = figure("resnet_2015", "ResNet-50 FLOPs")
    assert last["optionB"]["macs_v1_5"] == v15.macs
    assert field(row("resnet50-v1.5", "layer4"))["r"] == 427


@pytest.mark.parametrize(("depth", "keras"), [(50, 25636712), (101, 44707176), (152, 60419944)])
def test_keras_counts_a_bias_and_two_moments_more_per_channel(depth: int, keras: int) -> None:
    counts = analyzed(f"resnet{depth}").totals.counts
    channels = counts.buffers // 2
    assert counts.params + channels + 2 * channels == keras
    assert keras in figure("resnet_2015", "Keras")


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110, 1202])
def test_resnet_cifar(depth: int) -> None:
    exact = figure("resnet_cifar_2015", f"ResNet-{depth} params")
    counts = analyzed(f"resnet{depth}").totals.counts
    assert (counts.params, counts.macs) == (exact["optionA_with_bn"], exact["macs_optionA"])
