"""Told against done: every layer type, every bundled architecture; and every lie is found out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace as replaced
from functools import partial
from inspect import isfunction
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

import cnnstat
from cnnstat.analysis import memory
from cnnstat.analysis.receptive import Field
from cnnstat.crossing import Network
from cnnstat.layers import LAYERS, Layer
from cnnstat.layers.base import UNKNOWN, WHOLE, Reaches
from cnnstat.layers.reach import Reach
from cnnstat.run import OPS, network
from cnnstat.run.gradcheck import Plan, check_end_to_end, check_layers
from cnnstat.run.measure import Findings, examine
from cnnstat.run.network import Gradients
from cnnstat.run.op import Backward
from cnnstat.verification import Difference, compare, verify
from tests.run.cases import CASES, Case
from tests.small import EVERY_TYPE, LAYER, every_architecture, network_of, reduced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.arithmetic import Term
    from cnnstat.graph import Graph
    from cnnstat.run.op import Array, Op

BATCH = 2


def one_of_each() -> list[Case]:
    """Return the first case of each type."""
    return [next(case for case in CASES if case.type == kind) for kind in LAYERS]


# -- every layer type ----------------------------------------------------------------------------------

UNPLACED = {"reshape", "permute"}
"""Types behind which a place on the map is no place on the input: no run can show their fields."""
UNPATTERNED = {
    "adaptive_max_pool": "a fixed number of bins",
    "adaptive_avg_pool": "a fixed number of bins",
    "slice": "a fixed stop",
    "crop": "a fixed size",
    "upsample": "a fixed size, or a scale that changes with the length",
    "multiply": "one row that every unit reads",
}
"""Types whose fields may have no pattern on longer inputs; their units' fields on this one are compared."""


def unlike() -> list[Case]:
    """Return the cases without those that differ in values only."""
    return list({(case.type, case.shapes, str(case.given)): case for case in CASES}.values())


@pytest.mark.parametrize("case", unlike(), ids=lambda case: case.id)
def test_every_figure_of_every_layer_type_is_true(case: Case) -> None:
    verified = verify(network_of(case), batch=BATCH)
    assert verified.differences == ()
    assert verified.findings.layers[-1].output_shape == verified.analysis.rows[-1].output_shape
    sight = verified.findings.sights[-1]
    if not sight.axes and not sight.whole:
        assert case.type in UNPLACED
    elif not sight.whole and any(axis.pattern is None for axis in sight.axes):
        assert case.type in UNPATTERNED


def test_every_layer_type_has_a_case() -> None:
    assert {case.type for case in CASES} == set(LAYERS)


def test_windows_over_all_bins_see_everything() -> None:
    layers = "[{type: adaptive_avg_pool, size: 3}, {type: conv, filters: 2, kernel: 3}]"
    verified = verify(cnnstat.loads(f"input: [2, 16, 12]\nlayers: {layers}\n"))
    assert verified.good
    assert verified.findings.sights[-1].whole


# -- every bundled architecture ------------------------------------------------------------------------


@pytest.mark.parametrize("name", every_architecture())
def test_every_architecture_is_true(name: str) -> None:
    graph, shape = reduced(name)
    verified = verify(graph, input_shape=shape)
    assert verified.differences == ()
    assert verified.unmeasured == ()
    assert len(verified.findings.layers) == len(graph.nodes)


def test_padding_may_be_larger_than_the_input() -> None:
    """Rows of a large frame are worked on piece by piece, and some pieces are nothing but padding."""
    for side in (16, 64):
        layer = "{type: conv, filters: 64, kernel: 3, padding: 100}"
        assert verify(cnnstat.loads(f"input: [3, {side}, {side}]\nlayers: [{layer}]\n")).good


# -- the run needs no told figure ----------------------------------------------------------------------


def methods_of(kind: type) -> Iterator[tuple[type, str]]:
    """Yield every function that a layer class has or inherits, private ones too."""
    for base in kind.__mro__:
        if issubclass(base, Layer):
            for name, value in vars(base).items():
                if isfunction(value) and not name.startswith("__"):
                    yield base, name


def silence(monkeypatch: pytest.MonkeyPatch) -> int:
    """Make every told method raise; return how many there were."""

    def told(*args: object, **kwargs: object) -> object:
        raise AssertionError("the run asked the told hall")

    found = {method for kind in LAYERS.values() for method in methods_of(kind)}
    for base, name in found:
        monkeypatch.setattr(base, name, told)
    return len(found)


@pytest.mark.parametrize("spec", ["lenet5", "resnet20", "mobilenet-v2", "every type"])
def test_the_run_asks_nothing_of_the_told_hall(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph, shape = (cnnstat.loads(EVERY_TYPE), None) if spec == "every type" else reduced(spec)
    assert silence(monkeypatch) > 11
    with pytest.raises(AssertionError, match="asked the told hall"):
        cnnstat.analyze(graph, input_shape=shape)
    running = Network(graph, dtype="float64", input_shape=shape)
    x = running.sample(1)
    findings = examine(running, x)
    y = running.forward(x)
    assert not isinstance(y, tuple)
    assert y.shape[1:] == findings.layers[-1].output_shape
    assert running.backward(np.ones_like(y)).input.shape == x.shape
    plan = Plan()
    assert all(checked.good for _, checked in check_layers(running, x, plan))
    assert all(checked.good for checked in check_end_to_end(running, x, plan))


def test_every_type_stands_in_one_network(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = cnnstat.loads(EVERY_TYPE)
    assert {node.type for node in graph.nodes} == set(LAYERS)
    assert verify(graph, batch=BATCH).differences == ()


# -- lies are found out --------------------------------------------------------------------------------


FOUND: dict[str, tuple[Graph, Findings]] = {}


def found(case: Case) -> tuple[Graph, Findings]:
    """Run a case once; its lies are held against the same findings."""
    if case.id not in FOUND:
        graph = network_of(case)
        running = Network(graph)
        FOUND[case.id] = graph, examine(running, running.sample(BATCH))
    return FOUND[case.id]


def analyzed(case: Case) -> Analysis:
    return cnnstat.analyze(found(case)[0], batch=BATCH)


def first_difference(case: Case) -> Difference:
    differences = compare(analyzed(case), found(case)[1]).differences
    assert differences, "the lie passed"
    return differences[0]


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
    assert difference.told == difference.done + by


@EACH
@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_size_off_by_one_is_named(case: Case, axis: int, by: int) -> None:
    rank = len(found(case)[1].layers[-1].output_shape)
    axis = min(axis, rank - 1)

    def lie(sizes: tuple[Term, ...]) -> tuple[Term, ...]:
        return (*sizes[:axis], sizes[axis] + by, *sizes[axis + 1 :])

    with lying(case.type, "sizes", lie):
        difference = first_difference(case)
    assert (difference.layer, difference.figure) == (LAYER, "output_shape")
    assert difference.told[axis] == difference.done[axis] + by


@EACH
def test_activations_off_by_one_are_named(case: Case) -> None:
    analysis = analyzed(case)
    row = analysis.rows[-1]
    # No layer tells them: they are the product of its sizes, so the lie is put into the finished row.
    counts = msgspec.structs.replace(row.counts, activations=row.counts.activations + 1)
    rows = (*analysis.rows[:-1], msgspec.structs.replace(row, counts=counts))
    lied = msgspec.structs.replace(analysis, rows=rows)
    (difference,) = compare(lied, found(case)[1]).differences
    assert (difference.layer, difference.figure) == (LAYER, "activations")


def moved(each: Reach, low: int = 0, high: int = 0, advance: int = 0) -> Reach:
    """Return a reach with bounds and advance off by some positions."""
    lows, highs = tuple(i + low for i in each.low), tuple(i + high for i in each.high)
    return Reach(each.advance + advance, lows, highs, each.step)


REACH_LIES: dict[str, Callable[[Reach], Reach]] = {
    "one longer": lambda each: moved(each, low=-1),
    "one shorter": lambda each: moved(each, high=-1),
    "one to the left": lambda each: moved(each, low=-1, high=-1),
    "one to the right": lambda each: moved(each, low=1, high=1),
    "one more stride": lambda each: moved(each, advance=1),
}

NO_TURN = ("adaptive_max_pool", "adaptive_avg_pool")
"""Types whose pattern is as long as the map: no unit stands a stride further on."""
ALL = "every unit sees everything, so the lie is a window"
VECTOR = "behind a vector everything is seen, so there is no window to lie about"
UNMEASURED = "no run can show the field of a unit without a place: `unmeasured` names the layer instead"
NO_WINDOW: dict[str, str] = {
    **dict.fromkeys(("linear", "rbf"), VECTOR),
    **dict.fromkeys(("flatten", "global_max_pool", "global_avg_pool", "spatial_pyramid_pool"), ALL),
    **dict.fromkeys(("layer_norm", "group_norm", "instance_norm"), ALL),
    **dict.fromkeys(("reshape", "permute"), UNMEASURED),
}
"""Types whose reach has no bounds that could be off by one."""
KNOWN = [case for case in one_of_each() if NO_WINDOW.get(case.type) not in (VECTOR, UNMEASURED)]
WINDOWED = [case for case in one_of_each() if case.type not in NO_WINDOW]


REACH_WAYS = [
    (case, lie)
    for case in WINDOWED
    for lie in REACH_LIES
    if not (case.type in NO_TURN and lie == "one more stride")
]


@pytest.mark.parametrize(("case", "lie"), REACH_WAYS, ids=[f"{c.type} {lie}" for c, lie in REACH_WAYS])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_reach_off_by_one_is_named(case: Case, lie: str, axis: int) -> None:
    def told(reaches: Reaches) -> Reaches:
        assert not isinstance(reaches, str)
        at = min(axis, len(reaches) - 1)
        return (*reaches[:at], REACH_LIES[lie](reaches[at]), *reaches[at + 1 :])

    with lying(case.type, "reaches", told):
        difference = first_difference(case)
    assert (difference.layer, difference.figure) == (LAYER, "receptive_field")


def _told(lie: Reaches, _: Reaches) -> Reaches:
    return lie


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case.type)
def test_a_reach_of_another_kind_is_named(case: Case) -> None:
    """Everything told as a window, and a window as everything."""
    why = NO_WINDOW.get(case.type)
    point = (Reach(1, (0,), (0,)),) * (len(case.shapes[0]) - 2)
    kinds: dict[str | None, list[Reaches]] = {
        ALL: [point if case.type not in ("flatten", "spatial_pyramid_pool") else ()],
        None: [WHOLE],
    }
    for lie in kinds[why]:
        with lying(case.type, "reaches", partial(_told, lie)):
            difference = first_difference(case)
        assert (difference.layer, difference.figure) == (LAYER, "receptive_field")


@EACH
def test_a_field_that_is_not_compared_is_said_to_be_so(case: Case) -> None:
    """No run shows where a reshape puts things; and whatever is told as unknown is no claim."""
    verified = compare(analyzed(case), found(case)[1])
    assert verified.unmeasured == ((LAYER,) if case.type in UNPLACED else ())
    if NO_WINDOW.get(case.type) != VECTOR:
        with lying(case.type, "reaches", partial(_told, UNKNOWN)):
            verified = compare(analyzed(case), found(case)[1])
        assert verified.unmeasured == (LAYER,)


@pytest.mark.parametrize(
    ("figure", "wrong"),
    [
        ("receptive_field", lambda each: moved(each, high=1)),
        ("field_stride", lambda each: moved(each, advance=1)),
        ("field_padding", lambda each: moved(each, low=-1, high=-1)),
    ],
)
def test_a_composed_field_off_by_one_is_named(figure: str, wrong: Callable[[Reach], Reach]) -> None:
    """What units see of this input is composed layer by layer; the field beside it may lie alone."""
    graph = cnnstat.load("lenet5")
    running = Network(graph)
    findings, analysis = examine(running, running.sample()), cnnstat.analyze(graph)
    row = analysis.rows[4]
    axes = tuple(tuple(wrong(each) for each in axis) for axis in row.field.axes)
    lied_row = msgspec.structs.replace(row, field=Field(axes))
    lied = msgspec.structs.replace(analysis, rows=(*analysis.rows[:4], lied_row, *analysis.rows[5:]))
    assert compare(analysis, findings).good
    (difference,) = compare(lied, findings).differences
    assert (difference.layer, difference.figure) == ("C3", figure)


@pytest.mark.parametrize("spec", ["lenet5", "resnet20", "every type"])
@pytest.mark.parametrize("by", [1, -1])
def test_a_peak_off_by_one_is_named(spec: str, by: int, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = cnnstat.loads(EVERY_TYPE) if spec == "every type" else cnnstat.load(spec)
    honest = memory.inference_memory
    monkeypatch.setattr(memory, "inference_memory", lambda *told: honest(*told) + 4 * BATCH * by)
    (difference,) = verify(graph, batch=BATCH).differences
    assert (difference.layer, difference.figure) == ("", "inference_memory_bytes")
    assert difference.told == difference.done + 4 * BATCH * by


def test_the_first_layer_that_lies_is_named_first(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = LAYERS["conv"].macs
    monkeypatch.setattr(LAYERS["conv"], "macs", lambda self, inputs: honest(self, inputs) + 1)
    assert [d.layer for d in verify("lenet5").differences] == ["C1", "C3", "C5"]


# -- wrong gradients are found out ---------------------------------------------------------------------

FAULTS: dict[str, Callable[[Array], Array]] = {
    "wrong sign": lambda d: -d,
    "missing": lambda d: 0 * d,
    "a thousandth too large": lambda d: 1.001 * d,
    "one cell further": lambda d: np.roll(d, 1),
    "mirrored": lambda d: d[..., ::-1],
}
HARMLESS = {
    ("global_avg_pool", "input", "mirrored"): "every position has the same gradient",
}
"""Faults that change nothing, and so are none."""


def broken(op: Op, tensor: str, fault: Callable[[Array], Array]) -> Op:
    """Return an op whose way back has one wrong gradient."""

    def forward(inputs: Any, params: Mapping[str, Array], options: Any, context: Any) -> Any:
        y, way_back = op.forward(inputs, params, options, context)
        return y, way_back and Backward(lambda dy: wrong(*way_back(dy)), ())

    def wrong(d_inputs: tuple[Array, ...], d_params: dict[str, Array]) -> Any:
        names = [input_name(i, len(d_inputs)) for i in range(len(d_inputs))]
        named = dict(zip(names, d_inputs, strict=True)) | d_params
        named[tensor] = fault(named[tensor])
        return tuple(named[name] for name in names), {name: named[name] for name in d_params}

    return replaced(op, forward=forward)


def input_name(i: int, count: int) -> str:
    return "input" if count == 1 else f"input {i + 1}"


def tensors_of(case: Case) -> list[str]:
    """Return the names of all tensors of a case that have a gradient."""
    inputs = [input_name(i, len(case.shapes)) for i in range(len(case.shapes))]
    return [*inputs, *case.allocated.trained]


WAYS = [
    (case, tensor, fault)
    for case in one_of_each()
    for tensor in tensors_of(case)
    for fault in FAULTS
    if (case.type, tensor, fault) not in HARMLESS
]


@pytest.mark.parametrize(
    ("case", "tensor", "fault"), WAYS, ids=[f"{c.type} {tensor} {fault}" for c, tensor, fault in WAYS]
)
def test_a_wrong_gradient_is_named(
    case: Case, tensor: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Network(network_of(case), dtype="float64")
    x = running.sample(BATCH)
    monkeypatch.setitem(OPS, case.type, broken(OPS[case.type], tensor, FAULTS[fault]))
    checks = [checked for _, checked in check_layers(running, x, Plan())]
    assert [(c.layer, c.tensor) for c in checks if not c.good] == [(LAYER, tensor)]


@pytest.mark.parametrize("method", ["complex", "central"])
def test_one_wrong_layer_of_many_is_named(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    running = Network("lenet5", dtype="float64")
    x = running.sample(1)
    monkeypatch.setitem(OPS, "linear", broken(OPS["linear"], "weight", FAULTS["a thousandth too large"]))
    plan = Plan(method)
    assert [c.layer for _, c in check_layers(running, x, plan) if not c.good] == ["F6"]
    assert [c.tensor for c in check_end_to_end(running, x, plan) if not c.good] == ["parameters"]


def overwriting(self: network.Network, tape: list[Backward | None], given: Mapping[int, Array]) -> Gradients:
    """Go back as `Network.way_back` does, but let the last branch of a fork win."""
    gradients, parameters = dict(given), {}
    for number in reversed(range(len(tape))):
        step, rule = self.program.steps[number], tape.pop()
        assert rule is not None
        d_inputs, d_params = rule(gradients.pop(number))
        gradients.update(zip(step.inputs, d_inputs, strict=True))
        parameters.update({f"{step.name}.{name}": d for name, d in d_params.items()})
    return Gradients(gradients[network.INPUT], parameters)


@pytest.mark.parametrize("name", ["resnet20", "every type", "lenet5"])
def test_a_fork_that_does_not_add_up_shows_end_to_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network.Network, "way_back", overwriting)
    running = Network(cnnstat.loads(EVERY_TYPE) if name == "every type" else name, dtype="float64")
    x = running.sample(1)
    good = [checked.good for checked in check_end_to_end(running, x, Plan())]
    # A chain has no forks: there the same way back is right, so the fault is the fork and nothing else.
    assert good == ([True, True] if name == "lenet5" else [False, False])
    if name == "resnet20":
        assert all(checked.good for _, checked in check_layers(running, x, Plan()))
