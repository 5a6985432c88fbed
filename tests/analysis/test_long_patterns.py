"""Patterns of receptive fields that are long, one beside the other."""

from __future__ import annotations

import cnnstat
from cnnstat.analysis.long_patterns import LongPatterns
from cnnstat.base.limits import MAX_PERIOD, MAX_PHASES, PHASES


def pools(count: int) -> str:
    """Return a signal whose pattern repeats after 8,191 outputs, and pools that each keep it as long."""
    lines = "  - {type: max_pool, kernel: 3, stride: 1, padding: 1}\n" * count
    return f"input: [1, 8192]\nlayers:\n  - {{name: up, type: upsample, size: 8191}}\n{lines}"


def test_short_patterns_cost_nothing() -> None:
    patterns = LongPatterns(1)
    assert all(patterns.take(1) for _ in range(2 * MAX_PHASES))
    assert patterns.take(2, MAX_PHASES // 2)


def test_what_is_refused_takes_nothing() -> None:
    patterns = LongPatterns(1)
    assert not patterns.take(MAX_PERIOD + 1)
    assert patterns.take(MAX_PERIOD, MAX_PHASES // MAX_PERIOD - 1)
    assert not patterns.take(MAX_PERIOD, 2)
    assert patterns.take(MAX_PERIOD)
    assert not patterns.take(2)


def test_many_layers_have_many_short_patterns() -> None:
    layers = MAX_PHASES
    patterns = LongPatterns(layers)
    assert all(patterns.take(PHASES) for _ in range(layers))
    assert not patterns.take(PHASES)


def test_a_field_beyond_the_limit_is_unknown_because_of_its_layer() -> None:
    rows = cnnstat.analyze(cnnstat.loads(pools(60))).rows
    first = next(row for row in rows if row.field.because is not None)
    assert first.name == first.field.because
    known = rows[: first.number - 1]
    assert len(known) == MAX_PHASES // 8191 - 1
    sizes = [row.field.sizes(row.output_shape) for row in known]
    assert sizes == [(1,), *((2 * i + 2,) for i in range(1, len(known)))]
    assert {row.field.because for row in rows[len(known) :]} == {first.name}


def test_layers_that_keep_each_place_pass_a_long_pattern_on() -> None:
    lines = "  - {type: relu}\n" * 200
    text = f"input: [1, 8192]\nlayers:\n  - {{type: upsample, size: 8191}}\n{lines}"
    assert all(row.field.known for row in cnnstat.analyze(cnnstat.loads(text)).rows)
