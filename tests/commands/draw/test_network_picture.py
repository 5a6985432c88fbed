"""What is drawn of a network: items, arrows, skips, boxes, and runs of equal repetitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.analysis import analyze_graph
from cnnstat.analysis.outline import folded
from cnnstat.commands.draw.network_picture import Chosen, picture_of
from cnnstat.commands.draw.wording import shapes_text
from cnnstat.graph.load import load, loads
from cnnstat.report.text import shown

if TYPE_CHECKING:
    from cnnstat.commands.draw.picture import Picture

CHAIN = """
name: Chain
input: [4, 8, 8]
blocks:
  double:
    layers:
      - {name: conv, type: conv, filters: 4, kernel: 3, padding: 1}
      - {name: act, type: relu}
layers:
  - {name: row, type: double, repeat: 5}
  - {name: end, type: global_avg_pool}
"""


def drawn(spec: str, chosen: Chosen | None = None) -> Picture:
    return picture_of(analyze_graph(loads(spec) if "\n" in spec else load(spec)), chosen or Chosen())


def titles(picture: Picture) -> list[str]:
    return [item.title for item in picture.items]


def arrows(picture: Picture) -> set[tuple[str, str, bool]]:
    names = [item.path for item in picture.items]
    return {(names[each.source], names[each.target], each.skip) for each in picture.arrows}


def test_equal_repetitions_are_drawn_once() -> None:
    found = drawn(CHAIN)
    assert titles(found) == ["input", "conv", "act", "end"]
    assert [(box.title, box.stands) for box in found.boxes] == [("row · double × 5", True)]
    assert arrows(found) == {
        ("input", "row.0.conv", False),
        ("row.0.conv", "row.0.act", False),
        ("row.0.act", "end", False),
    }
    assert len(drawn(CHAIN, Chosen(repeats=True)).items) == 12


def test_a_run_ends_where_a_repetition_differs() -> None:
    found = drawn(CHAIN.replace("repeat: 5}", "repeat: 5, frozen: $index == 0}"))
    assert [box.title for box in found.boxes] == ["row · double × 5", "0 · double", "1 to 4 · double × 4"]
    assert (
        drawn(CHAIN.replace("repeat: 5}", "repeat: 5, frozen: $index == 0}"), Chosen(2)).items[2].title
        == "1 to 4"
    )


def test_a_run_ends_where_somebody_else_reads() -> None:
    """What reads one repetition is not drawn as if it read another."""
    joined = CHAIN.replace("{name: end, type: global_avg_pool}", "{name: end, type: add, from: [row, row.1]}")
    found = drawn(joined)
    assert [box.title for box in found.boxes] == [
        "row · double × 5",
        "0 to 1 · double × 2",
        "2 to 4 · double × 3",
    ]
    assert ("row.0.act", "end", True) in arrows(found)


def test_skips_are_those_past_other_layers() -> None:
    found = arrows(drawn("resnet50"))
    assert ("layer1.0.relu3", "layer1.1.add", True) in found
    assert ("layer1.1.bn3", "layer1.1.add", False) in found
    # Both ways of a projection have layers on them.
    assert ("layer1.0.downsample.bn", "layer1.0.add", False) in found


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "hrnet", "densenet121", "unet"])
@pytest.mark.parametrize("depth", [1, 2, None])
def test_every_repetition_says_what_the_tables_say(name: str, depth: int | None) -> None:
    analysis = analyze_graph(load(name))
    found = picture_of(analysis, Chosen(depth, repeats=True, figures=("params", "macs")))
    rows = folded(analysis, depth)
    assert [item.path for item in found.items if item.kind != "input"] == [row.name for row in rows]
    for item, row in zip((item for item in found.items if item.kind != "input"), rows, strict=True):
        figures = (f"{row.counts.params:,} params", f"{row.counts.macs:,} MACs")
        assert item.figures == figures
        assert shown(row.output_shape, "shape") in item.shape or item.kind == "block"


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "hrnet", "densenet121", "siamese"])
def test_items_stand_behind_what_they_read_and_all_are_reached(name: str) -> None:
    for chosen in (Chosen(1), Chosen(), Chosen(repeats=True)):
        found = drawn(name, chosen)
        assert all(arrow.source < arrow.target for arrow in found.arrows)
        read = {arrow.target for arrow in found.arrows}
        assert read == {item.number for item in found.items if item.kind != "input"}
        for box in found.boxes:
            assert box.inside is None or {*box.items} <= {*found.boxes[box.inside].items}


def test_the_figures_of_a_run_are_those_of_one() -> None:
    item = drawn(CHAIN, Chosen(2, figures=("params",))).items[1]
    assert (item.title, item.operation, item.figures) == ("0 to 4", "double × 5", ("148 params each",))


def test_shapes_that_find_no_room_are_counted() -> None:
    """What is left out of a list of shapes is never what stands between two sizes of one."""
    item = next(each for each in drawn("hrnet", Chosen(1)).items if each.title == "stage4")
    assert item.shape == "18×56×56, 36×28×28 and 2 more"
    assert shapes_text(()) == ""
    assert shapes_text(("64×112×112", "8×7×7")) == "64×112×112, 8×7×7"
    assert shapes_text(("1" * 60,)).count("…") == 1
    assert all("…" not in item.shape for item in drawn("hrnet").items)
