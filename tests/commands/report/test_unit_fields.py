"""What a page says that units see is what `rf --at --unit` says of each."""

from __future__ import annotations

from itertools import product
from math import prod
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

import cnnstat
from cnnstat.analysis import analyze_graph
from cnnstat.analysis.analyze import analyze
from cnnstat.base.errors import ArgumentError
from cnnstat.commands.report.unit_fields import runs, unit_fields
from cnnstat.commands.rf.document import unit_document
from cnnstat.spec import bundled
from tests.analysis.composition.hard import COMPOSED, WALKED
from tests.analysis.test_upper_bounds import SPLIT
from tests.commands.report.field_reader import region, region_on_input
from tests.fuzz.networks import networks
from tests.small import EVERY_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis, Row
    from cnnstat.commands.rf.document import Region
    from tests.fuzz.pieces import Drawn

SAMPLE = ("lenet5", "resnet50", "googlenet", "unet", "siamese", "unet3d", "waveform-m11")
OTHERS = tuple(name for name in bundled.names() if name not in SAMPLE)
HARD = {"every type": EVERY_TYPE, **COMPOSED, **WALKED}


def some_units(row: Row, most: int) -> Iterator[tuple[int, ...]]:
    """Yield all units of a layer, one channel of it; of many some, those of the corners among them."""
    sizes = row.output_shape[1:] or row.output_shape
    if prod(sizes) <= most:
        yield from product(*map(range, sizes))
        return
    draw = Random(row.name)
    for _ in range(most):
        yield tuple(draw.choice((0, 1, size // 2, size - 1, draw.randrange(size))) % size for size in sizes)


def seen(region: Region) -> tuple[range, ...]:
    """Return the positions along each axis; all that are empty are equal, wherever they are said to end."""
    return tuple(range(first, last + 1) for first, last in region)


def check_fields(analysis: Analysis, most: int) -> None:
    """Hold the fields of so many units of each layer against those that are looked for one by one."""
    found, reason = unit_fields(analysis)
    if found is None:
        assert "a vector" in reason
        assert len(analysis.input_shape) == 1
        return
    for row, fields in zip(analysis.rows, found, strict=True):
        if not fields.axes:
            assert fields.unknown_because_of == row.field.because
            continue
        for unit in some_units(row, most):
            one = unit_document(analysis, row.name, unit)
            on_input = region_on_input(fields, unit, analysis.input_shape)
            assert seen(region(fields, unit)) == seen(one.region), (row.name, unit)
            assert seen(on_input) == seen(one.region_on_input), (row.name, unit)
            assert fields.upper_bound_because_of == one.upper_bound_because_of


@pytest.mark.parametrize("name", [*SAMPLE, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
def test_fields_of_units_are_those_of_rf(name: str) -> None:
    analysis = analyze(name)
    check_fields(analysis, 4 if len(analysis.rows) < 200 else 1)  # the way back to the input is as long


@pytest.mark.parametrize("name", HARD)
def test_fields_that_are_hard_to_find(name: str) -> None:
    check_fields(analyze_graph(cnnstat.loads(HARD[name])), 8)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks())
def test_fields_of_random_networks(drawn: Drawn) -> None:
    check_fields(analyze_graph(cnnstat.loads(drawn.text)), 20)


def test_an_upper_bound_is_said() -> None:
    analysis = analyze_graph(cnnstat.loads(SPLIT))
    found, _ = unit_fields(analysis)
    assert found is not None
    assert [fields.upper_bound_because_of for fields in found][-1] == "half"
    check_fields(analysis, 30)


def test_where_a_field_is_unknown_there_is_none() -> None:
    analysis = analyze_graph(cnnstat.loads(EVERY_TYPE))
    found, _ = unit_fields(analysis)
    assert found is not None
    assert [fields.unknown_because_of for fields in found if not fields.axes]
    row = next(row for row, fields in zip(analysis.rows, found, strict=True) if not fields.axes)
    with pytest.raises(ArgumentError, match="is unknown because of"):
        unit_document(analysis, row.name, (0,) * len(row.output_shape[1:] or row.output_shape))


def test_what_would_take_long_is_left_out() -> None:
    sizes = "input: [1, 1000000, 1000000]"
    layers = "  - {type: conv, filters: 1, kernel: 101, padding: 50}\n"
    found, reason = unit_fields(analyze_graph(cnnstat.loads(f"{sizes}\nlayers:\n{layers}")))
    assert found is None
    assert reason == "there are 202,000,000 places to look at to find what all units see"


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ([(-1, 1), (1, 3), (3, 5)], [(0, -1, 1, 2, 2)]),
        ([(0, 4)] * 3, [(0, 0, 4, 0, 0)]),
        ([(0, 1), (0, 2), (1, 3), (2, 4)], [(0, 0, 1, 0, 1), (2, 1, 3, 1, 1)]),
        ([(7, 9)], [(0, 7, 9, 0, 0)]),
        ([(1, 0), (5, 5), (1, 0)], [(0, 1, 0, 4, 5), (2, 1, 0, 0, 0)]),
        ([], []),
    ],
)
def test_runs_are_few(regions: list[tuple[int, int]], expected: list[tuple[int, ...]]) -> None:
    assert list(runs(regions)) == expected
