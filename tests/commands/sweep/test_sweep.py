"""Sweeps from a command line: the figures of other commands, in every format; what is refused is counted."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

import cnnstat
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.tool_counts import tool_counts, total
from cnnstat.sweeps.networks.figures import ON_MACHINES, SWEPT
from tests.program import in_terminal, within

GRID = ("mobilenet-v1", "--vary", "width=0.25:1:0.25", "--vary", "resolution=96:224:64")


def swept(*arguments: str) -> list[dict[str, Any]]:
    ended = within("sweep", *arguments, "--format", "jsonl")
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def document(*arguments: str) -> dict[str, Any]:
    ended = within("sweep", *arguments, "--format", "json")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def refused(*arguments: str) -> str:
    ended = within("sweep", *arguments)
    assert ended.returncode in (1, 2), ended.stdout
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_grid_has_the_figures_of_each_network() -> None:
    rows = swept(*GRID, "--columns", "params,macs,activations,connections,receptive_field,training_memory")
    assert len(rows) == 12
    for row in rows:
        analysis = cnnstat.analyze(
            "mobilenet-v1", params={"width": row["width"], "resolution": row["resolution"]}
        )
        counts = analysis.totals.counts
        assert row["params"] == counts.params
        assert row["macs"] == counts.macs
        assert row["activations"] == counts.activations
        assert row["connections"] == counts.connections
        assert row["training_memory_bytes"] == analysis.totals.training_memory_bytes
        assert row["receptive_field"] == [row["resolution"]] * 2


def test_every_figure_is_that_of_the_command_that_shows_it() -> None:
    (row,) = swept("resnet18", "--columns", ",".join(SWEPT), "--machine", "v100")
    analysis = cnnstat.analyze("resnet18")
    found = json.loads(within("summary", "resnet18", "--format", "json").stdout)["totals"]
    for key in found.keys() & SWEPT.keys() - {"receptive_field"}:
        assert row[key] == found[key], key
    for kind, count in found["operations"].items():
        assert kind == "multiply_adds" or row[kind] == count
    for name, tool in CONVENTIONS.items():
        whole = total(tool_counts(analysis, tool))
        assert row[name] == (None if whole.left_out else whole.total)
    training = json.loads(within("flops", "resnet18", "--training", "--format", "json").stdout)
    assert row["training_macs"] == training["training"]["training"]
    assert row["layers"] == len(analysis.rows)
    assert row["receptive_field"] == [224, 224]


def test_budgets_are_counted_that_are_not_kept(tmp_path: Path) -> None:
    spec = tmp_path / "budget.yaml"
    spec.write_text(
        "input: [3, 32, 32]\nparams: {n: 1}\n"
        "budget: [{params: <= 100, macs: <= 100K}, {input: [3, 64, 64], macs: <= 300K}]\n"
        "layers: [{type: conv, filters: $n, kernel: 3, budget: {params: <= 60}}]\n"
    )
    rows = swept(str(spec), "--vary", "n=1:5:1", "--columns", "over_budget,params")
    assert [row["over_budget"] for row in rows] == [0, 0, 2, 3, 4]
    only = swept(str(spec), "--vary", "n=1:5:1", "--where", "over_budget <= 0", "--columns", "params")
    assert [row["n"] for row in only] == [1, 2]


def test_a_field_that_is_only_an_upper_bound_can_be_left_out(tmp_path: Path) -> None:
    """One half of the channels sees 1x1, the other 3x3: taken apart, each has the field of both."""
    spec = tmp_path / "split.yaml"
    spec.write_text(
        "input: [2, 6, 6]\nparams: {k: 3}\nlayers:\n"
        "  - {name: narrow, type: conv, filters: 2, kernel: 1}\n"
        "  - {name: wide, type: conv, filters: 2, kernel: $k, padding: same, from: input}\n"
        "  - {name: both, type: concat, from: [narrow, wide]}\n"
        "  - {name: half, type: split, parts: 2, take: 1}\n"
    )
    asked = (str(spec), "--vary", "k=1,3,5", "--columns", "receptive_field,field_is_bound")
    rows = swept(*asked)
    assert [(row["receptive_field"], row["field_is_bound"]) for row in rows] == [
        ([1, 1], 0),
        ([3, 3], 1),
        ([5, 5], 1),
    ]
    for proved in ("receptive_field >= 1", "field_is_bound <= 0"):
        assert [row["k"] for row in swept(*asked, "--where", proved)] == [1]
    summary = within("summary", str(spec), "--set", "k=5").stdout
    assert "at most 5×5" in summary


def test_refused_points_are_counted_by_reason() -> None:
    found = document("alexnet", "--input", "3x20x20", "--input", "3x5x5", "--input", "3x227x227")
    assert found["points"] == 3
    assert found["accepted"] == 1
    (reason,) = found["refused"]
    assert reason["code"] == "shape/too-small"
    assert (reason["count"], reason["point"]) == (2, 0)
    assert "exceeds" in reason["reason"]


def test_where_nothing_is_accepted_the_exit_code_says_so() -> None:
    ended = within("sweep", "alexnet", "--input", "3x5x5", "--input", "3x4x4")
    assert ended.returncode == 1
    assert "refused, shape/too-small  2; point 0: kernel 11 exceeds" in ended.stdout


def test_several_specs_inputs_and_variants_vary(tmp_path: Path) -> None:
    found = document("lenet5", "resnet18", "--input", "1x32x32", "--input", "3x64x64")
    assert [row["network"] for row in found["rows"]] == [
        "lenet5 at 1x32x32",
        "lenet5 at 3x64x64",
        "resnet18 at 1x32x32",
        "resnet18 at 3x64x64",
    ]
    variants = document("mobilenet-v2", "--variants", "--columns", "params")
    assert variants["networks"] == ["mobilenet-v2", "mobilenet-v2#mobilenet-v2-1.4"]
    family = document("efficientnet", "--variants", "--columns", "params", "--where", "params <= 8M")
    assert [row["network"] for row in family["rows"]] == [
        "efficientnet#efficientnet-b0",
        "efficientnet#efficientnet-b1",
    ]
    assert [row["figures"]["params"] for row in family["rows"]] == [5288548, 7794184]


def test_inputs_of_a_network_with_several_are_named() -> None:
    rows = swept("siamese", "--input", "left=1x105x105,right=1x105x105", "--columns", "params")
    assert rows[0]["params"] == 38_951_745
    assert "name the one" in refused("siamese", "--input", "1x105x105")


def test_every_format_has_the_same_points(tmp_path: Path) -> None:
    lines = swept(*GRID)
    table = tmp_path / "points.parquet"
    assert within("sweep", *GRID, "--format", "parquet", "-o", str(table)).returncode == 0
    assert pyarrow.parquet.read_table(table).to_pylist() == lines
    out = within("sweep", *GRID, "--format", "csv").stdout
    read = [*csv.DictReader(io.StringIO(out))]
    for row, line in zip(read, lines, strict=True):
        assert row["receptive_field"] == "x".join(map(str, line["receptive_field"]))
        assert {key: row[key] for key in ("params", "macs")} == {
            key: str(line[key]) for key in ("params", "macs")
        }
    pages = document(*GRID, "--top", "100")["rows"]
    assert [{**row["params"], **row["figures"]} for row in pages] == [
        {key: cell for key, cell in line.items() if key not in ("point", "network")} for line in lines
    ]
    assert "| 96 |" in within("sweep", *GRID, "--format", "markdown").stdout.replace("  ", "")


def test_a_page_shows_the_first_and_says_that_there_are_more() -> None:
    ended = within("sweep", "mobilenet-v2", "--vary", "width=0.1:1:0.02", "--columns", "params")
    assert "not shown  26; --top shows more" in ended.stdout
    assert len(swept(*GRID, "--top", "5")) == 5
    assert [row["params"] for row in swept(*GRID, "--top", "2", "--sort", "-params,-macs")] == [4231976] * 2


def test_a_sample_is_the_same_whenever_it_is_drawn_and_longer_ones_begin_as_shorter_ones() -> None:
    sample = ("mobilenet-v2", "--vary", "width=0.1:2", "--vary", "classes=log 10:100:10", "--columns", "macs")
    first = swept(*sample, "--sample", "20", "--seed", "4")
    assert swept(*sample, "--sample", "20", "--seed", "4") == first
    assert swept(*sample, "--sample", "30", "--seed", "4")[:20] == first
    assert swept(*sample, "--sample", "20", "--seed", "5") != first
    assert swept(*sample, "--sample", "20", "--seed", "4", "--jobs", "2") == first


def test_a_sweep_stops_when_enough_are_found() -> None:
    asked = (*GRID, "--where", "macs <= 100M", "--matches", "3")
    found = document(*asked)
    assert [row["point"] for row in found["rows"]] == [0, 1, 2]
    assert (found["points"], found["asked"]) == (3, 12)


def test_what_a_space_says_is_replaced_by_name() -> None:
    assert document("mobilenet-v1")["points"] == 16
    assert document("mobilenet-v1", "--vary", "width=1,2")["points"] == 8
    assert document("mobilenet-v1", "--set", "width=1")["points"] == 4
    assert (
        document("mobilenet-v1", "--set", "width=1", "--vary", "resolution=64", "--vary", "classes=10,20")[
            "points"
        ]
        == 2
    )


def test_of_several_networks_the_one_is_named_that_lacks_a_parameter() -> None:
    said = refused("mobilenet-v2", "lenet5", "--vary", "width=0.5,1")
    assert "lenet5: the network has no parameter 'width'" in said
    assert "Error: the network has no parameter" in refused("lenet5", "--vary", "width=0.5,1")


def test_conditions_on_parameters_are_met_before_anything_is_worked_out() -> None:
    found = document(*GRID, "--where", "$width * $resolution <= 100", "--where", "macs >= 1M")
    assert found["accepted"] == sum(w * r <= 100 for w in (0.25, 0.5, 0.75, 1) for r in (96, 160, 224))
    assert found["refused"][0]["code"] == "space/where"


def test_derived_parameters_follow_from_a_command_line() -> None:
    rows = swept(
        "mobilenet-v1", "--vary", "width=1,0.5", "--vary", "resolution=$width * 192", "--columns", "macs"
    )
    assert [(row["width"], row["resolution"]) for row in rows] == [(1, 192), (0.5, 96)]


def test_a_narrow_terminal_shows_which_point_it_is_and_what_was_asked_first() -> None:
    own = ("regnet", "--sample", "40", "--top", "2")
    for arguments in (("sweep", *own, "--columns", "params,activations"), ("sweep", *own)):
        shown = plain_lines(in_terminal(80, *arguments))
        header = next(line for line in shown if "depth" in line)
        assert {"point", "depth", "w0", "wa", "wm", "g", "params"} <= {*header.split()}
        assert " w4 " not in header  # it follows from others
        assert all(len(line) <= 80 for line in shown[shown.index(header) :])


def plain_lines(shown: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown).replace("\r", "\n").splitlines()


def test_what_variants_differ_in_is_shown() -> None:
    found = swept("efficientnet", "--variants", "--columns", "params")
    assert (found[0]["network"], found[0]["width"], found[0]["depth"]) == (
        "efficientnet#efficientnet-b0",
        1,
        1,
    )
    assert (found[7]["width"], found[7]["depth"], found[7]["resolution"]) == (2, 3.1, 600)


def test_a_variant_has_its_own_parameters_whatever_the_space_of_the_family(tmp_path: Path) -> None:
    spec = tmp_path / "family.yaml"
    spec.write_text(
        "input: [1]\nparams: {w: 1, v: 1}\nspace: {w: [4, 8]}\n"
        "variants: {a: {params: {w: 6}}, b: {}}\nlayers: [{type: linear, units: $w * $v}]\n"
    )
    assert [(row["network"][-1], row["w"]) for row in swept(str(spec), "--variants")] == [("a", 6), ("b", 1)]
    found = swept(f"{spec}#a", "--vary", "v=2,3", "--columns", "activations")
    assert [row["activations"] for row in found] == [12, 18]
    assert [row["w"] for row in swept(str(spec), "--columns", "params")] == [4, 8]


def test_what_varies_is_written_as_it_was_and_of_which_network(tmp_path: Path) -> None:
    for name, values in (("one", "1:9:2"), ("two", "[16, 32]")):
        (tmp_path / f"{name}.yaml").write_text(
            f"input: [1]\nparams: {{w: 1}}\nspace: {{w: {values}}}\nlayers: [{{type: linear, units: $w}}]\n"
        )
    one, two = (str(tmp_path / f"{name}.yaml") for name in ("one", "two"))
    assert json.loads(within("sweep", one, "--format", "json").stdout)["space"] == {"w": "1:9:2"}
    both = json.loads(within("sweep", one, two, "--format", "json").stdout)
    assert both["space"] == {"w": f"1:9:2 of {one}; 16,32 of {two}"}


def test_a_sweep_that_ends_early_says_how_large_it_is() -> None:
    assert "a grid of 16 points" in within("sweep", "mobilenet-v1", "--matches", "3").stdout


@pytest.mark.parametrize("name", ["points.csv", "points.jsonl", "points.json", "points.parquet", "points.md"])
def test_a_file_is_in_the_format_of_its_name(tmp_path: Path, name: str) -> None:
    form = {"md": "markdown"}.get(name.split(".")[1], name.split(".")[1])
    own = ("sweep", "mobilenet-v1", "--vary", "width=1", "--columns", "macs", "-o")
    assert within(*own, str(tmp_path / name)).returncode == 0
    assert within(*own, str(tmp_path / "named"), "--format", form).returncode == 0
    assert (tmp_path / name).read_bytes() == (tmp_path / "named").read_bytes()
    assert within(*own, str(tmp_path / name), "--format", "table").returncode == 0
    assert (tmp_path / name).read_text().startswith("mobilenet-v1: a grid")


def test_a_range_without_steps_is_named_by_its_place_where_it_stands_in_a_spec(tmp_path: Path) -> None:
    spec = tmp_path / "endless.yaml"
    spec.write_text("input: [1]\nparams: {d: 1}\nspace: {d: 1:4}\nlayers: [{type: linear, units: $d}]\n")
    assert f"{spec}:3:9: space/range: the range of d has no steps" in refused(str(spec))
    assert "endless.yaml:" not in refused(str(spec), "--vary", "d=1:5")
    assert within("sweep", str(spec), "--sample", "2").returncode in (0, 1)


def test_where_no_network_is_left_there_is_no_chart() -> None:
    ended = within("sweep", "mobilenet-v1", "--where", "macs <= 1", "--plot", "edf")
    assert ended.returncode == 0
    assert "no chart: no network meets the conditions" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["mobilenet-v1", "--vary", "widht=1,2"], "did you mean 'width'?"),
        (["mobilenet-v1", "--vary", "width"], "expected NAME=0.5:2:0.1"),
        (["mobilenet-v1", "--vary", "width=1", "--vary", "width=2"], "'width' is given twice"),
        (["mobilenet-v1", "--vary", "width=0.1:1"], "has no steps"),
        (["mobilenet-v1", "--vary", "width=2:1:1"], "ends before it begins"),
        (["mobilenet-v1", "--vary", "width=0:1:0.0000000001"], "at most 100,000,000 are tried"),
        (["mobilenet-v1", "--seed", "1"], "--seed goes with --sample"),
        (["mobilenet-v1", "--format", "parquet"], "name it with -o FILE"),
        (["mobilenet-v1", "--columns", "mac"], "did you mean 'macs'?"),
        (["mobilenet-v1", "--sort", "widht"], "did you mean"),
        (["mobilenet-v1", "--pareto", "params,field_stride"], "cannot be compared"),
        (["mobilenet-v1", "--where", "$widht <= 1"], "there is no $widht; did you mean 'width'?"),
        (["mobilenet-v1", "--where", "$width +"], "cannot read the expression"),
        (["mobilenet-v1", "--set", "widht=1"], "did you mean 'width'?"),
        (["mobilenet-v1", "--input", "3x0x0"], "expected sizes"),
        (["mobilenet-v1", "--input", "x=3x32x32"], "has no input 'x'"),
        (["nothing.yaml"], "nothing.yaml"),
        (["torch:os:getcwd"], "names code"),
        ([], "Missing argument"),
        (
            ["mobilenet-v1", "--vary", "resolution=7*32"],
            "'7*32' is a word: what is worked out has a parameter",
        ),
        (
            ["mobilenet-v1", "--vary", "width=1", "--set", "width=2"],
            "width is given to --set, where it does not",
        ),
        (["mobilenet-v1", "mobilenet-v1"], "mobilenet-v1 is given twice"),
        (["mobilenet-v1", "--input", "3x64x64", "--input", "3x64x64"], "is given twice"),
        (["mobilenet-v1", "--where", "width <= 0.5"], "is written with a $: '$width <= 0.5'"),
        (["mobilenet-v1", "--where", "$width <= 0.5 or macs <= 20M"], "give each a condition of its own"),
        (["mobilenet-v1", "--where", "macs between 400M and 300M"], "exclude each other"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_way_out(arguments: list[str], why: str) -> None:
    assert why in refused(*arguments)


def test_every_problem_of_a_spec_is_a_refusal_of_its_points(tmp_path: Path) -> None:
    spec = tmp_path / "odd.yaml"
    spec.write_text("input: [3, 8, 8]\nparams: {n: 2}\nlayers: [{type: conv, filters: 4 / $n, kernel: 3}]\n")
    found = document(str(spec), "--vary", "n=1:4:1")
    assert [row["params"]["n"] for row in found["rows"]] == [1, 2, 4]
    assert found["refused"][0]["code"] == "option/value"


def test_numbers_beyond_64_bits_stay_exact(tmp_path: Path) -> None:
    spec = tmp_path / "large.yaml"
    spec.write_text(
        "input: [1000000, 1000000, 1000000]\nparams: {n: 1}\n"
        "layers: [{type: conv, filters: $n, kernel: 1}, {type: conv, filters: 1, kernel: 1}]\n"
    )
    rows = swept(str(spec), "--vary", "n=999999,1000000", "--columns", "macs")
    for row in rows:
        assert row["macs"] == (10**6 + 1) * row["n"] * 10**12


def test_which_figures_take_long_is_said_in_the_manual_and_in_the_help() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "sweep.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"These go through every layer.+?\n\n", manual, re.DOTALL)
    slow = {key for key, figure in SWEPT.items() if figure.walked or figure.under}
    assert {*re.findall(r"`(\w+)`", said)} == slow - {*CONVENTIONS, *ON_MACHINES}
    assert "those of a machine, those of other tools," in said
    text = " ".join(within("sweep", "--help").stdout.split())
    (said,) = re.findall(
        r"Those of other tools, those of a machine and (.+?) take several times as long", text
    )
    assert {*said.split(", ")} == slow - {*CONVENTIONS, *ON_MACHINES}
