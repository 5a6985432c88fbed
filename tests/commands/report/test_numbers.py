"""A page says what the commands say: its data are those of `--format json`, and of every bundled network."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from msgspec import Struct

from cnnstat.analysis.analyze import analyze
from cnnstat.commands.report.document import NetworkPage, PageDocument
from cnnstat.commands.report.unit_traces import middle
from cnnstat.spec import bundled
from tests.commands.report.html_reader import held, report
from tests.program import within
from tests.report.json_pages import schema

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = ("lenet5", "googlenet", "unet", "siamese", "unet3d", "shufflenet-v2-1.0")
OTHERS = tuple(name for name in bundled.names() if name not in SAMPLE)
EVERY = (*SAMPLE, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS))


class Network(Struct, frozen=True):
    """A network by its name, and the data of its report."""

    name: str
    data: dict[str, Any]

    @property
    def page(self) -> dict[str, Any]:
        return dict(self.data["network-0"])


@pytest.fixture(scope="module", params=EVERY)
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Give a network, whose report is made once for all tests."""
    return Network(request.param, held(report(tmp_path_factory.mktemp("report"), request.param)))


def printed(command: str, *arguments: str) -> Any:
    """Return the JSON that a command prints."""
    return json.loads(within(command, *arguments, "--format", "json").stdout)


def test_figures_are_those_of_the_commands(network: Network) -> None:
    name, data = network.name, network.data
    page, (entry,) = data["network-0"], data["document"]["index"]
    summary = printed("summary", name)
    assert page["summary"] == summary
    assert page["summary"]["layers"] == printed("rf", name)["layers"]
    assert page["explained"] == printed("explain", name)["explained"]
    assert page["conventions"] == printed("flops", name, "--conventions")["conventions"]
    (file,) = printed("check", name)["files"]
    assert [each["finding"] for each in page["findings"]] == file["findings"]
    assert [entry["name"], entry["input_shape"]] == [summary["name"], summary["input_shape"]]
    assert [entry["totals"], entry["layers"]] == [summary["totals"], len(summary["layers"])]


def test_data_are_what_the_documents_say(network: Network) -> None:
    of_page, of_network = (
        jsonschema.Draft202012Validator(schema(kind)) for kind in (PageDocument, NetworkPage)
    )
    of_page.validate(network.data["document"])
    of_network.validate(network.page)


def test_blocks_are_those_of_every_depth(network: Network) -> None:
    page = network.page
    blocks, layers = page["blocks"], page["summary"]["layers"]
    level: list[int] = []
    for block in blocks:
        level.append(0 if block["inside"] is None else level[block["inside"]] + 1)
        assert block["figures"]["name"] == block["path"]
        assert block["stop"] - block["start"] == block["figures"]["folded_layers"]
        for layer in layers[block["start"] : block["stop"]]:
            assert layer["name"].startswith(f"{block['path']}.")
        if block["inside"] is not None:
            around = blocks[block["inside"]]
            assert around["start"] <= block["start"] < block["stop"] <= around["stop"]
    for depth in range(1, max(level, default=-1) + 2):
        shown = [each["figures"] for each, own in zip(blocks, level, strict=True) if own == depth - 1]
        folded = printed("summary", network.name, "--depth", str(depth))["layers"]
        assert shown == [each for each in folded if each["name"] in {block["path"] for block in blocks}]


def test_repetitions_are_equal(network: Network) -> None:
    """All layers of repetitions that one stands for have the figures of those that are drawn for them."""
    page = network.page
    layers, looks = page["summary"]["layers"], page["layers"]
    fields = ("type", "output_shape", "params", "macs", "activations", "connections", "leftover")
    for layer, look in zip(layers, looks, strict=True):
        drawn = layers[look["drawn"]]
        assert [layer[key] for key in fields] == [drawn[key] for key in fields]
    for run in page["repetitions"]:
        each, rest = divmod(run["stop"] - run["start"], run["times"])
        assert (each > 0, rest) == (True, 0)
        for position in range(run["start"] + each, run["stop"]):
            assert looks[position]["drawn"] == looks[position - each]["drawn"]


def test_the_spec_says_where_each_layer_and_block_stands(network: Network) -> None:
    page = network.page
    lines = page["spec"]["text"].splitlines()
    layers = zip(page["layers"], page["summary"]["layers"], strict=True)
    for line, layer in [(look["line"], layer) for look, layer in layers]:
        assert layer["type"] in lines[line - 1], layer["name"]
    for block in page["blocks"]:
        assert block["figures"]["type"] in lines[block["line"] - 1], block["path"]


def test_a_proof_is_that_of_run(tmp_path: Path) -> None:
    data = held(report(tmp_path, "lenet5", "--run"))
    assert data["network-0"]["proof"] == printed("run", "lenet5")
    assert data["document"]["index"][0]["proved"] is True
    assert held(report(tmp_path, "lenet5"))["network-0"]["proof"] is None


def test_a_small_network_has_a_trace_of_each_layer(tmp_path: Path) -> None:
    page = held(report(tmp_path, "lenet5"))["network-0"]
    rows = analyze("lenet5").rows
    assert [[each["layer"], each["unit"]] for each in page["traces"]] == [
        [row.name, [*middle(row.output_shape)]] for row in rows
    ]
    for each in Random(0).sample(page["traces"], 5):
        unit = ",".join(map(str, each["unit"]))
        assert each["trace"] == printed("trace", "lenet5", "--at", each["layer"], "--unit", unit)


def test_a_large_network_has_the_traces_that_are_asked_for(tmp_path: Path) -> None:
    page = held(report(tmp_path, "squeezenet1.1"))["network-0"]
    assert page["traces"] is None
    assert "7,047,904 numbers" in page["traces_reason"]
    asked = ("--input", "3x32x32", "--trace", "conv1:2,3,4", "--trace", "conv1:0,0,0")
    page = held(report(tmp_path, "squeezenet1.1", *asked))["network-0"]
    first = printed("trace", "squeezenet1.1", "--input", "3x32x32", "--at", "conv1", "--unit", "2,3,4")
    assert [each["unit"] for each in page["traces"]] == [[2, 3, 4], [0, 0, 0]]
    assert page["traces"][0]["trace"] == first


def test_of_two_the_difference_is_that_of_diff(tmp_path: Path) -> None:
    data = held(report(tmp_path, "vgg16", "vgg19"))
    assert data["document"]["difference"] == printed("diff", "vgg16", "vgg19")
    names = [data[f"network-{i}"]["summary"]["name"] for i in range(2)]
    assert names == [printed("summary", name)["name"] for name in ("vgg16", "vgg19")]
    three = held(report(tmp_path, "lenet5", "alexnet", "lenet5"))["document"]
    assert three["difference"] is None
    assert [each["key"] for each in three["index"]] == ["LeNet-5", "AlexNet", "LeNet-5 (2)"]


def test_charts_are_those_of_plot(tmp_path: Path) -> None:
    for chart in held(report(tmp_path, "resnet18"))["network-0"]["charts"]:
        for theme in ("light", "dark"):
            shown = within("plot", "resnet18", chart["kind"], "--to", "json", "--theme", theme).stdout
            assert chart[theme] == json.loads(shown)


def test_options_are_those_of_the_commands(tmp_path: Path) -> None:
    options = ("--input", "3x64x64", "--batch", "4", "--dtype", "float16", "--optimizer", "adam")
    page = held(report(tmp_path, "resnet18", "--set", "classes=10", *options))["network-0"]
    assert page["summary"] == printed("summary", "resnet18", "--set", "classes=10", *options)
