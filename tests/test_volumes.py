"""A volume, [C, D, H, W], in commands: what each says of three axes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cnnstat
from tests.program import run

SPEC = """
input: [2, 7, 10, 9]
layers:
  - {name: cube, type: conv, filters: 4, kernel: 3, padding: 1}
  - {name: stem, type: conv, filters: 4, kernel: [3, 3, 2], stride: [1, 2, 1], padding: [1, 0, 1, 1, 0, 1]}
  - {name: pool, type: max_pool, kernel: [1, 2, 2], rounding: ceil}
  - {name: up, type: upsample, scale: [2, 1, 1], mode: bilinear}
  - {name: gate, type: global_avg_pool}
  - {name: gated, type: multiply, from: [up, gate]}
  - {name: pyramid, type: spatial_pyramid_pool, levels: [1, 2]}
  - {name: classes, type: linear, units: 5}
"""


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "volume.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return str(path)


def test_every_figure_is_measured_and_every_gradient_is_a_slope() -> None:
    graph = cnnstat.loads(SPEC)
    assert cnnstat.verify(graph, batch=2).differences == ()
    checked = cnnstat.check_gradients(graph, batch=2)
    assert not [each for each in checked if not each.good]


def test_a_unit_sees_frames_rows_and_columns(spec: str) -> None:
    shown = run("rf", spec, "--at", "stem", "--unit", "0,1,2").stdout
    # stem reads frames -1 to 1, rows 1 to 3 and columns 2 to 3 of a layer that reads one more on each side
    for line in (
        "frames   0 to 2 (with padding -2 to 2)",
        "rows     0 to 4",
        "columns  1 to 4",
    ):
        assert line in shown
    done = run("rf", spec, "--at", "stem", "--unit", "1,2")
    assert "a unit of stem has 3 coordinates, got 2" in done.stderr


def test_sizes_that_come_about_alike_are_explained_once(spec: str) -> None:
    alike = spec.replace("volume.yaml", "alike.yaml")
    Path(alike).write_text("input: [2, 4, 4, 4]\nlayers: [{type: conv, filters: 2, kernel: 3}]\n")
    assert "depth, height, width" in run("explain", alike, "conv1").stdout
    stem = run("explain", spec, "stem").stdout
    assert "(7 - 3 + 1 + 0)/1 + 1 = 6" in stem


def test_an_array_of_a_clip_is_run(spec: str, tmp_path: Path) -> None:
    path = tmp_path / "clip.npy"
    np.save(path, np.random.default_rng(0).random((2, 7, 10, 9), np.float32))
    assert "proved" in run("run", spec, "--array", str(path)).stdout
    assert "holds 2x7x10x9" in run("run", spec, "--array", str(path), "--input", "2x7x10x8").stderr


def test_other_sizes(spec: str) -> None:
    shown = run("sizes", spec, "--from", "6x9x8", "--to", "8x11x10").stdout
    assert "6×9×8" in shown
    assert "size fixed by       nothing" in shown
    assert "has depth, height and width" in run("sizes", spec, "--from", "6x9").stderr
