"""Figures of a machine in sweeps and fits: those of `flops --machine`, shown, compared and stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

MACHINE = ("--peak", "10T", "--bandwidth", "200G")
GRID = ("sweep", "mobilenet-v1", "--vary", "width=0.5,1", "--vary", "resolution=128,224")
COLUMNS = ("--columns", "traffic_bytes,flops_per_byte,least_seconds,memory_bound_layers")


def rows(*arguments: str) -> list[dict[str, Any]]:
    ended = within(*arguments, "--format", "jsonl")
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def refused(*arguments: str) -> str:
    ended = within(*arguments)
    assert ended.returncode == 2
    return ended.stderr


@pytest.mark.parametrize("settings", [(), ("--batch", "16", "--dtype", "float16")])
def test_the_figures_are_those_of_flops(settings: tuple[str, ...]) -> None:
    for row in rows(*GRID, *COLUMNS, *MACHINE, *settings):
        params = ("--set", f"width={row['width']}", "--set", f"resolution={row['resolution']}")
        asked = ("flops", "mobilenet-v1", *params, *MACHINE, *settings, "--format", "json")
        found = json.loads(within(*asked).stdout)["roofline"]
        total = found["total"]
        parts = ("input_bytes", "stored_bytes", "output_bytes")
        assert row["traffic_bytes"] == sum(total[key] for key in parts)
        assert row["flops_per_byte"] == total["flops_per_byte"]
        assert row["least_seconds"] == total["seconds"]
        bound = [layer for layer in found["layers"] if layer["bound"] == "memory"]
        assert row["memory_bound_layers"] == len(bound)


def test_conditions_orders_and_fronts_compare_them() -> None:
    every = rows(*GRID, *COLUMNS, *MACHINE)
    times = sorted(row["least_seconds"] for row in every)
    between = f"least_seconds between {times[1] * 1e6 - 1e-3:.6f}us and {times[2] * 1e3 + 1e-6:.9f} ms"
    found = rows(*GRID, *COLUMNS, *MACHINE, "--where", between, "--sort=-least_seconds")
    assert [row["least_seconds"] for row in found] == [times[2], times[1]]
    front = rows(*GRID, *COLUMNS, *MACHINE, "--pareto", "least_seconds,-flops_per_byte")
    beaten = [
        row
        for row in every
        if any(
            other["least_seconds"] <= row["least_seconds"]
            and other["flops_per_byte"] >= row["flops_per_byte"]
            and other != row
            for other in every
        )
    ]
    assert [row["point"] for row in front] == [row["point"] for row in every if row not in beaten]


def test_a_machine_brings_its_columns_and_is_named() -> None:
    found = json.loads(within(*GRID, "--machine", "v100", "--format", "json").stdout)
    assert [*found["rows"][0]["figures"]][-2:] == ["flops_per_byte", "least_seconds"]
    assert found["machine"]["name"] == "v100"
    assert "machine  NVIDIA Tesla V100" in within(*GRID, "--machine", "v100").stdout
    assert "machine" not in json.loads(within(*GRID, "--format", "json").stdout)


@pytest.mark.parametrize(
    "asked",
    [("--columns", "least_seconds"), ("--where", "flops_per_byte >= 2"), ("--sort", "memory_bound_layers")],
)
def test_without_a_machine_there_are_none(asked: tuple[str, ...]) -> None:
    said = refused(*GRID, *asked)
    assert "is that of a machine: --machine v100, or --peak and --bandwidth" in said


def test_a_bound_that_is_no_time_is_refused_with_a_way_out() -> None:
    assert "write 5ms, 20us or 0.005" in refused(*GRID, *MACHINE, "--where", "least_seconds <= 5 min")
    assert "write 17.5" in refused(*GRID, *MACHINE, "--where", "flops_per_byte >= many")


def test_a_store_keeps_the_figures_and_the_machine(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra sweep")
    store = str(tmp_path / "s.duckdb")
    every = rows(*GRID, *COLUMNS, *MACHINE, "--store", store)
    assert rows("query", store) == every
    again = within(*GRID, "--columns", "least_seconds", "--store", store, "--format", "json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["machine"]["peak_flops_per_second"] == 1e13
    assert "it is for another machine" in refused(*GRID, *COLUMNS, "--machine", "v100", "--store", store)
    said = f"least_seconds >= {every[1]['least_seconds'] * 1e9:.6f} ns"
    assert rows("query", store, said) == rows(*GRID, *COLUMNS, *MACHINE, "--where", said)


def test_a_fit_meets_a_time() -> None:
    grid = ("--vary", "width=0.25:1:0.25", "--vary", "resolution=128:224:32", "--machine", "v100")
    ended = within("fit", "mobilenet-v1", *grid, "--to", "least_seconds = 80us", "--format", "json")
    found = json.loads(ended.stdout)
    assert ended.returncode == 0
    assert found["rows"][0]["params"] == {"width": 0.5, "resolution": 224}
    assert abs(found["rows"][0]["figures"]["least_seconds"] - 80e-6) <= 0.8e-6
    assert found["machine"]["name"] == "v100"
    assert "is that of a machine" in refused("fit", "mobilenet-v1", "--to", "least_seconds = 80us")


def test_what_has_no_known_layer_has_no_time(tmp_path: Path) -> None:
    spec = tmp_path / "opaque.yaml"
    spec.write_text(
        "input: [2, 4, 4]\nparams: {n: 1}\n"
        "layers: [{type: conv, filters: $n, kernel: 1}, {type: opaque, op: Erf, shape: [1, 4, 4]}]\n"
    )
    (row,) = rows("sweep", str(spec), *MACHINE, *COLUMNS)
    assert [row[key] for key in COLUMNS[1].split(",")] == [None] * 4
