"""Budgets as `cnnstat check` reports them: of specs, of the configuration, and of a command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
name: two
input: [1, 8, 8]
params: {filters: 2}
budget: {params: <= 50}
variants: {a: {}, b: {params: {filters: 6}}, c: {params: {filters: 7}}}
layers:
  - {type: conv, filters: $filters, kernel: 3}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def checked(*arguments: str) -> dict[str, Any]:
    ended = within("check", "s.yaml", *arguments, "--format", "json")
    (report,) = json.loads(ended.stdout)["files"]
    assert ended.returncode == bool(report["findings"])
    return dict(report)


def test_an_exceeded_budget_is_a_finding_where_it_stands(here: Path) -> None:
    ended = within("check", "s.yaml")
    assert ended.returncode == 1
    assert ended.stdout == (
        "s.yaml:5:18: error: budget/params: 60 params, budget 50: 10 over (20 %); in b and 1 more"
        " network\n"
        "    5 | budget: {params: <= 50}\n"
        "      |                  ^^^^^\n"
        "1 file, 3 networks: 1 error\n"
    )


def test_all_budgets_are_in_the_document_with_their_room(here: Path) -> None:
    budgets = checked()["budgets"]
    assert [(each["network"], each["room"], each["share"], each["kept"]) for each in budgets] == [
        ("a", 30, 0.6, True),
        ("b", -10, -0.2, False),
        ("c", -20, -0.4, False),
    ]
    assert budgets[0] == {
        **{"network": "a", "name": "total", "places": 1, "figure": "params", "input": "", "bound": "<= 50"},
        **{"limit": 50, "value": 20, "room": 30, "share": 0.6, "kept": True, "line": 5},
        "message": "20 params, budget 50: 30 left (60 %)",
    }


def test_the_room_is_printed_where_it_is_asked_for(here: Path) -> None:
    assert within("check", "s.yaml", "--room").stdout.split("\n")[3:] == [
        "s.yaml:5: kept: a: 20 params, budget 50: 30 left (60 %)",
        "s.yaml:5: not kept: b: 60 params, budget 50: 10 over (20 %)",
        "s.yaml:5: not kept: c: 70 params, budget 50: 20 over (40 %)",
        "1 file, 3 networks: 1 error",
        "",
    ]


def test_budgets_of_a_command_line_are_for_every_network(here: Path) -> None:
    found = checked("--budget", "macs <= 2000", "--budget", "receptive_field at least 4")["findings"]
    places = [(each["code"], each["line"], each["networks"]) for each in found]
    assert places == [
        ("budget/params", 5, ["b", "c"]),
        ("budget/receptive-field", 6, ["a"]),
        ("budget/receptive-field", 6, ["b"]),
        ("budget/macs", 6, ["c"]),
        ("budget/receptive-field", 6, ["c"]),
    ]


def test_all_budgets_of_a_command_line_hold(here: Path) -> None:
    (here / "spec.yaml").write_text("input: [1, 8, 8]\nlayers: [{type: conv, filters: 8, kernel: 3}]\n")
    for one, other in (("1", "1G"), ("1G", "1")):
        ended = within("check", "spec.yaml", "--budget", f"params <= {one}", "--budget", f"params <= {other}")
        assert "budget/params: 80 params, budget 1: 79 over" in ended.stdout


def test_a_budget_that_is_none_ends_as_usage(here: Path) -> None:
    ended = within("check", "s.yaml", "--budget", "params < 5M")
    assert ended.returncode == 2
    assert "did you mean '<= 5M'?" in ended.stderr


def test_a_project_bounds_its_files_and_a_command_line_has_the_last_word(here: Path) -> None:
    (here / ".cnnstat.yaml").write_text(
        "budget: {macs: <= 1000}\noverrides: [{files: [t.yaml], budget: {macs: <= 1M}}]\n", encoding="utf-8"
    )
    codes = [each["code"] for each in checked()["findings"]]
    assert codes == ["budget/params", "budget/macs", "budget/macs"]
    assert [each["code"] for each in checked("--budget", "macs <= 1M")["findings"]] == ["budget/params"]
    (here / "s.yaml").rename(here / "t.yaml")
    ended = within("check", "t.yaml")
    assert "macs" not in ended.stdout


def test_a_wrong_budget_of_a_configuration_is_named(here: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.cnnstat.budget]\nmacs = "1M"\n', encoding="utf-8")
    ended = within("check", "s.yaml")
    assert ended.returncode == 2
    assert "pyproject.toml: budget.macs: '1M' is no bound of macs; did you mean '<= 1M'?" in ended.stderr


def test_a_budget_matters_as_much_as_the_project_says(here: Path) -> None:
    (here / ".cnnstat.yaml").write_text("severity: {budget/params: off}\n", encoding="utf-8")
    assert checked()["findings"] == []


def other(budget: str) -> str:
    return SPEC.replace("{params: <= 50}", budget)


def test_budgets_for_inputs_that_the_network_cannot_have(here: Path) -> None:
    budget = "[{input: [1, 2, 2], macs: <= 1G}, {input: [8, 8], macs: <= 1G}]"
    (here / "s.yaml").write_text(other(budget), encoding="utf-8")
    found = [(each["code"], each["line"], each["message"]) for each in checked()["findings"]]
    assert [(code, line) for code, line, _ in found] == [("budget/input", 5), ("shape/too-small", 8)]
    assert "input is a map such as 1x8x8, got 8x8" in found[0][2]
    assert found[1][2].startswith("at 1x2x2, for which there is a budget: kernel 3")


def test_a_network_is_not_analyzed_on_any_number_of_inputs(here: Path) -> None:
    budget = ", ".join(f"{{input: [1, {size}, 8], macs: <= 1}}" for size in range(3, 23))
    (here / "s.yaml").write_text(other(f"[{budget}]"), encoding="utf-8")
    report = checked()
    assert len([each for each in report["budgets"] if each["network"] == "a"]) == 16
    (refused,) = (each for each in report["findings"] if each["code"] == "budget/input")
    assert refused["message"] == "the budgets of a network are for at most 16 inputs, here 20"


def test_a_budget_may_be_ignored_with_a_reason(here: Path) -> None:
    text = SPEC.replace("<= 50}", "<= 50}    # cnnstat: ignore[budget/params] only c is large")
    (here / "s.yaml").write_text(text, encoding="utf-8")
    report = checked()
    assert (report["findings"], report["ignored"]) == ([], 1)
    assert [each["kept"] for each in report["budgets"]] == [True, False, False]


def test_budgets_cross_processes(here: Path) -> None:
    (here / "t.yaml").write_text(SPEC, encoding="utf-8")
    one, two = (within("check", ".", "--budget", "macs <= 2000", "--jobs", jobs).stdout for jobs in "12")
    assert one == two
    assert one.count("budget/macs") == 2
