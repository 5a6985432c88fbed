"""`cnnstat flops` as its users start it: as other tools count, and of training."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from tests.program import in_terminal, run, within


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_flops_as_other_tools_print_them(form: str) -> None:
    one = run("flops", "resnet34", "--convention", "fvcore", "--format", form)
    every = within("flops", "resnet34", "--conventions", "--format", form)
    assert one.returncode == every.returncode == 0
    shown = "3,671,262,720" if form in ("table", "markdown") else "3671262720"
    assert shown in every.stdout
    assert shown in one.stdout or form == "csv"
    if form == "csv":
        assert sum(int(row["count"]) for row in csv.DictReader(io.StringIO(one.stdout))) == 3_671_262_720
    if form == "json":
        found = json.loads(one.stdout)["convention"]
        assert found["total"] == sum(layer["total"] for layer in found["layers"]) == 3_671_262_720
        assert found["terms"] == {"multiply-adds": 3_663_761_408, "norms": 7_476_224, "pooling": 25_088}


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_tools_side_by_side_keep_within_a_terminal(columns: int) -> None:
    shown = re.sub("\x1b\\[[0-9;]*m", "", in_terminal(columns, "flops", "alexnet", "--conventions"))
    assert max(map(len, shown.split("\n"))) <= columns
    assert all(tool in shown for tool in ("fvcore", "netscope"))


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_flops_of_training(form: str) -> None:
    ended = run("flops", "resnet34", "--training", "--depth", "1", "--format", form)
    assert ended.returncode == 0
    together = 10_873_270_272
    if form == "json":
        found = json.loads(ended.stdout)["training"]
        assert found["training"] == sum(layer["training"] for layer in found["layers"]) == together
        assert found["input_gradients"] == found["forward"] - found["layers"][0]["forward"]
    elif form == "csv":
        rows = csv.DictReader(io.StringIO(ended.stdout))
        assert sum(int(row["training"]) for row in rows) == together
    else:
        assert f"{together:,}" in ended.stdout


def test_training_as_torch_counts_it() -> None:
    ended = run("flops", "resnet34", "--training", "--convention", "torch", "--format", "json")
    assert json.loads(ended.stdout)["training"]["training"] == 21_746_540_544
    text = run("flops", "resnet34", "--training", "--convention", "torch", "--format", "markdown").stdout
    assert "together: all of one sample, forward and backward" in text
    assert (
        "to weights: what torch counts for the gradient of the weights, for each layer that is trained"
        in text
    )
    assert "MACs of one sample" not in text
    assert "layers that it counts as nothing are not listed" in text
    refused = within("flops", "resnet34", "--training", "--convention", "thop")
    assert refused.returncode == 2
    assert "thop counts no backward pass; --training goes with torch" in refused.stderr


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_training_keeps_within_a_terminal(columns: int) -> None:
    text = in_terminal(columns, "flops", "resnet34", "--training")
    shown = re.sub("\x1b\\[[0-9;]*m", "", text)
    assert max(map(len, shown.split("\n"))) <= columns
    assert "together" in shown


def test_conventions_are_refused_with_a_way_out() -> None:
    unknown = within("flops", "lenet5", "--convention", "fvcor")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "unknown convention 'fvcor'; did you mean 'fvcore'?" in unknown.stderr
    both = within("flops", "lenet5", "--convention", "thop", "--conventions")
    assert both.returncode == 2
    assert "exclude each other" in both.stderr
