"""Sweeps over input sizes against whole analyses, one for each size."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.analysis.settings import Settings
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SWEEP
from cnnstat.commands.sizes.size_range import Steps, between, every_size
from cnnstat.commands.sizes.size_search import SizeSearch, refusals, sweep
from cnnstat.commands.sizes.trial import Cost, Outcome

JOINED = """
input: [2, 24, 24]
layers:
  - {name: half, type: conv, filters: 4, kernel: 3, stride: 2, padding: 1}
  - {name: back, type: upsample, scale: 2}
  - {name: side, type: conv, filters: 4, kernel: 1, from: input}
  - {name: add, type: add, from: [back, side]}
"""
EXACT = (
    "input: [1, 11]\nlayers:\n  - {name: c, type: conv, filters: 2, kernel: 3, stride: 4, rounding: exact}\n"
)


def swept(graph: cnnstat.Graph, first: int, last: int, step: int = 1, *, strict: bool = False) -> SizeSearch:
    return sweep(graph, between(graph, (first,), (last,), step), Settings(strict=strict))


def of_analysis(graph: cnnstat.Graph, own: cnnstat.Analysis, size: tuple[int, ...], strict: bool) -> Outcome:
    """Return what an analysis of this size alone comes to."""
    try:
        analysis = cnnstat.analyze(graph, input_shape=(own.input_shape[0], *size), strict=strict)
    except cnnstat.SpecError:
        return Outcome(size)
    stored = [
        {row.number: (row.counts.params, row.counts.buffers) for row in a.rows} for a in (analysis, own)
    ]
    if strict and any(any(row.leftover) for row in own.rows):
        stored = [{}, {}]  # the own size is refused, and there is nothing to compare with
    changed = [number for number, now in stored[0].items() if now != stored[1][number]]
    counts = analysis.totals.counts
    cost = Cost(
        output_shape=analysis.totals.output_shape,
        params=counts.params,
        macs=counts.macs,
        activations=counts.activations,
        inference_memory_bytes=analysis.totals.inference_memory_bytes,
        leftover_layers=sum(any(row.leftover) for row in analysis.rows),
    )
    return Outcome(size, cost=cost, changed=changed[0] if changed else None)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("name", "first", "last", "step"),
    [
        ("lenet5", 1, 50, 1),
        ("alexnet", 1, 300, 13),
        ("alexnet", 224, 260, 3),
        ("resnet34", 1, 70, 8),
        ("unet", 150, 240, 7),
        ("sppnet", 90, 230, 7),
        ("googlenet", 1, 460, 51),
        ("waveform-m5", 1, 900, 37),
        ("yolov2", 20, 100, 8),
        ("shufflenet-v2-1.0", 150, 240, 11),  # with views, whose numbers count though they take no memory
    ],
)
def test_every_size_is_what_an_analysis_says(
    name: str, first: int, last: int, step: int, strict: bool
) -> None:
    graph = cnnstat.load(name)
    own = cnnstat.analyze(graph)
    for outcome in swept(graph, first, last, step, strict=strict).outcomes:
        wanted = of_analysis(graph, own, outcome.size, strict)
        if outcome.refusal is None:
            assert outcome == wanted
        else:
            assert wanted.cost is None
            assert_first_refusal(graph, own, outcome, strict)


def assert_first_refusal(graph: cnnstat.Graph, own: cnnstat.Analysis, outcome: Outcome, strict: bool) -> None:
    with pytest.raises(cnnstat.SpecError) as caught:
        cnnstat.analyze(graph, input_shape=(own.input_shape[0], *outcome.size), strict=strict)
    refusal = outcome.refusal
    assert refusal is not None
    said = [f"{refusal.message} (layer '{refusal.layer}'" in p.message for p in caught.value.problems]
    assert sum(said) == 1


@pytest.mark.parametrize(
    ("name", "smallest", "fitting", "fixing", "levelled"),
    [
        ("lenet5", 32, range(32, 36), ["F6"], None),
        ("alexnet", 67, range(227, 259), ["fc6"], None),
        ("resnet34", 1, range(1, 449), [], "avgpool"),
        ("googlenet", 223, range(223, 255), ["linear"], None),
    ],
)
def test_what_fixes_the_size(
    name: str, smallest: int, fitting: range, fixing: list[str], levelled: str | None
) -> None:
    graph = cnnstat.load(name)
    found = sweep(graph, every_size(graph))
    assert found.accepted[0].size == (smallest, smallest)
    assert [outcome.size[0] for outcome in found.outcomes if found.fits(outcome)] == list(fitting)
    assert [graph.name(number) for number in found.fixing] == fixing
    assert (None if found.levelled is None else graph.name(found.levelled)) == levelled


def test_a_short_range_does_not_hide_what_fixes_the_size() -> None:
    graph = cnnstat.load("alexnet")
    assert [graph.name(number) for number in swept(graph, 227, 240).fixing] == ["fc6"]


def test_legality_need_not_be_monotone() -> None:
    graph = cnnstat.loads(JOINED)
    found = swept(graph, 1, 9)
    assert [outcome.size[0] for outcome in found.accepted] == [2, 4, 6, 8]
    assert {layer: len(them) for layer, them in refusals(found.outcomes).items()} == {"add": 5}
    refusal = found.outcomes[4].refusal
    assert refusal is not None
    assert refusal.message == "cannot add 4x6x6 and 4x5x5; all inputs need one shape"
    exact = swept(cnnstat.loads(EXACT), 1, 20)
    assert [outcome.size for outcome in exact.accepted] == [(3,), (7,), (11,), (15,), (19,)]


def test_sizes_that_round_to_the_same_shapes_do_not_hide_what_frees_the_size() -> None:
    found = swept(cnnstat.load("resnet34"), 224, 225)
    assert (found.fixing, found.levelled is None) == ((), False)


def test_fields_beyond_the_input_are_those_of_the_own_size() -> None:
    graph = cnnstat.load("resnet34")
    found = swept(graph, 32, 64, 32)
    rows = cnnstat.analyze(graph).rows
    wanted = [r.name for r in rows if r.field.known and max(r.field.sizes(r.output_shape)) > 224]
    assert [row.name for row in found.beyond] == wanted
    assert wanted[0] == "layer3.0.conv2"


def test_an_own_size_that_is_refused() -> None:
    graph = cnnstat.load("alexnet", input_shape=(3, 60, 60))
    found = sweep(graph, Steps((60, 60), 1, 10))
    assert found.own.refusal is not None
    assert (found.own.refusal.layer, len(found.accepted), found.fixing) == ("pool5", 3, ())
    assert {found.fits(outcome) for outcome in found.outcomes} == {
        None
    }  # nothing is known of trained weights
    with pytest.raises(cnnstat.SpecError, match="kernel 3 exceeds the height 2"):
        sweep(graph, Steps((60, 60), 1, 5))


@pytest.mark.parametrize(
    ("first", "last", "step", "sizes"),
    [
        ((8,), (16,), 4, [(8, 8), (12, 12), (16, 16)]),
        ((8, 16), (24,), 4, [(8, 16), (12, 20), (16, 24)]),
        ((8, 16), (9, 99), None, [(8, 16), (9, 17)]),
        (None, (30,), 10, [(10, 10), (20, 20), (30, 30)]),
        (None, (2,), None, [(1, 1), (2, 2)]),
        ((63,), None, None, [(63, 63), (64, 64)]),
        ((100,), None, None, [(100, 100)]),
    ],
)
def test_ranges(
    first: tuple[int, ...] | None,
    last: tuple[int, ...] | None,
    step: int | None,
    sizes: list[tuple[int, int]],
) -> None:
    graph = cnnstat.load("lenet5")
    assert between(graph, first, last, step).sizes == tuple(sizes)


@pytest.mark.parametrize(
    ("own", "first", "last", "said"),
    [
        ("1, 32, 32", (20,), (10,), "no size from 20x20 to 10x10"),
        ("1, 32, 32", (1,), (1_000_000,), f"1,000,000 sizes are too many: at most {MAX_SWEEP:,} are tried"),
        ("1, 32", (3, 4), None, "the input has a length only"),
        ("32", None, None, "is a vector, which has no size to vary"),
    ],
)
def test_ranges_that_are_refused(
    own: str, first: tuple[int, ...] | None, last: tuple[int, ...] | None, said: str
) -> None:
    with pytest.raises(ArgumentError, match=said):
        between(cnnstat.loads(f"input: [{own}]\nlayers: [{{type: relu}}]\n"), first, last, None)


def test_a_deep_network_is_tried_at_fewer_sizes() -> None:
    with pytest.raises(ArgumentError, match="at most 4,161 of a network of 4,806 layers"):
        between(cnnstat.load("resnet1202"), (1,), (9_000,), 1)


def test_of_an_oblong_input_the_sides_keep_their_difference() -> None:
    graph = cnnstat.loads("input: [1, 4, 6]\nlayers:\n  - {type: conv, filters: 1, kernel: 3}\n")
    steps = every_size(graph)
    assert (steps.first, steps.sizes[3], steps.count) == ((1, 3), (4, 6), 8)


def test_a_field_as_large_as_the_input_is_not_beyond_it() -> None:
    text = "input: [1, 9]\nlayers:\n  - {{type: conv, filters: 1, kernel: {}, padding: 1}}\n"
    assert [len(swept(cnnstat.loads(text.format(k)), 9, 9).beyond) for k in (9, 10)] == [0, 1]


def test_weights_do_not_fit_where_only_buffers_are_others() -> None:
    swap, norm = "{type: permute, order: [1, 0]}", "{name: bn, type: batch_norm, affine: false}"
    graph = cnnstat.loads(f"input: [3, 8]\nlayers:\n  - {swap}\n  - {norm}\n")
    found = swept(graph, 7, 9)
    assert [found.fits(outcome) for outcome in found.outcomes] == [False, True, False]
    assert [graph.name(number) for number in found.fixing] == ["bn"]


def test_what_fixes_the_size_is_found_beyond_twice_the_size() -> None:
    layers = """
input: [3, 32, 32]
layers:
  - {type: conv, filters: 16, kernel: 3, stride: 2, padding: 1, repeat: 6, name: down}
  - {name: flatten, type: flatten}
  - {name: fc, type: linear, units: 10}
"""
    graph = cnnstat.loads(layers)
    found = sweep(graph, every_size(graph))
    assert found.outcomes[-1].changed is None  # at 64 the last map is still 1x1
    assert [graph.name(number) for number in found.fixing] == ["fc"]
    assert found.levelled is None
    pool = "{name: pool, type: global_avg_pool}\n  - {name: flatten"
    pooled = cnnstat.loads(layers.replace("{name: flatten", pool))
    free = sweep(pooled, every_size(pooled))
    assert (free.fixing, free.levelled is not None) == ((), True)


FUSSY = """
input: [1, 65, 65]
layers:
  - {type: conv, filters: 4, kernel: 3, stride: 2, rounding: exact}
  - {type: conv, filters: 4, kernel: 3, stride: 64, padding: same}
  - {type: flatten}
  - {name: fc, type: linear, units: 10}
"""
WIDE = """
input: [1, 300000]
layers:
  - {type: conv, filters: 2, kernel: 3, stride: 700000, padding: same}
  - {type: flatten}
  - {name: fc, type: linear, units: 10}
"""


@pytest.mark.parametrize("text", [FUSSY, WIDE])
def test_what_fixes_the_size_is_found_where_no_doubled_size_shows_it(text: str) -> None:
    graph = cnnstat.loads(text)
    found = cnnstat.sizes(graph, first=graph.input_shape[1:], last=graph.input_shape[1:])
    assert ([graph.name(number) for number in found.fixing], found.levelled) == (["fc"], None)


PYRAMID = """
input: [2, 8, 8]
layers:
  - {name: half, type: conv, filters: 2, kernel: 3, stride: 2, padding: 1}
  - {name: bins, type: adaptive_avg_pool, size: 2}
  - {name: reduce, type: conv, filters: 2, kernel: 1}
  - {name: up, type: upsample, KEPT}
  - {name: act, type: relu}
  - {name: join, type: concat, from: [half, act]}
"""


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (PYRAMID.replace("KEPT", "size: 4"), ("up", "join")),
        (PYRAMID.replace("KEPT", "scale: 2"), ("bins", "join")),
        ("input: [1, 6, 6]\nlayers:\n  - {name: fold, type: reshape, shape: [4, 3, 3]}\n", ("fold", "fold")),
        (JOINED, None),
        (FUSSY, None),
    ],
    ids=["upsample", "bins", "reshape", "free", "weights"],
)
def test_what_holds_the_size_where_no_weights_do(text: str, held: tuple[str, str] | None) -> None:
    graph = cnnstat.loads(text)
    found = sweep(graph, every_size(graph))
    names = None if found.held is None else tuple(map(graph.name, found.held))
    assert names == held
    assert found.held is None or found.fixing == ()


def test_what_holds_a_network_of_several_inputs_at_its_size() -> None:
    """All inputs are read on the way to it: those that do not change, too."""
    graph = cnnstat.loads(
        "input: {x: [1, 7, 7], y: [1, 1, 1]}\n"
        "layers:\n"
        "  - {name: same, type: adaptive_avg_pool, from: y, size: 7}\n"
        "  - {name: cut, type: crop, from: [same, x]}\n"
    )
    search = swept(graph, 7, 8)
    assert search.held is not None
    assert [graph.nodes[number].path for number in search.held] == ["same", "cut"]
