"""Charts in characters: what they show, that they fit, and in which signs."""

from __future__ import annotations

import pytest

from cnnstat.base.text import cells_of
from cnnstat.commands.plot.characters import characters
from cnnstat.commands.plot.chart import Axis, Bar, Chart, Panel, Point, Rule, Series
from tests.commands.draw.hostile_spec import SIGNS
from tests.commands.plot.test_vega_lite import every_mark
from tests.program import in_terminal, run, within

MEMORY = """\
activations alive
40 KiB │
35 KiB │╌╌╌╌╌╌╌╌╌▆▆▆▆▆▆╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌36.8 KiB at scaled_tanh1
       │         ██████
30 KiB │         ██████
       │         ██████
25 KiB │         ██████
       │         ██████
20 KiB │    ░░░░░██████░░░░░
       │    ▃▃▃▃▃██████▃▃▃▃▃
15 KiB │    ████████████████
       │    ████████████████
10 KiB │    ████████████████        ░░░░░░
       │    ████████████████░░░░░░░░░░░░░░
 5 KiB │    ████████████████░░░░░░░░░░░░░░░░░░░
       │░░░░████████████████░░░░░░░░░░░░░░░░░░░
     0 │░░░░████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░
       └────────────────────────────────────────────────────────────────────────
        0                         layer that has run                          14
░ not alive at the peak
"""


def test_memory_in_characters() -> None:
    assert within("plot", "lenet5", "memory").stdout.partition("\n\n")[2] == MEMORY


def test_a_panel_sign_by_sign() -> None:
    """Each bar is as high as its value, in eighths; a line goes through its points; a rule stands behind."""
    bars = Series("b", "bars", bars=(Bar(0, 1, 0, 8), Bar(1, 2, 0, 4), Bar(2, 3, 0, 0.5)))
    line = Series("l", "line", (Point(3, 0), Point(8, 5), Point(9, None), Point(10, 8)))
    panel = Panel(Axis("across", "places"), Axis("up", "places"), (bars, line), (Rule("y", 8, "top"),))
    shown = characters(Chart("title", ("said",), (panel,)), 13).splitlines()
    assert shown[:4] == ["title", "said", "", "up"]
    assert [row[3:] for row in shown[4:20]] == [
        "█╌╌╌╌╌╌top",
        "█",
        "█",
        "█",
        "█",
        "█       ●",
        "█",
        "█      ●",
        "██",
        "██    ●",
        "██",
        "██   ●",
        "██",
        "██  ●",
        "██",
        "███●",
    ]


def test_all_points_of_a_column_are_shown() -> None:
    """A line is where it is highest; points are each a value."""
    points = tuple(Point(x, y) for x, y in [(1, 1), (1, 5), (1, 8), (2, 8)])
    panel = Panel(Axis("across", "number"), Axis("up", "places"), (Series("s", "points", points),))
    rows = [line[3:] for line in characters(Chart("", (), (panel,)), 23).splitlines()[2:18]]
    assert [row for row in rows if row] == ["          ●        ●", "          ●", "          ●"]


def test_logarithmic_axes_have_their_decades_evenly_apart() -> None:
    points = tuple(Point(10.0**power, 10.0**power) for power in range(5))
    axes = (Axis("across", "number", log=True), Axis("up", "count", log=True))
    panel = Panel(*axes, (Series("s", "points", points),))
    lines = characters(Chart("", (), (panel,)), 45).splitlines()[2:]
    places = [(row, line.index("●") - 5) for row, line in enumerate(lines) if "●" in line]
    assert places == [(0, 39), (3, 30), (7, 20), (11, 10), (15, 0)]
    assert [line[:3].strip() for line in lines[:16] if line[:3].strip()] == ["10K", "1K", "100", "10", "1"]
    assert lines[-1].split() == ["1", "across", "10,000"]


def test_ends_that_are_no_whole_numbers_stand_as_they_are() -> None:
    points = (Point(0.25, 1), Point(1, 2))
    panel = Panel(Axis("width", "number", zero=False), Axis("y"), (Series("s", "points", points),))
    assert characters(Chart("", (), (panel,)), 40).splitlines()[-1].split() == ["0.25", "width", "1"]


def test_only_bars_of_others_have_their_sign_in_the_legend() -> None:
    series = (
        Series("all", "points", (Point(1, 1), Point(2, 2)), hue="other"),
        Series("front", "rings", (Point(2, 2),)),
    )
    shown = characters(Chart("", (), (Panel(Axis("x"), Axis("y"), series),)), 40)
    assert shown.splitlines()[-1] == "● all   ○ front"


@pytest.mark.parametrize("columns", [20, 80, 200])
@pytest.mark.parametrize(
    "words",
    [
        "lenet5 layers",
        "resnet50 memory",
        "unet rf",
        "lenet5 resnet50 unet layers",
        "lenet5 sizes",
        "resnet50 roofline --machine v100",
    ],
)
def test_pictures_fit_a_terminal(words: str, columns: int) -> None:
    lines = in_terminal(columns, "plot", *words.split()).splitlines()
    assert max(map(cells_of, lines)) <= columns
    assert sum(line.count("│") for line in lines) >= 16
    if columns > 20:
        assert max(map(cells_of, lines)) >= 78


@pytest.mark.parametrize("kind", ["layers", "memory", "rf", "sizes", "roofline --machine k80"])
def test_a_pipe_of_ascii_gets_plain_signs(kind: str) -> None:
    for networks in (["lenet5"], ["lenet5", "alexnet"]):
        ended = run("plot", *networks, *kind.split(), env={"PYTHONIOENCODING": "ascii"})
        assert ended.returncode == 0
        assert ended.stdout.isascii()
        assert "\\u" not in ended.stdout
        assert ended.stdout.count("|") >= 16


def test_each_series_has_a_sign_of_its_own() -> None:
    shown = within("plot", "lenet5", "resnet50", "unet", "rf").stdout
    assert shown.splitlines()[-1] == "● LeNet-5   ○ ResNet-50   ◆ U-Net"
    picture = shown.partition("receptive field\n")[2]
    assert all(picture.count(sign) > 5 for sign in "●○◆")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_hostile_texts_are_texts(encoding: str) -> None:
    shown = characters(every_mark(SIGNS), 100, encoding)
    assert all(sign.isprintable() or sign == "\n" for sign in shown)
    assert "<script>window.ran=1</script>" in shown
    assert max(map(cells_of, shown.splitlines())) <= 100


def test_a_chart_without_values_is_a_frame() -> None:
    empty = Panel(Axis("x"), Axis("y"), (Series("s", "bars"), Series("t", "line", (Point(1, None),))))
    shown = characters(Chart("nothing", (), (empty,)), 30)
    assert shown.count("│") == 16
