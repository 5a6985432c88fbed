"""`cnnstat diff` as its users start it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.program import in_terminal, run, within

if TYPE_CHECKING:
    from pathlib import Path


def test_more_convolutions_in_numbers() -> None:
    shown = run("diff", "lenet5", "vgg16").stdout
    assert "conv          3 → 13   49,792 → 14,714,688  315,600 → 15,346,630,656" in shown
    assert "\x1b" not in shown
    assert "layers: 14 changed, 26 added, 0 removed, 0 the same" in shown


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_tables_keep_within_a_terminal(columns: int) -> None:
    shown = in_terminal(columns, "diff", "lenet5", "googlenet")
    text = "".join(part.split("m", 1)[-1] if i else part for i, part in enumerate(shown.split("\x1b[")))
    assert max(map(len, text.split("\n"))) <= columns


def test_what_changed_is_cut_where_a_terminal_is_narrow() -> None:
    shown = in_terminal(80, "diff", "lenet5", "vgg16")
    assert "kernel 5 → 3, padding 0 → 1, filters 16 → 128, …\n" in shown


def test_the_json_agrees_with_summary() -> None:
    found = json.loads(run("diff", "lenet5", "alexnet", "--format", "json").stdout)
    assert (found["command"], found["differ"]) == ("diff", True)
    for side, name in (("a", "lenet5"), ("b", "alexnet")):
        alone = json.loads(within("summary", name, "--format", "json").stdout)
        assert found[side]["totals"] == alone["totals"]
        assert [layer[side] for layer in found["layers"] if layer[side]] == alone["layers"]
        assert sum(kind[side]["macs"] for kind in found["types"]) == alone["totals"]["macs"]


def test_csv_has_a_column_for_each_side() -> None:
    rows = list(csv.DictReader(io.StringIO(run("diff", "vgg16", "vgg19", "--format", "csv").stdout)))
    assert len(rows) == 6
    assert (rows[0]["name_a"], rows[0]["name_b"], rows[0]["params_b"]) == ("", "stage3.3.conv", "590080")


def test_whichever_column_is_first_has_the_mark() -> None:
    shown = run("diff", "lenet5", "vgg16", "--columns", "params,name").stdout
    assert "~ 156 → 1,792  C1 → stage1.0.conv" in shown


def in_total(*arguments: str, text: str | None = None) -> dict[str, list[str]]:
    """Return what stands beside each figure in the table of totals."""
    shown = run("diff", *arguments, input=text).stdout
    lines = shown.partition("\nin total\n")[2].splitlines()
    return {line[:16].strip(): line[16:].split() for line in lines}


def test_totals_have_a_difference_and_a_ratio() -> None:
    smaller = in_total("vgg16", "lenet5")
    assert smaller["layers"] == ["40", "14", "−26", "0.35"]
    assert smaller["params"] == ["138,357,544", "60,840", "−138,296,704", "0.00044"]
    assert smaller["inference memory"] == ["552.3", "MiB", "274.4", "KiB", "−552.0", "MiB", "0.000485"]
    assert smaller["output"] == ["1000", "10"]
    assert in_total("lenet5", "lenet5")["params"] == ["60,840", "60,840", "0", "1.00"]
    without = "input: [4]\nlayers:\n  - {type: relu}\n"
    assert in_total("-", "lenet5", text=without)["params"] == ["0", "60,840", "+60,840", "–"]


def test_exit_codes(tmp_path: Path) -> None:
    assert run("diff", "vgg16", "vgg19").returncode == 0
    assert run("diff", "vgg16", "vgg19", "--exit-code", "--depth", "1").returncode == 1
    same = run("diff", "vgg16", "vgg16", "--exit-code")
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "no difference")
    changed = run("diff", "efficientnet-b0", "efficientnet-b0", "--set", "width=1.1", "--exit-code")
    assert changed.returncode == 1
    target = tmp_path / "out"
    assert run("diff", "vgg16", "vgg19", "-o", str(target), "--format", "markdown").stdout == ""
    assert "| stage3.3.conv |" in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("lenet", "vgg16"), 1, "did you mean 'lenet5'?"),
        (("lenet5", "alexnt"), 1, "did you mean 'alexnet'?"),
        (("lenet5",), 2, "Missing argument"),
        (("-", "-"), 2, "only one of A and B"),
        (("lenet5", "vgg16", "--columns", "parms"), 2, "did you mean 'params'?"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], code: int, said: str) -> None:
    done = within("diff", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


@pytest.mark.parametrize(("option", "code"), [((), 1), (("--exit-code",), 2)])
@pytest.mark.parametrize(
    "text", ["layers: 1\n", "input: [1]\nlayers: [{type: conv, filters: 1, kernel: 1}]\n"]
)
def test_a_spec_that_is_wrong_is_no_difference(text: str, option: tuple[str, ...], code: int) -> None:
    for done in (
        run("diff", "lenet5", "-", *option, input=text),
        within("diff", "nothing", "lenet5", *option),
    ):
        assert (done.returncode, done.stdout) == (code, "")
        assert "<stdin>:" in done.stderr or "no such file" in done.stderr


def test_text_from_a_spec_is_only_text() -> None:
    text = 'name: "\\e[31m ::error::x"\ninput: [1, 8, 8]\nlayers:\n  - {type: relu}\n'
    for form in ("table", "markdown"):
        shown = run("diff", "-", "lenet5", "--format", form, input=text).stdout
        assert "→" in shown
        assert "\x1b" not in shown
        assert "::error" not in shown


def test_an_encoding_without_arrows() -> None:
    done = run("diff", "lenet5", "vgg16", env={"PYTHONIOENCODING": "ascii"})
    assert done.stdout.isascii()
    assert "C1 -> stage1.0.conv" in done.stdout


PAIR = """
input: [1, 8, 8]
{}layers:
  - {{name: c, type: conv, filters: 2, kernel: 3{}}}
  - {{name: d, type: relu}}
"""


def differ(tmp_path: Path, before: str, after: str) -> str:
    """Return what is printed of two texts; they must differ."""
    paths = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for path, text in zip(paths, (before, after), strict=True):
        path.write_text(text, encoding="utf-8")
    done = run("diff", *map(str, paths), "--exit-code")
    assert done.returncode == 1, done
    return done.stdout


def test_the_last_line_tells_renames_from_changes(tmp_path: Path) -> None:
    before = "input: [3, 8, 8]\nlayers:\n  - {name: a, type: conv, filters: 4, kernel: 3}\n"
    before += "  - {name: b, type: relu}\n  - {name: c, type: conv, filters: 4, kernel: 3}\n"
    after = before.replace("name: b", "name: other").replace(
        "name: c, type: conv, filters: 4", "name: c, type: conv, filters: 5"
    )
    last = differ(tmp_path, before, after).splitlines()[-1]
    assert last == "layers: 1 changed, 1 renamed, 0 added, 0 removed, 1 the same"


def test_a_frozen_layer_is_another(tmp_path: Path) -> None:
    shown = differ(tmp_path, PAIR.format("", ", frozen: true"), PAIR.format("", ""))
    assert "frozen true → false" in shown
    assert "follows" not in shown


def test_other_outputs_are_a_difference(tmp_path: Path) -> None:
    shown = differ(tmp_path, PAIR.format("outputs: [c, d]\n", ""), PAIR.format("outputs: [d, c]\n", ""))
    assert "c, d" in shown
    assert shown.endswith("the same; other outputs\n")
    found = json.loads(
        run("diff", *(str(tmp_path / f"{side}.yaml") for side in "ab"), "--format", "json").stdout
    )
    assert found["differ"]
    assert {layer["status"] for layer in found["layers"]} == {"same"}
    assert (found["a"]["outputs"], found["b"]["outputs"]) == (["c", "d"], ["d", "c"])
