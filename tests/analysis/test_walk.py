"""The walk: what is evaluated, how often, and what comes after a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import Struct

import cnnstat
from cnnstat.analysis import walk
from cnnstat.analysis.walk import Walk
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import Shape, size_of

if TYPE_CHECKING:
    from cnnstat.layers.base import Layer

FORK = """
input: [2, 16, 16]
layers:
  - {name: a, type: conv, filters: 2, kernel: 3, padding: 1}
  - {name: b, type: conv, filters: 2, kernel: 3, padding: 1}
  - {name: held, type: conv, filters: 2, kernel: 3, padding: 1, frozen: true}
  - {name: big, type: conv, filters: 2, kernel: 9}
  - {name: behind, type: relu}
  - {name: join, type: crop, from: [b, behind]}
  - {name: side, type: max_pool, from: b, kernel: 3, stride: 2}
  - {name: late, type: conv, filters: 2, kernel: 5}
outputs: [join, late]
"""


class Sized(Struct, frozen=True):
    shape: Shape


def sized(layer: Layer, shapes: tuple[Shape, ...], frozen: bool) -> Sized:
    return Sized(size_of(layer.sizes(shapes)))


def passed(size: int, *, strict: bool = False) -> dict[str, str]:
    """Return the layers that a walk visits on an input of some size, and why they refuse it."""
    steps = Walk(cnnstat.loads(FORK), sized, strict=strict).steps([(2, size, size)])
    return {node.path: found.message if isinstance(found, Misfit) else "" for node, _, found in steps}


def test_a_walk_goes_on_past_a_refusal_and_passes_over_what_is_behind_it() -> None:
    found = passed(6)
    assert list(found) == ["a", "b", "held", "big", "side", "late"]
    assert {name for name, why in found.items() if why} == {"big", "late"}
    assert not any(passed(16).values())
    with pytest.raises(cnnstat.SpecError) as caught:
        cnnstat.analyze(cnnstat.loads(FORK), input_shape=(2, 6, 6))
    said = [problem.message for problem in caught.value.problems]
    assert [f"(layer '{name}'" in message for name, message in zip(("big", "late"), said, strict=True)] == [
        *(True, True)
    ]


def test_strict_refuses_what_is_rounded_down() -> None:
    assert not passed(17, strict=True)["side"]
    assert "side" in {name for name, why in passed(16, strict=True).items() if why}


def test_equal_layers_that_read_equal_shapes_are_evaluated_once() -> None:
    asked: list[tuple[Layer, tuple[Shape, ...], bool]] = []

    def evaluate(layer: Layer, shapes: tuple[Shape, ...], frozen: bool) -> Sized:
        asked.append((layer, shapes, frozen))
        return sized(layer, shapes, frozen)

    going = Walk(cnnstat.loads(FORK), evaluate)
    first = [(shapes, found) for _, shapes, found in going.steps([(2, 16, 16)])]
    assert len(asked) == len(set(asked)) == len(first) - 1  # b is a; what is frozen is asked for by itself
    assert [(shapes, found) for _, shapes, found in going.steps([(2, 16, 16)])] == first
    assert len(asked) == len(first) - 1
    for _ in range(2):
        list(going.steps([(2, 6, 6)]))
    assert len(asked) == len(set(asked)) == len(first) - 1 + 5  # refusals are remembered, too


def test_what_is_forgotten_is_evaluated_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = cnnstat.load("googlenet")
    wanted = cnnstat.sizes(graph, first=222, last=230)
    monkeypatch.setattr(walk, "_REMEMBERED", 3)
    assert cnnstat.sizes(graph, first=222, last=230).outcomes == wanted.outcomes
