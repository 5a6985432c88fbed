"""Networks of several outputs: reports name all of them, or say which one they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import cnnstat
from cnnstat.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
input: [3, 16, 16]
layers:
  - {name: stem, type: conv, filters: 8, kernel: 3, stride: 2, padding: 1}
  - {name: classes, type: conv, filters: 5, kernel: 1}
  - {name: boxes, type: conv, filters: 4, kernel: 2, stride: 2, from: stem}
outputs: [classes, boxes]
"""


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "heads.yaml"
    path.write_text(SPEC)
    return str(path)


def test_summary_names_the_outputs(spec: str) -> None:
    (line,) = (line for line in printed("summary", spec).splitlines() if line.startswith("outputs"))
    assert line.split(maxsplit=1)[1] == "classes 5×8×8, boxes 4×4×4"
    assert "outputs" not in printed("summary", "lenet5")


def test_diff_shows_all_outputs(spec: str) -> None:
    (line,) = (line for line in printed("diff", "lenet5", spec).splitlines() if line.startswith("output "))
    assert line.split(maxsplit=1)[1].split("  ")[0] == "10"
    assert "classes 5×8×8, boxes 4×4×4" in line


def test_sizes_says_whose_output_it_shows(spec: str) -> None:
    assert "output: that of boxes, the last of 2" in printed("sizes", spec)
    assert "the last of" not in printed("sizes", "lenet5")


def test_python_has_the_shapes_of_all() -> None:
    analysis = cnnstat.analyze(cnnstat.loads(SPEC))
    assert analysis.output_shapes == {"classes": (5, 8, 8), "boxes": (4, 4, 4)}
    assert analysis.totals.output_shape == (4, 4, 4)
