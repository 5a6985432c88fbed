"""What a network puts out for an input that somebody gave is shown, as far as it is a few numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from cnnstat.cli.group import cli

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
name: by hand
input: [2]
layers:
  - {name: hidden, type: linear, units: 2}
  - {name: act, type: sigmoid}
  - {name: out, type: linear, units: 2}
outputs: OUTPUTS
values: {VALUEShidden.weight: [[0.15, 0.2], [0.25, 0.3]], hidden.bias: 0.35,
         out.weight: [[0.4, 0.45], [0.5, 0.55]], out.bias: 0.6}
"""


@pytest.fixture
def spec(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    outputs, values = getattr(request, "param", ("out", "input: [0.05, 0.1], "))
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC.replace("OUTPUTS", outputs).replace("VALUES", values), encoding="utf-8")
    return str(path)


def said(*words: str) -> list[str]:
    ended = CliRunner().invoke(cli, ["run", *words])
    assert ended.exit_code == 0, ended.output
    return [line for line in ended.stdout.splitlines() if line.startswith("puts out")]


def test_numbers_of_an_input_of_the_spec_are_shown(spec: str) -> None:
    assert said(spec, "--dtype", "float64") == ["puts out          1.10591, 1.22492 (out)"]
    document = json.loads(CliRunner().invoke(cli, ["run", spec, "--format", "json"]).stdout)
    assert document["puts_out"] == {"out": pytest.approx([1.105906, 1.224921], abs=1e-6)}


@pytest.mark.parametrize("spec", [("[act, out]", "input: [[0.05, 0.1], [1, 1]], ")], indirect=True)
def test_of_several_outputs_and_samples_each_of_the_first_sample(spec: str) -> None:
    (line,) = said(spec, "--dtype", "float64")
    assert line.endswith("  0.59327, 0.596884 (act); 1.10591, 1.22492 (out), of sample 0")


@pytest.mark.parametrize("spec", [("out", "")], indirect=True)
def test_numbers_of_a_drawn_input_are_not(spec: str, tmp_path: Path) -> None:
    assert said(spec) == []
    np.save(tmp_path / "x.npy", np.array([0.05, 0.1]))
    assert len(said(spec, "--array", str(tmp_path / "x.npy"))) == 1


def test_many_numbers_are_not(tmp_path: Path) -> None:
    path = tmp_path / "wide.yaml"
    path.write_text("input: [2]\nlayers: [{type: linear, units: 17}]\nvalues: {input: 1}\n", encoding="utf-8")
    assert said(str(path)) == []
