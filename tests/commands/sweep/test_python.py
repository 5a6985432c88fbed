"""`cnnstat.sweep` and `cnnstat.fit`: what the commands show, as values, one by one."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

import cnnstat
from tests.program import within

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GRID = {"width": "0.5:1:0.25", "resolution": [128, 224]}
ASKED = ("--vary", "width=0.5:1:0.25", "--vary", "resolution=128,224", "--columns", "params,macs")


def shown(*arguments: str) -> dict[str, Any]:
    ended = within(*arguments, "--format", "json")
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({}, ()),
        ({"where": "macs <= 300M"}, ("--where", "macs <= 300M")),
        ({"where": ["$width < 1", "macs >= 60M"]}, ("--where", "$width < 1", "--where", "macs >= 60M")),
        ({"pareto": "params,-macs"}, ("--pareto", "params,-macs")),
        ({"sort": "-macs", "top": 2}, ("--sort=-macs", "--top", "2")),
        ({"top": 3}, ("--top", "3")),
        ({"sample": 12, "seed": 3}, ("--sample", "12", "--seed", "3")),
        ({"params": {"classes": 10}}, ("--set", "classes=10")),
        ({"batch": 4, "sort": "-inference_memory"}, ("--batch", "4", "--sort=-inference_memory")),
    ],
)
def test_networks_are_those_of_the_command(keywords: dict[str, Any], words: tuple[str, ...]) -> None:
    found = [*cnnstat.sweep("mobilenet-v1", vary=GRID, figures=["params", "macs"], **keywords)]
    rows = shown("sweep", "mobilenet-v1", *ASKED, *words)["rows"]
    assert [(each.point, each.params, each.figures) for each in found] == [
        (row["point"], row["params"], row["figures"]) for row in rows
    ]


def test_networks_come_one_by_one() -> None:
    """The whole space would take hours; what was looked at is known at any time."""
    with cnnstat.sweep("regnet", sample=10**8, figures=["params"]) as found:
        first = [*islice(found, 3)]
        assert len(first) == found.matching == 3
        assert first[-1].point + 1 == found.points < 100
        assert sum(each.count for each in found.refused) == found.points - 3
        assert found.refused[0].code == "space/where"
    assert [*found] == []


def test_values_of_python_are_those_of_the_language(tmp_path: Path) -> None:
    spec = tmp_path / "act.yaml"
    spec.write_text(
        "input: [2, 8, 8]\nparams: {act: relu, n: 1, bias: true}\n"
        "layers: [{type: conv, filters: $n, kernel: 3, bias: $bias}, {type: $act}]\n"
    )
    vary = {"act": ["relu", "gelu"], "n": range(1, 3), "bias": [True, False]}
    found = [*cnnstat.sweep(spec, vary=vary, figures=["params"])]
    assert [(each.params["act"], each.params["n"], each.params["bias"]) for each in found] == [
        (act, n, bias) for act in ("relu", "gelu") for n in (1, 2) for bias in (True, False)
    ]
    assert [each.figures["params"] for each in found[:4]] == [19, 18, 38, 36]
    derived = cnnstat.sweep(spec, vary={"n": 3, "act": "gelu"}, figures=["params"])
    assert [each.figures["params"] for each in derived] == [57]


def test_a_machine_is_named_or_given_by_its_rates() -> None:
    rates = cnnstat.sweep("lenet5", figures=["least_seconds"], machine=(15.7e12, 900e9))
    named = cnnstat.sweep("lenet5", figures=["least_seconds"], machine="v100")
    assert [*rates] == [*named]


def test_several_specs_and_their_variants() -> None:
    found = cnnstat.sweep(["lenet5", "mobilenet-v2"], variants=True, figures=["params"])
    assert [each.network for each in found] == ["lenet5", "mobilenet-v2", "mobilenet-v2#mobilenet-v2-1.4"]


def test_a_store_goes_on_from_python(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra sweep")
    store = tmp_path / "s.duckdb"
    asked: dict[str, Any] = {"sample": 400, "figures": ["params", "macs"], "store": store}
    with cnnstat.sweep("regnet", **asked) as begun:
        first = next(begun)
    whole = [*cnnstat.sweep("regnet", **asked)]
    assert whole[0] == first
    assert whole == [*cnnstat.sweep("regnet", sample=400, figures=["params", "macs"])]
    stored = shown("query", str(store), "--top", "1000")["rows"]
    assert [each.figures for each in whole] == [row["figures"] for row in stored]
    again = within("sweep", "regnet", "--sample", "400", "--columns", "params,macs", "--store", str(store))
    assert again.returncode == 0, again.stderr
    with pytest.raises(RuntimeError, match="another sweep"):
        cnnstat.sweep("lenet5", store=store)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda: cnnstat.sweep("lenet5", vary={"clases": [1]}), "no parameter 'clases'"),
        (lambda: cnnstat.sweep("lenet5", vary=["classes"]), "a mapping from names"),  # type: ignore[arg-type]
        (lambda: cnnstat.sweep("lenet5", vary={"classes": [{}]}), "a parameter is a number"),
        (lambda: cnnstat.sweep("lenet5", figures=["parms"]), "did you mean 'params'"),
        (lambda: cnnstat.sweep("lenet5", figures=["least_seconds"]), "that of a machine"),
        (lambda: cnnstat.sweep("lenet5", machine="v10"), "did you mean 'v100'"),
        (lambda: cnnstat.sweep("lenet5", machine=(1e12, 0)), "a rate above 0"),
        (lambda: cnnstat.sweep("lenet5", machine=(1, 2, 3)), "FLOPs and bytes a second"),  # type: ignore[arg-type]
        (lambda: cnnstat.sweep("lenet5", seed=4), "goes with sample"),
        (lambda: cnnstat.sweep("lenet5", sample=0), "sample"),
        (lambda: cnnstat.sweep("lenet5", where=[3]), "a text, or several"),  # type: ignore[list-item]
        (lambda: cnnstat.sweep("lenet5", batch=0), "batch"),
        (lambda: cnnstat.sweep("mobilenet-v1", vary={"width": "0.5:2"}), "no steps"),
        (lambda: cnnstat.fit("lenet5", to="macs = 1M"), "nothing varies"),
        (lambda: cnnstat.fit("mobilenet-v1", to="macs = 1M", within=1.5), "a part from 0"),
        (lambda: cnnstat.fit("mobilenet-v1"), "nothing is wanted"),
        (lambda: cnnstat.fit("mobilenet-v1", to="macs = 1M", top=0), "top"),
    ],
)
def test_what_is_no_argument(call: Callable[[], object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        call()


def test_a_spec_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(cnnstat.SpecError, match="no such file"):
        cnnstat.sweep("nosuch")


def test_a_fit_is_that_of_the_command() -> None:
    asked = {"width": "0.25:4"}
    found = cnnstat.fit("efficientnet-b0", vary=asked, to="macs = 600M", top=2, figures=["macs", "params"])
    words = ("--to", "macs = 600M", "--top", "2", "--columns", "macs,params")
    rows = shown("fit", "efficientnet-b0", "--vary", "width=0.25:4", *words)["rows"]
    assert found.met
    assert [(each.params, each.figures, [*each.off]) for each in found.rows] == [
        (row["params"], row["figures"], row["off"]) for row in rows
    ]
    near = cnnstat.fit("efficientnet-b0", vary=asked, to="macs = 600M", within=0.0001)
    assert (near.met, near.within) == (False, 0.0001)
