"""Patterns of receptive fields that are long, one beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cnnstat
from cnnstat.analysis import long_patterns
from cnnstat.analysis.long_patterns import LongPatterns
from cnnstat.base.limits import MAX_PERIOD, MAX_PHASES, PHASES

if TYPE_CHECKING:
    import pytest


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


def unknown(text: str) -> list[tuple[str, str | None]]:
    """Return the layers whose field is unknown, each with the layer that is blamed."""
    rows = cnnstat.analyze(cnnstat.loads(text)).rows
    return [(row.name, row.field.because) for row in rows if row.field.because is not None]


def test_vectors_that_are_put_together_share_the_limit() -> None:
    """Each number of these has a place of its own, and each layer holds all of them against each other."""
    parts = "  - {type: max_pool, kernel: 3, stride: 1, padding: 1, name: x}\n  - {type: flatten, name: f0}\n"
    joins = "".join(f"  - {{type: concat, from: [f{i}, f0], name: f{i + 1}}}\n" for i in range(6))
    text = f"input: [1, 9000]\nlayers:\n{parts}{joins}"
    assert unknown(text.replace("9000", "900")) == []
    # The first join looks at 2 parts of 18,000 numbers, and at both together; so does the next at 27,000.
    work = 0
    known = 0
    while (work := work + 4 * 9000 * (known + 2)) + 9000 <= MAX_PHASES:
        known += 1
    names = [f"f{i + 1}" for i in range(known, 6)]
    assert unknown(text) == [(name, names[0]) for name in names]


def test_what_is_lost_on_the_way_back_is_unknown_because_of_the_layer_that_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A window of holes shifts what is read by one, so that the way back is another from each pool."""
    lines = "".join(
        f"  - {{type: max_pool, kernel: 2, dilation: 3, stride: 2, name: p{i + 1}, from: p{i}}}\n"
        f"  - {{type: global_avg_pool, name: g{i + 1}, unused: true}}\n"
        for i in range(6)
    )
    head = "input: [1, 4096]\nlayers:\n  - {type: identity, name: p0}\n"
    text = f"{head}{lines}  - {{type: relu, from: p6}}\n"
    assert unknown(text) == []
    monkeypatch.setattr(long_patterns, "MAX_PHASES", 15_000)
    lost = unknown(text)
    assert lost
    assert all(name == because and name.startswith("g") for name, because in lost)
    assert ("g1", "g1") not in lost
