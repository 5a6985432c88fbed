"""The picture of the region that a unit sees, on a terminal alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.analysis import analyze_graph
from cnnstat.base.text import cells_of
from cnnstat.commands.rf.document import unit_document
from cnnstat.commands.rf.region_picture import region_picture
from cnnstat.graph.load import load, loads
from tests.program import in_terminal, run

if TYPE_CHECKING:
    from pathlib import Path

PADDED = (
    "input: [1, 5, 8]\nlayers:\n"
    "  - {name: a, type: conv, filters: 1, kernel: 3, padding: 1}\n"
    "  - {name: pool, type: global_avg_pool}\n"
)
SIGNAL = "input: [1, 12]\nlayers:\n  - {name: a, type: conv, filters: 1, kernel: 3, padding: 2}\n"


def picture(
    spec: str, layer: str, unit: tuple[int, ...], width: int = 80, encoding: str = "utf-8"
) -> list[str]:
    document = unit_document(analyze_graph(loads(spec)), layer, unit)
    return region_picture(document, width, encoding).splitlines()


def test_each_place_is_two_signs_where_there_is_room() -> None:
    assert picture(PADDED, "a", (0, 7)) == [
        "            ░░░░░░",
        "············████░░",
        "············████░░",
        "················",
        "················",
        "················",
        "rows down, columns across: █ seen  · not seen  ░ padding",
    ]


def test_all_of_the_input_is_seen_behind_a_global_pool() -> None:
    assert picture(PADDED, "pool", (0, 0))[:-1] == ["█" * 16] * 5


def test_a_signal_is_one_row() -> None:
    assert picture(SIGNAL, "a", (0,)) == [
        "░░░░██······················",
        "positions across: █ seen  · not seen  ░ padding",
    ]
    assert picture(SIGNAL, "a", (5,))[0] == "······██████············"


def test_plain_signs() -> None:
    assert picture(SIGNAL, "a", (0,), 30, "ascii")[0] == "++++##......................"


@pytest.mark.parametrize("width", [20, 80, 200])
@pytest.mark.parametrize(
    ("network", "layer", "unit"),
    [
        ("resnet50", "layer4.2.conv3", (3, 3)),
        ("resnet50", "avgpool", (0, 0)),
        ("unet3d", "pool1", (3, 3, 3)),
        ("lenet5", "F6", (5,)),
        ("alexnet", "conv1", (54, 0)),
    ],
)
def test_a_picture_fits_and_shows_what_is_seen(
    network: str, layer: str, unit: tuple[int, ...], width: int
) -> None:
    document = unit_document(analyze_graph(load(network)), layer, unit)
    rows = region_picture(document, width).splitlines()
    assert max(map(cells_of, rows)) <= width
    assert len(rows) < 36
    seen = sum(row.count("█") for row in rows)
    share = 1.0
    for (low, high), size in zip(document.region_on_input[-2:], document.input_shape[-2:], strict=True):
        share *= (high - low + 1) / size
    if share > 0.5:
        assert seen > sum(row.count("·") for row in rows)
    assert seen > 0


def test_a_terminal_gets_the_picture_and_a_pipe_does_not(tmp_path: Path) -> None:
    arguments = ("rf", "lenet5", "--at", "S2", "--unit", "0,13")
    shown = in_terminal(80, *arguments)
    assert "··························██████\n" in shown
    assert "█" not in run(*arguments).stdout
    assert "█" not in in_terminal(80, *arguments, "--format", "json")
    file = tmp_path / "rf.txt"
    assert in_terminal(80, *arguments, "-o", str(file)) == ""
    assert "columns  26 to 31" in file.read_text(encoding="utf-8")
    assert "█" not in file.read_text(encoding="utf-8")
