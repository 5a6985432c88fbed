"""Names and shapes under `values:` are looked at by `check`, which runs nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cnnstat.cli.group import cli

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """name: small
input: [3, 6, 6]
layers:
  - {name: conv, type: conv, filters: 4, kernel: 3}
  - {name: again, type: conv, filters: 4, kernel: 3, from: input, weights: conv}
  - {name: add, type: add, from: [conv, again]}
  - {name: flat, type: flatten}
  - {name: fc, type: linear, units: 5}
values:
  VALUES
"""


def findings(values: str, folder: Path) -> list[str]:
    path = folder / "small.yaml"
    path.write_text(SPEC.replace("VALUES", values), encoding="utf-8")
    ended = CliRunner().invoke(cli, ["check", str(path), "--format", "json"])
    (file,) = json.loads(ended.stdout)["files"]
    return [
        f"{each['line']}:{each['column']}: {each['code']}: {each['message']}" for each in file["findings"]
    ]


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ("conv.wieght: 1", "10:3: values/name: nothing is called 'conv.wieght'; did you mean 'conv.weight"),
        ("again.weight: 1", "10:3: values/name: nothing is called 'again.weight'"),
        ("conv.delta: 1", "10:3: values/name: nothing is called 'conv.delta'"),
        ("fc.bias: [1, 2]", "10:12: values/shape: 'fc.bias' is 5, got 2"),
        ("input: [1, 2]", "10:10: values/shape: 'input' is 3x6x6, got 2"),
        ("fc.delta: [1, 2, 3]", "10:13: values/shape: 'fc.delta' is 5, got 3"),
    ],
)
def test_what_is_misspelt_is_found(values: str, finding: str, tmp_path: Path) -> None:
    (found,) = findings(values, tmp_path)
    assert found.startswith(finding)


@pytest.mark.parametrize(
    "values",
    [
        "{conv.weight: 1, conv.bias: [1, 2, 3, 4], fc.bias: [[1, 2, 3, 4, 5]], input: 0}",
        "{fc.delta: [1, 2, 3, 4, 5]}",
        "{fc.delta: [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]}",
        "{fc.target: [2, 1]}",
    ],
)
def test_what_a_run_takes_is_no_finding(values: str, tmp_path: Path) -> None:
    assert findings(values, tmp_path) == []
