"""Any calculated figure that is off by one is found out, and the layer and the figure are named."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import cnnstat
from cnnstat.analysis import memory
from cnnstat.analysis.receptive_field import Field
from cnnstat.bridge.program import Network
from cnnstat.bridge.verify import Disagreement, compare, verify
from cnnstat.executor.measure.measurements import Measurements, measure_network
from cnnstat.layers import LAYERS
from cnnstat.layers.base import UNKNOWN, WHOLE, Footprint
from cnnstat.layers.footprint import Bounds, Folded, Pieces
from tests.executor.cases import UNPLACED, Case, one_of_each
from tests.small import EVERY_TYPE, LAYER, network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.base.arithmetic import Term
    from cnnstat.graph.model import Graph
    from cnnstat.layers.footprint import Reading

BATCH = 2

MEASURED: dict[str, tuple[Graph, Measurements]] = {}


def measured(case: Case) -> tuple[Graph, Measurements]:
    """Run a case once; its lies are held against the same measurements."""
    if case.id not in MEASURED:
        graph = network_of(case)
        running = Network(graph)
        MEASURED[case.id] = graph, measure_network(running, running.sample(BATCH))
    return MEASURED[case.id]


def analyzed(case: Case) -> Analysis:
    return cnnstat.analyze(measured(case)[0], batch=BATCH)


def first_difference(case: Case) -> Disagreement:
    differences = compare(analyzed(case), measured(case)[1]).differences
    assert differences, "the lie passed"
    return differences[0]


def off_by(difference: Disagreement, by: int, axis: int | None = None) -> bool:
    """Say whether a figure, or one of its sizes, is calculated by so much more than is measured."""
    calculated: Any = difference.calculated
    measured: Any = difference.measured
    if axis is not None:
        calculated, measured = calculated[axis], measured[axis]
    return bool(calculated == measured + by)


@contextmanager
def lying(kind: str, method: str, lie: Callable[[Any], Any]) -> Iterator[None]:
    """Let one method of one type pass its answer through `lie`."""
    honest = getattr(LAYERS[kind], method)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LAYERS[kind], method, lambda self, inputs: lie(honest(self, inputs)))
        yield


EACH = pytest.mark.parametrize("case", one_of_each(), ids=lambda case: case.type)
COUNTS = ("params", "trainable", "buffers", "macs", "padding_macs", "connections")


@EACH
@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("figure", COUNTS)
def test_a_count_off_by_one_is_named(case: Case, figure: str, by: int) -> None:
    with lying(case.type, figure, lambda term: term + by):
        difference = first_difference(case)
    assert (difference.layer, difference.figure) == (LAYER, figure)
    assert off_by(difference, by)


@EACH
@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_size_off_by_one_is_named(case: Case, axis: int, by: int) -> None:
    rank = len(measured(case)[1].layers[-1].output_shape)
    axis = min(axis, rank - 1)

    def lie(sizes: tuple[Term, ...]) -> tuple[Term, ...]:
        return (*sizes[:axis], sizes[axis] + by, *sizes[axis + 1 :])

    with lying(case.type, "sizes", lie):
        difference = first_difference(case)
    assert (difference.layer, difference.figure) == (LAYER, "output_shape")
    assert off_by(difference, by, axis)


@EACH
def test_activations_off_by_one_are_named(case: Case) -> None:
    analysis = analyzed(case)
    row = analysis.rows[-1]
    # No layer calculates them: they are the product of its sizes, so the lie is put into the finished row.
    counts = msgspec.structs.replace(row.counts, activations=row.counts.activations + 1)
    rows = (*analysis.rows[:-1], msgspec.structs.replace(row, counts=counts))
    lied = msgspec.structs.replace(analysis, rows=rows)
    (difference,) = compare(lied, measured(case)[1]).differences
    assert (difference.layer, difference.figure) == (LAYER, "activations")


def moved(each: Reading, low: int = 0, high: int = 0, advance: int = 0) -> Any:
    """Return a reading that is off by some positions."""
    if isinstance(each, Folded):
        return Folded(each.every, each.of, moved(each.then, low, high, advance))
    if isinstance(each, Pieces):
        return Pieces(tuple((count, moved(part, low, high, advance)) for count, part in each.parts))
    lows, highs = tuple(i + low for i in each.low), tuple(i + high for i in each.high)
    return Bounds(each.advance + advance, lows, highs, each.step)


FOOTPRINT_LIES: dict[str, Callable[[Reading], Any]] = {
    "one longer": lambda each: moved(each, low=-1),
    "one shorter": lambda each: moved(each, high=-1),
    "one to the left": lambda each: moved(each, low=-1, high=-1),
    "one to the right": lambda each: moved(each, low=1, high=1),
    "one more stride": lambda each: moved(each, advance=1),
}

NO_TURN = ("adaptive_max_pool", "adaptive_avg_pool")
"""Types whose pattern is as long as the map: no unit stands a stride further on."""
ALL = "every unit sees everything, so the lie is a window"
UNMEASURED = "no run can show the field of a unit without a place: `unmeasured` names the layer instead"
NO_VALUE = "it reads no value, so there is nothing that it could be said to read"
NO_WINDOW: dict[str, str] = {
    **dict.fromkeys(("linear", "rbf", "global_max_pool", "global_avg_pool"), ALL),
    **dict.fromkeys(("layer_norm", "group_norm", "instance_norm"), ALL),
    **dict.fromkeys(("reshape", "permute", "matmul"), UNMEASURED),
    "parameter": NO_VALUE,
}
"""Types that have no bounds which could be off by one."""
KNOWN = [case for case in one_of_each() if NO_WINDOW.get(case.type) not in (UNMEASURED, NO_VALUE)]
WINDOWED = [case for case in one_of_each() if case.type not in NO_WINDOW]


LYING_FOOTPRINTS = [
    (case, lie)
    for case in WINDOWED
    for lie in FOOTPRINT_LIES
    if not (case.type in NO_TURN and lie == "one more stride")
]


@pytest.mark.parametrize(
    ("case", "lie"), LYING_FOOTPRINTS, ids=[f"{c.type} {lie}" for c, lie in LYING_FOOTPRINTS]
)
@pytest.mark.parametrize("axis", [0, 1])
def test_a_footprint_off_by_one_is_named(case: Case, lie: str, axis: int) -> None:
    def lied(footprint: Footprint) -> Footprint:
        assert not isinstance(footprint, str)
        at = min(axis, len(footprint) - 1)
        return (*footprint[:at], FOOTPRINT_LIES[lie](footprint[at]), *footprint[at + 1 :])

    with lying(case.type, "footprint", lied):
        difference = first_difference(case)
    assert (difference.layer, difference.figure) == (LAYER, "receptive_field")


def _always(lie: Footprint, _: Footprint) -> Footprint:
    return lie


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case.type)
def test_a_footprint_of_another_kind_is_named(case: Case) -> None:
    """Everything calculated as a window, and a window as everything."""
    why = NO_WINDOW.get(case.type)
    point = (Bounds(1, (0,), (0,)),) * max(len(case.shapes[0]) - 2, 1)
    kinds: dict[str | None, list[Footprint]] = {
        ALL: [point],
        None: [WHOLE],
    }
    for lie in kinds[why]:
        with lying(case.type, "footprint", partial(_always, lie)):
            difference = first_difference(case)
        assert (difference.layer, difference.figure) == (LAYER, "receptive_field")


@EACH
def test_a_field_that_is_not_compared_is_said_to_be_so(case: Case) -> None:
    """No run shows where a reshape puts things; and whatever is calculated as unknown is no claim."""
    verified = compare(analyzed(case), measured(case)[1])
    unmeasured = [(each.layer, each.figure, each.why) for each in verified.unmeasured]
    unknown = (LAYER, "receptive_field", f"unknown because of {LAYER}")
    if NO_WINDOW.get(case.type) == NO_VALUE:
        assert unmeasured == []  # that it sees nothing is measured
        return
    assert unmeasured == ([unknown] if case.type in UNPLACED else [])
    with lying(case.type, "footprint", partial(_always, UNKNOWN)):
        verified = compare(analyzed(case), measured(case)[1])
    if case.type != "concat":
        assert [each.why for each in verified.unmeasured] == [f"unknown because of {LAYER}"]


@pytest.mark.parametrize(
    ("figure", "wrong"),
    [
        ("receptive_field", lambda each: moved(each, high=1)),
        ("field_stride", lambda each: moved(each, advance=1)),
        ("field_padding", lambda each: moved(each, low=-1, high=-1)),
    ],
)
def test_a_composed_field_off_by_one_is_named(figure: str, wrong: Callable[[Bounds], Bounds]) -> None:
    """What units see of this input is composed layer by layer; the field beside it may lie alone."""
    graph = cnnstat.load("lenet5")
    running = Network(graph)
    measurements, analysis = measure_network(running, running.sample()), cnnstat.analyze(graph)
    row = analysis.rows[4]
    axes = tuple(tuple(wrong(each) for each in axis) for axis in row.field.axes)
    lied_row = msgspec.structs.replace(row, field=Field(axes))
    lied = msgspec.structs.replace(analysis, rows=(*analysis.rows[:4], lied_row, *analysis.rows[5:]))
    assert compare(analysis, measurements).good
    (difference,) = compare(lied, measurements).differences
    assert (difference.layer, difference.figure) == ("C3", figure)


@pytest.mark.parametrize("spec", ["lenet5", "resnet20", "every type"])
@pytest.mark.parametrize("by", [1, -1])
def test_a_peak_off_by_one_is_named(spec: str, by: int, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = cnnstat.loads(EVERY_TYPE) if spec == "every type" else cnnstat.load(spec)
    honest = memory.inference_memory
    monkeypatch.setattr(memory, "inference_memory", lambda *given: honest(*given) + 4 * BATCH * by)
    (difference,) = verify(graph, batch=BATCH).differences
    assert (difference.layer, difference.figure) == (None, "inference_memory_bytes")
    assert off_by(difference, 4 * BATCH * by)


def test_the_first_layer_that_lies_is_named_first(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = LAYERS["conv"].macs
    monkeypatch.setattr(LAYERS["conv"], "macs", lambda self, inputs: honest(self, inputs) + 1)
    assert [d.layer for d in verify("lenet5").differences] == ["C1", "C3", "C5"]


def test_a_pixel_beyond_a_field_is_named() -> None:
    """Fields are measured axis by axis; a unit of the real network that sees more takes the proof away."""
    running = Network("lenet5")
    measurements = replace(measure_network(running, running.sample()), beyond=((2,),))
    (difference,) = compare(cnnstat.analyze("lenet5"), measurements).differences
    assert (difference.layer, difference.figure) == ("S2", "receptive_field")
