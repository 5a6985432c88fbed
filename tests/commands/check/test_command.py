"""`cnnstat check` as its users start it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.layers.conv import Conv
from tests.program import in_terminal, run, within

if TYPE_CHECKING:
    from pathlib import Path

CLEAN = "input: [1, 8, 8]\nlayers: [{type: conv, filters: 8, kernel: 3}]\n"
WRONG = "input: [1, 8, 8]\nlayers: [{type: conv, filters: 8, kernel: 3, strid: 2}]\n"
TOO_SMALL = "input: [1, 2, 2]\nlayers: [{name: c, type: conv, filters: 8, kernel: 3}]\n"
MISSED = "input: [1, 8, 8]\nlayers: [{type: conv, filters: 8, kernel: 3, expect: {params: 81}}]\n"
LOST_BIAS = "input: [1, 8, 8]\nlayers: [{type: conv, filters: 8, kernel: 3}, {type: batch_norm}]\n"
FAMILY = """
input: [1, 8, 8]
params: {kernel: 3}
variants: {small: {}, large: {params: {kernel: 9}}, larger: {params: {kernel: 11}}}
layers: [{type: conv, filters: 8, kernel: $kernel}]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(here: Path, **texts: str) -> None:
    for name, text in texts.items():
        (here / f"{name}.yaml").write_text(text, encoding="utf-8")


def found(*arguments: str) -> list[tuple[str, str]]:
    ended = within("check", *arguments, "--format", "json")
    document: dict[str, Any] = json.loads(ended.stdout)
    findings = [(report["file"], each["code"]) for report in document["files"] for each in report["findings"]]
    assert ended.returncode == bool(findings)
    return findings


def test_clean_specs_end_in_0(here: Path) -> None:
    written(here, one=CLEAN, two=CLEAN)
    ended = within("check", ".")
    assert (ended.returncode, ended.stdout) == (0, "2 files, 2 networks: nothing found\n")


def test_every_kind_of_finding_ends_in_1_and_hides_no_other(here: Path) -> None:
    written(here, a=WRONG, b=TOO_SMALL, c=MISSED, d=LOST_BIAS, e=CLEAN)
    (here / "f.yaml").write_bytes(b"layers: [\xff]")
    assert found("a.yaml", "b.yaml", "gone.yaml", "f.yaml", "c.yaml", "d.yaml", "e.yaml") == [
        ("a.yaml", "option/unknown"),
        ("b.yaml", "shape/too-small"),
        ("gone.yaml", "file/unreadable"),
        ("f.yaml", "file/unreadable"),
        ("c.yaml", "expect/missed"),
        ("d.yaml", "rule/bias-before-norm"),
    ]


def test_all_variants_are_checked_and_one_where_it_is_named(here: Path) -> None:
    written(here, family=FAMILY)
    ended = within("check", "family.yaml")
    assert "family.yaml:5:43: error: shape/too-small" in ended.stdout
    assert "; in large and 1 more network\n" in ended.stdout
    assert ended.stdout.endswith("1 file, 1 network: 1 error\n")
    assert found("family.yaml#small") == []
    assert [code for _, code in found("family.yaml#none")] == ["variant/unknown"]


def test_a_finding_says_in_which_variant(here: Path) -> None:
    family = FAMILY.replace("large:", "large: {name: Large-Net, params: {kernel: 8}}, x:")
    written(here, family=family, a=LOST_BIAS)
    shown = within("check", ".", "--budget", "macs <= 100")
    assert "a.yaml:2:17: warning: rule/bias-before-norm: " in shown.stdout
    assert "; in" not in shown.stdout.split("family.yaml")[0]
    assert "; in Large-Net" in shown.stdout
    assert "; in small\n" in within("check", "family.yaml#small", "--budget", "macs <= 100").stdout


def test_keys_of_a_spec_that_are_misspelt_hide_no_file(here: Path) -> None:
    written(here, a=CLEAN, b="inputs: [1, 8, 8]\nlayer: [{type: relu}]\n", c="services: {}\n")
    ended = within("check", ".")
    assert ended.returncode == 1
    assert "b.yaml:1:1: error: " in ended.stdout
    assert ended.stdout.endswith("2 files, 1 network: 3 errors; 1 YAML file has no key of a spec\n")


def test_severity_says_what_is_a_finding(here: Path) -> None:
    written(here, d=LOST_BIAS)
    assert len(found("d.yaml", "--severity", "warning")) == 1
    assert found("d.yaml", "--severity", "error") == []
    (here / ".cnnstat.yaml").write_text("severity: {rule/bias-before-norm: off}\n")
    assert found("d.yaml", "--severity", "info") == []
    (here / ".cnnstat.yaml").write_text("severity: {rule/bias-before-norm: error}\n")
    assert len(found("d.yaml", "--severity", "error")) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none*.yaml",), "no file matches none*.yaml"),
        ((".",), "there is no spec to check in ."),
        ((".", "--config", "none.yaml"), "none.yaml cannot be read"),
        ((".", "--jobs", "0"), "Invalid value for '--jobs'"),
    ],
)
def test_usage_ends_in_2(here: Path, arguments: tuple[str, ...], message: str) -> None:
    ended = within("check", *arguments)
    assert ended.returncode == 2
    assert message in ended.stderr


def test_standard_input_is_a_spec(here: Path) -> None:
    ended = run("check", "-", input=WRONG)
    assert ended.returncode == 1
    assert ended.stdout.startswith("<stdin>:2:46: error: option/unknown")


def test_processes_change_nothing_but_the_time(here: Path) -> None:
    written(here, **{f"n{i:02}": (WRONG, CLEAN, LOST_BIAS)[i % 3] for i in range(20)})
    one, several = (run("check", ".", "--jobs", jobs) for jobs in ("1", "3"))
    assert (one.returncode, one.stdout) == (several.returncode, several.stdout)
    assert one.stdout.endswith("20 files, 13 networks: 7 errors, 6 warnings\n")


def test_a_terminal_shows_how_far_it_is(here: Path) -> None:
    written(here, **{f"n{i:02}": CLEAN for i in range(20)})
    shown = in_terminal(80, "check", ".", "--jobs", "1")
    assert "checking" in shown
    assert "20 files, 20 networks: nothing found" in shown


def test_a_run_proves_what_is_calculated(here: Path) -> None:
    written(here, a=CLEAN, family=FAMILY)
    ended = within("check", ".", "--run", "--jobs", "1", "--format", "json")
    first, second = json.loads(ended.stdout)["files"]
    (execution,) = first["executions"]
    assert execution["figures"] > 5
    assert execution["verdict"].startswith(f"proved: {execution['figures']} calculated figures")
    assert [each["network"] for each in second["executions"]] == ["small"]


def test_a_run_with_gradients(here: Path) -> None:
    written(here, a=CLEAN)
    ended = within("check", ".", "--check-grad", "--jobs", "1")
    assert ended.returncode == 0
    assert "figures and 5 gradients proved by execution" in ended.stdout


def test_a_false_figure_is_a_finding_of_a_run(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(here, a=CLEAN)
    right = Conv.params
    monkeypatch.setattr(Conv, "params", lambda layer, shapes: right(layer, shapes) + right(layer, shapes))
    ended = within("check", "a.yaml", "--run")
    assert ended.returncode == 1
    assert "a.yaml:2:17: error: run/disproved: NOT TRUE: " in ended.stdout


def test_processes_share_the_memory(here: Path) -> None:
    written(here, a=CLEAN, b=CLEAN)
    one = within("check", "a.yaml", "--run", "--jobs", "3", "--max-memory", "1M").stdout
    assert "1.0 MiB are allowed by --max-memory; " in one
    both = within("check", "a.yaml", "b.yaml", "--run", "--jobs", "3", "--max-memory", "1M").stdout
    assert "512.0 KiB are allowed by --max-memory for each of 2 processes" in both


def test_a_run_that_does_not_fit_into_memory_is_a_finding(here: Path) -> None:
    written(here, a=CLEAN)
    ended = within("check", "a.yaml", "--run", "--max-memory", "1M")
    assert ended.returncode == 1
    assert "run/refused: the run needs about" in ended.stdout
    assert "MiB are allowed by --max-memory; a larger --max-memory allows more\n" in ended.stdout
    written(here, b=CLEAN)
    two = within("check", ".", "--run", "--max-memory", "3M", "--jobs", "2").stdout
    assert two.count("for each of 2 processes; --jobs 1 gives all of it to one network at a time") == 2
    assert "--input" not in ended.stdout + two


def test_what_cannot_go_together_is_refused_before_anything_is_looked_for(here: Path) -> None:
    for refused, said in (
        (("--tolerance", "1%"), "--tolerance goes with --against"),
        (("-", "--fix"), "name - alone"),
    ):
        ended = within("check", "nothing-*", *refused)
        assert ended.returncode == 2
        assert said in " ".join(ended.stderr.split())
