"""Several reports of one check, and files that none may be written to."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cnnstat.commands.check.formats import FORMATS
from tests.commands.check.formats.readers import READERS
from tests.program import in_terminal, run, within

WRONG = "input: [1, 8, 8]\nlayers: [{type: conv, filters: 8, kernel: 3, strid: 2}]\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(WRONG)
    return tmp_path


def test_one_check_writes_every_format(here: Path) -> None:
    given = [part for form in FORMATS for part in ("--report", f"{form}=report.{form}")]
    ended = within("check", "a.yaml", *given, "--format", "github")
    assert ended.returncode == 1
    for form in FORMATS:
        (said,) = READERS[form]((here / f"report.{form}").read_text(encoding="utf-8"))
        assert "strid" in said.message
    assert (here / "report.github").read_text() == ended.stdout


def test_a_format_is_printed_as_it_is_written(here: Path) -> None:
    for form in FORMATS:
        printed = within("check", "a.yaml", "--format", form).stdout
        within("check", "a.yaml", "--format", form, "-o", "x")
        assert (here / "x").read_text(encoding="utf-8") == printed


def test_paths_are_those_from_the_root_of_the_repository(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / ".git").mkdir()
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    (Path("b.yaml")).write_text(WRONG)
    found = json.loads(within("check", "b.yaml", "../a.yaml", "--format", "gitlab").stdout)
    assert [each["location"]["path"] for each in found] == ["below/b.yaml", "a.yaml"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--report", "sarf=x"), "'sarf' is no format; did you mean 'sarif'?"),
        (("--report", "sarif"), "expected sarif=FILE, got 'sarif', which names no file"),
        (("--report", "sarif="), "expected sarif=FILE"),
        (("--report", "sarif=x\0"), "expected sarif=FILE"),
        (("--report", "sarif=-"), "--report writes files; --format sarif prints it"),
        (("--report", "sarif=none/x"), "the folder it should go to does not exist"),
        (("--report", "sarif=x", "--report", "json=x"), "two reports cannot be written to one file, x"),
        (("--report", "sarif=x", "-o", "x"), "two reports cannot be written to one file, x"),
        (("--report", "sarif=a.yaml"), "a.yaml is a spec that is checked; write to another file"),
        (("-o", "a.yaml"), "a.yaml is a spec that is checked; write to another file"),
        (("-o", "link.yaml"), "link.yaml is a spec that is checked; write to another file"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(
    here: Path, arguments: tuple[str, ...], message: str
) -> None:
    os.link(here / "a.yaml", here / "link.yaml")
    ended = within("check", "a.yaml", *arguments)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert (here / "a.yaml").read_text() == WRONG
    assert not (here / "x").exists()


def test_a_terminal_gets_colours_and_a_pipe_none(here: Path) -> None:
    (here / "good.yaml").write_text(WRONG.replace("strid", "stride"))
    shown = in_terminal(60, "check", "good.yaml", "--severity", "error")
    assert "\x1b[1m1 file, 1 network: nothing found" in shown
    assert "\x1b" not in run("check", "a.yaml").stdout
