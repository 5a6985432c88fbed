"""What is laid out, and what would take minutes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from cnnstat.analysis import analyze_graph
from cnnstat.commands.draw.layout import TooLargeError, laid_out
from cnnstat.commands.draw.network_picture import Chosen, picture_of
from cnnstat.commands.draw.picture import Arrow, Item, Picture
from cnnstat.commands.draw.placed import SHAPE, Rect
from cnnstat.commands.draw.text_width import text_width
from cnnstat.graph.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.draw.placed import Direction, Placed, PlacedArrow, Point

pytest.importorskip("pygraphviz", reason="the extra draw")


def dense(count: int) -> Picture:
    """Return layers of which each reads all before it."""
    items = tuple(Item(n, "layer", "merge", f"a{n}", "a", "", (), "1", (1,), "") for n in range(count))
    arrows = tuple(Arrow(n, m, skip=m > n + 1) for m in range(count) for n in range(m))
    return Picture("dense", "", items, arrows, ())


def test_what_would_take_minutes_is_refused() -> None:
    assert len(laid_out(dense(12), "down").arrows) == 66
    with pytest.raises(TooLargeError, match=re.escape("2,775 arrows, most of them long")):
        laid_out(dense(75), "down")
    chain = dense(1).items * 10_001
    with pytest.raises(TooLargeError, match=re.escape("10,001 boxes are more than can be laid out (10,000)")):
        laid_out(Picture("chain", "", chain, (), ()), "down")


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("name", ["resnet50", "googlenet", "unet"])
def test_items_stand_apart_within_their_boxes(name: str, direction: str) -> None:
    placed = laid_out(
        picture_of(analyze_graph(load(name)), Chosen()), "right" if direction == "right" else "down"
    )
    rects = [each.rect for each in placed.items]
    for number, one in enumerate(rects):
        for other in rects[:number]:
            assert (
                one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
            )
    for box in placed.boxes:
        for number in box.box.items:
            rect = rects[number]
            assert box.rect.x <= rect.x
            assert rect.right <= box.rect.right
            assert box.rect.y + 14 <= rect.y
            assert rect.bottom <= box.rect.bottom
    along = [rect.y if direction == "down" else rect.x for rect in rects]
    assert all(along[arrow.source] < along[arrow.target] for arrow in (each.arrow for each in placed.arrows))


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("name", ["resnet50", "unet", "hrnet"])
def test_a_skip_has_ports_of_its_own(name: str, direction: Direction) -> None:
    """It starts and ends on the edges of its items, beside the other arrows and clear of the shape there."""
    across = 0 if direction == "down" else 1
    placed = laid_out(picture_of(analyze_graph(load(name)), Chosen()), direction)
    plain = [each for each in placed.arrows if not each.arrow.skip]
    starts = {each.arrow.source: each.start[across] for each in plain}
    ends = {each.arrow.target: each.points[-1][across] for each in plain}
    skips = [each for each in placed.arrows if each.arrow.skip]
    assert skips
    for each in skips:
        source, target = (placed.items[number] for number in (each.arrow.source, each.arrow.target))
        first, last = each.start[across], each.points[-1][across]
        assert abs(first - starts[each.arrow.source]) > 7
        assert abs(last - ends[each.arrow.target]) > 7
        for place, rect in ((first, source.rect), (last, target.rect)):
            low, high = (rect.x, rect.right) if direction == "down" else (rect.y, rect.bottom)
            assert low < place < high
        text = source.shape[across]
        assert first < text if direction == "down" else text < first
        assert not any(inside(point, area) for point in curve(each) for area in taken(placed, each))


def curve(arrow: PlacedArrow) -> Iterator[Point]:
    """Yield places along an arrow."""
    for at in range(0, len(arrow.points) - 1, 3):
        for step in range(13):
            t = step / 12
            shares = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
            pairs = [*zip(shares, arrow.points[at : at + 4], strict=True)]
            yield sum(share * x for share, (x, _) in pairs), sum(share * y for share, (_, y) in pairs)


def taken(placed: Placed, arrow: PlacedArrow) -> Iterator[Rect]:
    """Yield where an arrow must not run: over shapes, and over items that it does not join."""
    for number, each in enumerate(placed.items):
        x, y = each.shape
        yield Rect(x, y - 8, text_width(each.item.shape, SHAPE), 10)
        if number not in (arrow.arrow.source, arrow.arrow.target):
            yield each.rect


def inside(point: Point, area: Rect) -> bool:
    return area.x + 1 < point[0] < area.right - 1 and area.y + 1 < point[1] < area.bottom - 1


def test_what_runs_over_a_text_is_noticed() -> None:
    placed = laid_out(picture_of(analyze_graph(load("unet")), Chosen()), "down")
    arrow = next(each for each in placed.arrows if each.arrow.skip)
    x, y = placed.items[arrow.arrow.source + 1].shape
    across = replace(arrow, points=((x - 20, y - 4), (x - 10, y - 4), (x + 10, y - 4), (x + 20, y - 4)))
    assert any(inside(point, area) for point in curve(across) for area in taken(placed, across))
