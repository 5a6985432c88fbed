"""What a project says of its specs, where it is found, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.base.errors import ArgumentError
from cnnstat.commands.check.configuration import Configuration, read_configuration
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

YAML = """
severity: {rule/no-citation: error}
budget: {params: <= 5M}
overrides:
  - files: [mobile/]
    budget: {macs: <= 600M}
    severity: {rule/no-citation: off}
"""
TOML = """
[tool.cnnstat]
severity = {"rule/no-citation" = "error"}
budget = {params = "<= 5M"}
[[tool.cnnstat.overrides]]
files = ["mobile/"]
budget = {macs = "<= 600M"}
severity = {"rule/no-citation" = "off"}
"""


@pytest.mark.parametrize(("name", "text"), [(".cnnstat.yaml", YAML), ("pyproject.toml", TOML)])
def test_both_files_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    configuration = read_configuration(None, below)
    assert configuration.root == str(tmp_path)
    own = configuration.of_file(tmp_path / "mobile" / "net.yaml")
    assert own.severity == {"rule/no-citation": "off"}
    assert own.budget == {"params": "<= 5M", "macs": "<= 600M"}
    other = configuration.of_file(tmp_path / "net.yaml")
    assert (other.severity, other.budget) == ({"rule/no-citation": "error"}, {"params": "<= 5M"})


def test_the_nearest_that_says_something_counts(tmp_path: Path) -> None:
    (tmp_path / ".cnnstat.yaml").write_text("exclude: [above]\n")
    below = tmp_path / "below"
    below.mkdir()
    (below / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    assert read_configuration(None, below).exclude == ("above",)
    (below / "pyproject.toml").write_text("[tool.cnnstat]\nexclude = ['here']\n")
    assert read_configuration(None, below).exclude == ("here",)
    (below / ".cnnstat.yaml").write_text("")
    assert read_configuration(None, below).exclude == ()


def test_without_any_nothing_is_said(tmp_path: Path) -> None:
    assert read_configuration(None, tmp_path) == Configuration(root=str(tmp_path))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            ".cnnstat.yaml",
            "include: [a]\nexclued: [a]",
            r"\.cnnstat\.yaml:2: unknown key 'exclued'; did you mean 'exclude'",
        ),
        (
            "pyproject.toml",
            "[tool.cnnstat]\nseverty = {}\n",
            r"toml:2: unknown key 'severty'; did you mean 'severity'",
        ),
        (
            ".cnnstat.yaml",
            "overrides:\n  - {files: [a], budgte: {}}",
            r"yaml:2: unknown key 'budgte' .*did you mean 'budget'",
        ),
        (
            ".cnnstat.yaml",
            "colour: blue",
            "unknown key 'colour'; known: include, exclude, severity, budget, overrides",
        ),
        (".cnnstat.yaml", "exclude: a", "Expected `array`"),
        (
            *(".cnnstat.yaml", "severity:\n  rule/odd-width: fatal"),
            r"yaml:2: severity of 'rule/odd-width': expected error, warning, info or off, got 'fatal'",
        ),
        (".cnnstat.yaml", "severity: [a]", "Expected `object`"),
        (".cnnstat.yaml", "budget: {params: [3]}", "Expected `str`"),
        (
            "conf.txt",
            "[tool.cnnstat]\n",
            r"conf\.txt.*: a configuration is named \*\.yaml, \*\.yml or \*\.toml",
        ),
        (".cnnstat.yaml", "exclude: [a", r"\.cnnstat\.yaml:\d+:\d+: yaml/syntax"),
        (".cnnstat.yaml", "- a", "Expected `object`"),
        ("pyproject.toml", "[tool.cnnstat]\nexclude = 3\n", "Expected `array`"),
        ("pyproject.toml", "[tool.cnnstat\n", "cannot be read"),
        (".cnnstat.yaml", "severity: {rule/no-citatoin: off}", "did you mean 'rule/no-citation'"),
        (".cnnstat.yaml", "exclude: ['!']", "Invalid git pattern"),
        (".cnnstat.yaml", "overrides: [{files: [./a.yaml]}]", "'./a.yaml' matches nothing"),
        (
            ".cnnstat.yaml",
            "severity: {shape/too-small: off}",
            "is always an error: a spec that shows it has no",
        ),
        (".cnnstat.yaml", "severity: {budget/type: off}", "is always an error: a spec that shows it has no"),
        (
            ".cnnstat.yaml",
            "severity: {fix/refused: info}",
            "is always an error: what was asked for could not",
        ),
        (".cnnstat.yaml", "severity: {run/refused: off}", "is always an error: what was asked for could not"),
    ],
)
def test_what_is_wrong_is_said_with_its_file(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ArgumentError, match=message) as error:
        read_configuration(tmp_path / name, tmp_path)
    assert name in str(error.value)
    assert "\\n" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "code", ["rule/leftover", "budget/params", "ignore/unused", "against/grown", "rule/failed"]
)
def test_what_no_spec_is_wrong_in_matters_as_a_project_says(tmp_path: Path, code: str) -> None:
    (tmp_path / ".cnnstat.yaml").write_text(f"severity: {{{code}: info}}\n")
    assert read_configuration(None, tmp_path).severity == {code: "info"}


def test_a_project_file_of_others_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("tool = 3\n")
    assert read_configuration(None, tmp_path).severity == {}


def test_a_file_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("include: [x]\n")
    assert read_configuration(path, tmp_path / "elsewhere").include == ("x",)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(ArgumentError, match="no table"):
        read_configuration(tmp_path / "pyproject.toml", tmp_path)
    with pytest.raises(ArgumentError, match="No such file"):
        read_configuration(tmp_path / "none.yaml", tmp_path)


def test_an_override_holds_for_a_variant_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cnnstat.yaml").write_text("overrides: [{files: [a.yaml], budget: {params: <= 10}}]\n")
    (tmp_path / "a.yaml").write_text(
        "input: [1, 8, 8]\nvariants: {one: {}, two: {}}\nlayers: [{type: conv, filters: 8, kernel: 3}]\n"
    )
    for spec in ("a.yaml", "a.yaml#one", "./a.yaml#two"):
        assert "budget/params" in within("check", spec).stdout


def test_an_override_that_matches_no_spec_is_said_where_all_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cnnstat.yaml").write_text("overrides: [{files: [a.yaml]}, {files: [mobil/, b.yaml]}]\n")
    (tmp_path / "a.yaml").write_text("input: [1, 8, 8]\nlayers: [{type: relu}]\n")
    said = "the override for mobil/, b.yaml holds for no spec here\n"
    ended = within("check")
    assert (ended.returncode, ended.stderr) == (0, f"{tmp_path}/.cnnstat.yaml: {said}")
    assert within("check", "a.yaml").stderr == ""


def test_where_nothing_is_left_the_configuration_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("input: [1, 8, 8]\nlayers: [{type: relu}]\n")
    assert "include" not in within("check", "none").stderr
    for keys in ("include: [specs/]", "exclude: [a.yaml]"):
        (tmp_path / ".cnnstat.yaml").write_text(keys)
        ended = within("check")
        assert ended.returncode == 2
        word = keys.split(":")[0]
        assert f"there is no spec to check in .; see {word} in {tmp_path}/.cnnstat.yaml" in " ".join(
            ended.stderr.split()
        )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (".cnnstat.yml", "exclude: [a]\n", r"\.cnnstat\.yml: the configuration is called \.cnnstat\.yaml"),
        (
            "pyproject.toml",
            "[tool.cnnstats]\nexclude = ['a']\n",
            r"pyproject\.toml: unknown table \[tool\.cnnstats\]; did you mean \[tool\.cnnstat\]\?",
        ),
    ],
)
def test_what_is_nearly_a_configuration_is_not_passed_over(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ArgumentError, match=message):
        read_configuration(None, tmp_path)


def test_tables_of_other_tools_are_nobody_s_mistake(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.cnnstat]\nexclude = ['a']\n[tool.cnnstats]\n[tool.ruff]\n"
    )
    assert read_configuration(None, tmp_path).exclude == ("a",)
